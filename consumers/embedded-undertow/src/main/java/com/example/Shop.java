package com.example;

import io.github.metricsfilter.MetricsServlet;
import io.github.metricsfilter.PrometheusRequestFilter;
import io.undertow.Handlers;
import io.undertow.Undertow;
import io.undertow.servlet.Servlets;
import io.undertow.servlet.api.DeploymentInfo;
import io.undertow.servlet.api.DeploymentManager;
import io.undertow.servlet.util.ImmediateInstanceFactory;
import jakarta.servlet.DispatcherType;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;

public class Shop {

  public static void main(String[] args) throws ServletException {
    server(8080).start();
  }

  /** Listens on this port, or on any if it is 0. */
  static Undertow server(int port) throws ServletException {
    DeploymentInfo shop =
        Servlets.deployment()
            .setDeploymentName("shop")
            .setContextPath("/shop")
            .setClassLoader(Shop.class.getClassLoader())
            .setEagerFilterInit(true) // so that a filter that can't start stops the application
            .addFilter(
                Servlets.filter(
                        "metrics",
                        PrometheusRequestFilter.class,
                        new ImmediateInstanceFactory<>(PrometheusRequestFilter.builder().build()))
                    .setAsyncSupported(true))
            .addFilterUrlMapping("metrics", "/*", DispatcherType.REQUEST)
            .addServlet(
                Servlets.servlet(
                        "metrics",
                        MetricsServlet.class,
                        new ImmediateInstanceFactory<>(MetricsServlet.builder().build()))
                    .addMapping("/metrics"))
            .addServlet(Servlets.servlet("items", Items.class).addMapping("/items/*"));
    DeploymentManager deployment = Servlets.defaultContainer().addDeployment(shop);
    deployment.deploy();
    return Undertow.builder()
        .addHttpListener(port, "127.0.0.1")
        .setHandler(Handlers.path().addPrefixPath("/shop", deployment.start()))
        .build();
  }

  public static class Items extends HttpServlet {

    private static final long serialVersionUID = 1L;

    @Override
    protected void doGet(HttpServletRequest request, HttpServletResponse response)
        throws IOException {
      int id = Integer.parseInt(request.getPathInfo().substring(1));
      response.getWriter().print("item " + id);
    }
  }
}
