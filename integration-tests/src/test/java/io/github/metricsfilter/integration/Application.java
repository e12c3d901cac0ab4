package io.github.metricsfilter.integration;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.github.metricsfilter.MetricsServlet;
import io.github.metricsfilter.PrometheusRequestFilter;
import io.github.metricsfilter.fixtures.EmbeddedJetty;
import io.github.metricsfilter.fixtures.PrometheusServer;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.nio.file.Path;

/** The application {@code /app}, with its metrics. */
final class Application extends EmbeddedJetty<Application> {

  final PrometheusRegistry registry = new PrometheusRegistry();

  Application() {
    super("/app");
    servlet("/metrics", MetricsServlet.builder().registry(registry).jvmMetrics(false).build());
  }

  @Override
  protected Application self() {
    return this;
  }

  /** Adds the filter with these settings, as the next one in the chain. */
  Application metrics(PrometheusRequestFilter.Builder settings) {
    return filter(settings.registry(registry).build());
  }

  /**
   * Starts a Prometheus that scrapes this twice a second. It takes no label value that is longer
   * than docs/metrics.md says, and evaluates the rules in a file {@code rules.yml} of the
   * directory.
   */
  PrometheusServer startPrometheus(Path directory, String... arguments)
      throws IOException, InterruptedException {
    return PrometheusServer.start(
        directory,
        """
        global:
          evaluation_interval: 500ms
        rule_files: ["%s"]
        scrape_configs:
          - job_name: app
            scrape_interval: 500ms
            scrape_timeout: 500ms
            label_value_length_limit: 256
            metrics_path: /app/metrics
            static_configs:
              - targets: ["%s"]
        """
            .formatted(directory.resolve("rules.yml"), uri("").getAuthority()),
        arguments);
  }

  /** A scrape in Prometheus's text format. */
  String scrape() throws IOException, InterruptedException {
    return get("/app/metrics").body();
  }

  /** A scrape as OpenMetrics, which alone of the two text formats shows exemplars and units. */
  String scrapeOpenMetrics() throws IOException, InterruptedException {
    return getOpenMetrics("/app/metrics");
  }

  String getOpenMetrics(String path) throws IOException, InterruptedException {
    HttpResponse<String> response =
        send(request(path).header("Accept", "application/openmetrics-text"));
    assertThat(response.headers().firstValue("Content-Type").orElse(""))
        .startsWith("application/openmetrics-text");
    return response.body();
  }

  /** Waits until the metrics show so many requests; a client hears of a response before them. */
  void awaitRequests(int count, String method, String path, int status) {
    String series =
        "http_requests_total{method=\"%s\",path=\"%s\",status=\"%d\"} %d.0\n"
            .formatted(method, path, status, count);
    await().untilAsserted(() -> assertThat(scrape()).contains(series));
  }
}
