package io.github.metricsfilter.integration;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.github.metricsfilter.PrometheusRequestFilter;
import io.github.metricsfilter.PrometheusRequestFilter.PathMode;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@link PrometheusServer} takes no label of more than 256 bytes, and would refuse the scrape. */
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
      try (PrometheusServer prometheus = PrometheusServer.start(directory, app)) {
        await()
            .atMost(Duration.ofSeconds(60))
            .untilAsserted(
                () ->
                    assertThat(
                            prometheus.query(
                                "http_requests_total{path=\"_OTHER\",agent=\""
                                    + "b".repeat(256)
                                    + "\"}"))
                        .containsExactly(1.0));
      }
    }
  }
}
