package io.github.metricsfilter.integration;

import org.eclipse.jetty.ee10.servlet.ServletHolder;
import org.glassfish.jersey.server.ResourceConfig;
import org.glassfish.jersey.servlet.ServletContainer;

class JerseyTest extends JaxRsRoutesContract {

  @Override
  ServletHolder servlet(Class<? extends jakarta.ws.rs.core.Application> application) {
    return new ServletHolder(new ServletContainer(ResourceConfig.forApplicationClass(application)));
  }
}
