package com.example;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.metricsfilter.MetricsServlet;
import io.github.metricsfilter.PrometheusRequestFilter;
import io.opentelemetry.exporter.prometheus.PrometheusMetricReader;
import io.opentelemetry.sdk.metrics.SdkMeterProvider;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
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

/** OpenTelemetry's metrics and ours in one registry. */
class OpenTelemetryConsumerTest {

  private static final String PROTOBUF =
      "application/vnd.google.protobuf;proto=io.prometheus.client.MetricFamily;encoding=delimited";

  private final Server server = new Server();
  private final ServerConnector connector = new ServerConnector(server);

  @Test
  void showsBoth() throws Exception {
    PrometheusRegistry registry = new PrometheusRegistry();
    PrometheusMetricReader reader = PrometheusMetricReader.create();
    registry.register(reader);
    SdkMeterProvider meters = SdkMeterProvider.builder().registerMetricReader(reader).build();
    meters.get("shop").counterBuilder("orders").build().add(1);

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
      assertTrue(scrape.contains("orders_total{"), scrape);
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
