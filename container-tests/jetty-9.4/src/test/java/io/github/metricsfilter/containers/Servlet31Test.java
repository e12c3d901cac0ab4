package io.github.metricsfilter.containers;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.metricsfilter.PrometheusRequestFilter;
import java.util.EnumSet;
import javax.servlet.DispatcherType;
import javax.servlet.ServletException;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.servlet.FilterHolder;
import org.eclipse.jetty.servlet.ServletContextHandler;
import org.junit.jupiter.api.Test;

/** In a container that is older than Servlet 4.0 the application doesn't start, and says why. */
class Servlet31Test {

  @Test
  void filterSaysWhatItNeeds() throws Exception {
    Server server = new Server();
    ServletContextHandler context = new ServletContextHandler();
    context.addFilter(
        new FilterHolder(PrometheusRequestFilter.class), "/*", EnumSet.of(DispatcherType.REQUEST));
    server.setHandler(context);
    try {
      assertThatThrownBy(server::start)
          .isInstanceOf(ServletException.class)
          .hasMessageStartingWith(
              "PrometheusRequestFilter needs a container of Servlet 4.0 or later, such as Tomcat 9,"
                  + " Jetty 10 or Undertow 2.2; jetty/9.4.")
          .hasMessageEndingWith(" has Servlet 3.1");
    } finally {
      server.stop();
    }
  }
}
