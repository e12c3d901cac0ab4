package io.github.metricsfilter.integration;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.github.metricsfilter.PrometheusRequestFilter;
import io.github.metricsfilter.PrometheusRequestFilter.HistogramKind;
import io.github.metricsfilter.fixtures.PrometheusServer;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The real Prometheus scrapes native histograms, which only protobuf carries, and queries them. */
class NativeHistogramTest {

  private static final String NATIVE = "--enable-feature=native-histograms";

  private static final String NATIVE_SERIES =
      "http_request_duration_seconds{path=\"/app/posts\",status=\"200\"}";
  private static final String CLASSIC_SERIES =
      "http_request_duration_seconds_bucket{path=\"/app/posts\",status=\"200\"}";

  private final Application app = new Application();

  @TempDir private Path directory;

  @AfterEach
  void stop() {
    app.close();
  }

  private void start(HistogramKind kind) throws Exception {
    app.metrics(PrometheusRequestFilter.builder().histogram(kind))
        .servlet("/posts", (request, response) -> response.getWriter().print("posts"))
        .start();
  }

  /** Sends requests until Prometheus, which needs two scrapes for a rate, answers. */
  private double awaitQuantile(PrometheusServer prometheus, String promQl) {
    return await(promQl)
        .atMost(Duration.ofSeconds(60))
        .until(
            () -> {
              app.get("/app/posts");
              return List.copyOf(prometheus.query(promQl).values());
            },
            answer -> answer.size() == 1 && !answer.get(0).isNaN())
        .get(0);
  }

  @ParameterizedTest
  @EnumSource(names = {"NATIVE", "BOTH"})
  void aNativeHistogramAnswersQuantiles(HistogramKind kind) throws Exception {
    start(kind);
    try (PrometheusServer prometheus = app.startPrometheus(directory, NATIVE)) {
      double median =
          awaitQuantile(prometheus, "histogram_quantile(0.5, rate(" + NATIVE_SERIES + "[1m]))");
      double p90 =
          awaitQuantile(prometheus, "histogram_quantile(0.9, rate(" + NATIVE_SERIES + "[1m]))");

      assertThat(median).isBetween(1e-6, 10.0);
      assertThat(p90).isBetween(1e-6, 10.0);
      assertThat(prometheus.awaitNumber("histogram_quantile(0, rate(" + NATIVE_SERIES + "[1m]))"))
          .isLessThanOrEqualTo(p90);
      assertThat(prometheus.query(CLASSIC_SERIES)).isEmpty(); // it takes the native ones only
    }
  }

  @Test
  void theCounterIsTheNativeHistogramsCount() throws Exception {
    start(HistogramKind.NATIVE);
    for (int i = 0; i < 20; i++) {
      app.get("/app/posts");
    }
    app.awaitRequests(20, "GET", "/app/posts", 200);
    try (PrometheusServer prometheus = app.startPrometheus(directory, NATIVE)) {
      for (String count :
          new String[] {
            "histogram_count(" + NATIVE_SERIES + ")", "http_requests_total{path=\"/app/posts\"}"
          }) {
        prometheus.awaitAnswer(count, answer -> assertThat(answer.values()).containsExactly(20.0));
      }
    }
  }

  @Test
  void bothHasClassicBucketsForAPrometheusWithoutNativeHistograms() throws Exception {
    start(HistogramKind.BOTH);
    try (PrometheusServer prometheus = app.startPrometheus(directory)) {
      double p90 =
          awaitQuantile(prometheus, "histogram_quantile(0.9, rate(" + CLASSIC_SERIES + "[1m]))");

      assertThat(p90).isBetween(1e-6, 10.0);
      assertThat(prometheus.query(CLASSIC_SERIES)).hasSize(12);
      assertThat(prometheus.query(NATIVE_SERIES)).isEmpty();
    }
  }

  @Test
  void bothShowsItsClassicBucketsAsText() throws Exception {
    start(HistogramKind.BOTH);
    app.get("/app/posts");
    app.awaitRequests(1, "GET", "/app/posts", 200);

    assertThat(app.scrape().lines())
        .filteredOn(line -> line.startsWith("http_request_duration_seconds_bucket"))
        .filteredOn(line -> line.contains("path=\"/app/posts\""))
        .hasSize(12);
  }
}
