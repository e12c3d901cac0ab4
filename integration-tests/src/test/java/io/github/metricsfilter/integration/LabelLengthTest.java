package io.github.metricsfilter.integration;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.metricsfilter.PrometheusRequestFilter;
import io.github.metricsfilter.PrometheusRequestFilter.PathMode;
import io.github.metricsfilter.fixtures.PrometheusServer;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A Prometheus that takes no label of more than 256 bytes would refuse the whole scrape. */
class LabelLengthTest {

  @TempDir private Path directory;

  @Test
  void longUrisTakeNoTargetDown() throws Exception {
    try (Application app = new Application()) {
      app.metrics(
              PrometheusRequestFilter.builder()
                  .pathMode(PathMode.FULL)
                  .label("agent", request -> request.getHeader("User-Agent")))
          .servlet("/", (request, response) -> {})
          .start();
      app.send(app.request("/app/" + "a".repeat(2000)).header("User-Agent", "b".repeat(2000)));
      try (PrometheusServer prometheus = app.startPrometheus(directory)) {
        prometheus.awaitAnswer(
            "http_requests_total{path=\"_OTHER\",agent=\"" + "b".repeat(256) + "\"}",
            answer -> assertThat(answer.values()).containsExactly(1.0));
      }
    }
  }
}
