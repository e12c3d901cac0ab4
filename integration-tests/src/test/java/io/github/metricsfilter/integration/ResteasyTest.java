package io.github.metricsfilter.integration;

import org.eclipse.jetty.ee10.servlet.ServletHolder;
import org.jboss.resteasy.plugins.server.servlet.HttpServletDispatcher;
import org.junit.jupiter.api.Tag;

@Tag("resteasy") // has a class path of its own
class ResteasyTest extends JaxRsRoutesContract {

  @Override
  ServletHolder servlet(Class<? extends jakarta.ws.rs.core.Application> application) {
    ServletHolder holder = new ServletHolder(HttpServletDispatcher.class);
    holder.setInitParameter("jakarta.ws.rs.Application", application.getName());
    holder.setInitParameter("resteasy.servlet.mapping.prefix", "/api");
    return holder;
  }
}
