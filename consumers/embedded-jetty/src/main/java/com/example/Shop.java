package com.example;

import io.github.metricsfilter.MetricsServlet;
import io.github.metricsfilter.PrometheusRequestFilter;
import io.github.metricsfilter.jaxrs.JaxRsRoutes;
import jakarta.servlet.DispatcherType;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.NotFoundException;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import java.net.InetSocketAddress;
import java.util.EnumSet;
import org.eclipse.jetty.ee10.servlet.DefaultServlet;
import org.eclipse.jetty.ee10.servlet.FilterHolder;
import org.eclipse.jetty.ee10.servlet.ServletContextHandler;
import org.eclipse.jetty.ee10.servlet.ServletHolder;
import org.eclipse.jetty.server.Server;
import org.glassfish.jersey.server.ResourceConfig;
import org.glassfish.jersey.servlet.ServletContainer;

public class Shop {

  public static void main(String[] args) throws Exception {
    server(8080).start();
  }

  /** Listens on this port, or on any if it is 0. */
  static Server server(int port) {
    ServletContextHandler context = new ServletContextHandler("/shop");
    FilterHolder metrics = new FilterHolder(PrometheusRequestFilter.builder().build());
    metrics.setAsyncSupported(true);
    context.addFilter(metrics, "/*", EnumSet.of(DispatcherType.REQUEST));
    context.addServlet(new ServletHolder(MetricsServlet.builder().build()), "/metrics");
    context.addServlet(
        new ServletHolder(new ServletContainer(new ResourceConfig(JaxRsRoutes.class, Items.class))),
        "/api/*");
    context.addServlet(new ServletHolder("default", DefaultServlet.class), "/");
    Server server = new Server(new InetSocketAddress("127.0.0.1", port));
    server.setHandler(context);
    return server;
  }

  @Path("items")
  public static class Items {

    @GET
    @Path("{id}")
    public String item(@PathParam("id") int id) {
      if (id < 0) {
        throw new NotFoundException();
      }
      return "item " + id;
    }
  }
}
