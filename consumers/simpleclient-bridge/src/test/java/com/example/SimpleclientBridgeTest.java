package com.example;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.metricsfilter.MetricsServlet;
import io.github.metricsfilter.PrometheusRequestFilter;
import io.prometheus.client.CollectorRegistry;
import io.prometheus.client.Counter;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import io.prometheus.metrics.simpleclient.bridge.SimpleclientCollector;
import jakarta.servlet.DispatcherType;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.EnumSet;
import org.eclipse.jetty.ee10.servlet.DefaultServlet;
import org.eclipse.jetty.ee10.servlet.FilterHolder;
import org.eclipse.jetty.ee10.servlet.ServletContextHandler;
import org.eclipse.jetty.ee10.servlet.ServletHolder;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;
import org.junit.jupiter.api.Test;

/** The application's own metrics of simpleclient don't vanish. */
class SimpleclientBridgeTest {

  private static final String PROTOBUF =
      "application/vnd.google.protobuf;proto=io.prometheus.client.MetricFamily;encoding=delimited";

  private final Server server = new Server();
  private final ServerConnector connector = new ServerConnector(server);

  @Test
  void showsBoth() throws Exception {
    PrometheusRegistry registry = new PrometheusRegistry();
    Counter.build("orders", "Orders.").register(CollectorRegistry.defaultRegistry).inc();
    SimpleclientCollector.builder().register(registry);

    ServletContextHandler context = new ServletContextHandler("/");
    FilterHolder filter =
        new FilterHolder(PrometheusRequestFilter.builder().registry(registry).build());
    filter.setAsyncSupported(true);
    context.addFilter(filter, "/*", EnumSet.of(DispatcherType.REQUEST));
    context.addServlet(
        new ServletHolder(MetricsServlet.builder().registry(registry).build()), "/metrics");
    context.addServlet(new ServletHolder("default", DefaultServlet.class), "/");
    connector.setHost("127.0.0.1");
    server.addConnector(connector);
    server.setHandler(context);
    server.start();
    try {
      get("/nothing", "*/*");
      await()
          .until(
              () ->
                  get("/metrics", "*/*")
                      .contains(
                          "http_requests_total{method=\"GET\",path=\"/*\",status=\"404\"} 1.0"));
      String scrape = get("/metrics", "*/*");
      assertTrue(scrape.contains("jvm_threads_current "), scrape);
      assertTrue(scrape.contains("metrics_servlet_errors_total{cause=\"collect\"} 0.0"), scrape);
      assertTrue(scrape.contains("orders_total 1.0"), scrape);
      assertTrue(get("/metrics", PROTOBUF).contains("http_requests"));
      assertTrue(get("/metrics", "application/openmetrics-text;version=1.0.0").endsWith("# EOF\n"));
    } finally {
      server.stop();
    }
  }

  private String get(String path, String accept) throws Exception {
    return HttpClient.newHttpClient()
        .send(
            HttpRequest.newBuilder(
                    URI.create("http://127.0.0.1:" + connector.getLocalPort() + path))
                .header("Accept", accept)
                .build(),
            BodyHandlers.ofString())
        .body();
  }
}
