package com.example.shop;

import io.github.metricsfilter.MetricsServlet;
import io.github.metricsfilter.PrometheusRequestFilter;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import jakarta.servlet.DispatcherType;
import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.EnumSet;
import org.eclipse.jetty.ee10.servlet.ErrorPageErrorHandler;
import org.eclipse.jetty.ee10.servlet.FilterHolder;
import org.eclipse.jetty.ee10.servlet.ServletContextHandler;
import org.eclipse.jetty.ee10.servlet.ServletHolder;
import org.eclipse.jetty.server.Server;

public class Shop {

  /** Says in its first line where it listens. */
  public static void main(String[] args) throws Exception {
    PrometheusRegistry registry = new PrometheusRegistry();
    ServletContextHandler context = new ServletContextHandler("/");
    FilterHolder metrics =
        new FilterHolder(PrometheusRequestFilter.builder().registry(registry).build());
    metrics.setAsyncSupported(true);
    context.addFilter(metrics, "/*", EnumSet.of(DispatcherType.REQUEST));
    context.addServlet(
        new ServletHolder(MetricsServlet.builder().registry(registry).build()), "/metrics");
    context.addServlet(new ServletHolder(new Items()), "/items/*");
    context.addServlet(new ServletHolder(new Closed()), "/closed");
    ErrorPageErrorHandler errors = new ErrorPageErrorHandler();
    errors.addErrorPage(NumberFormatException.class, "/closed");
    context.setErrorHandler(errors);

    Server server = new Server(new InetSocketAddress("127.0.0.1", 0));
    server.setHandler(context);
    server.start();
    System.out.println(server.getURI());
  }

  private static final class Items extends HttpServlet {

    private static final long serialVersionUID = 1L;

    @Override
    protected void doGet(HttpServletRequest request, HttpServletResponse response)
        throws IOException {
      int id = Integer.parseInt(request.getPathInfo().substring(1));
      response.getWriter().print("item " + id);
    }
  }

  /** An error page that says another status than the error. */
  private static final class Closed extends HttpServlet {

    private static final long serialVersionUID = 1L;

    @Override
    protected void doGet(HttpServletRequest request, HttpServletResponse response) {
      response.setStatus(HttpServletResponse.SC_SERVICE_UNAVAILABLE);
    }
  }
}
