package io.github.metricsfilter.example;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.metricsfilter.fixtures.Documentation;
import io.github.metricsfilter.fixtures.PrometheusServer;
import io.github.metricsfilter.fixtures.Promtool;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.IntStream;
import org.assertj.core.api.ThrowingConsumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The whole way: requests to the example, scraped by the real Prometheus, asked by its HTTP API.
 */
class PrometheusIT {

  /** HTTP/1.1, so that each of many requests at a time has its connection. */
  private static final HttpClient HTTP =
      HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

  private static final Map<String, String> NO_LABELS = Map.of();

  @TempDir Path directory;

  @Test
  void prometheusCountsWhatWasSent() throws Exception {
    try (ExampleProcess example = ExampleProcess.start(directory, Map.of("PORT", "0"));
        PrometheusServer prometheus = start(example)) {
      send(7, example, "GET", "/");
      send(5, example, "GET", "/posts");
      send(2, example, "POST", "/posts");
      for (int i = 0; i < 3; i++) {
        send(1, example, "GET", "/unknown/" + i);
      }

      eventually(
          prometheus,
          "up",
          result -> assertThat(result).containsExactly(Map.entry(NO_LABELS, 1.0)));
      Map<Map<String, String>, Double> sent =
          Map.of(
              Map.of("status", "200", "path", "/", "method", "GET"), 7.0,
              Map.of("status", "200", "path", "/posts", "method", "GET"), 5.0,
              Map.of("status", "405", "path", "/posts", "method", "POST"), 2.0,
              Map.of("status", "404", "path", "/*", "method", "GET"), 3.0);
      eventually(
          prometheus,
          "http_requests_total{path!='/metrics'}",
          result -> assertThat(result).isEqualTo(sent));
      eventually(
          prometheus,
          "http_request_duration_seconds_count{path!='/metrics'}",
          result -> assertThat(result).isEqualTo(sent));
      eventually(
          prometheus,
          "histogram_quantile(0.99, sum(rate(http_request_duration_seconds_bucket[1m])) by (le))",
          result -> assertThat(result.get(NO_LABELS)).isBetween(0.0, 10.0));
      eventually(
          prometheus,
          "post_request_duration_seconds",
          result -> {
            assertThat(result.keySet())
                .isEqualTo(
                    Set.of(
                        Map.of("method", "GET", "quantile", "0.5"),
                        Map.of("method", "GET", "quantile", "0.9"),
                        Map.of("method", "GET", "quantile", "0.99")));
            assertThat(result.values()).allSatisfy(v -> assertThat(v).isBetween(0.0, 10.0));
          });
      eventually(
          prometheus,
          "post_request_duration_seconds_count",
          result -> assertThat(result).containsExactly(Map.entry(Map.of("method", "GET"), 5.0)));
      eventually(
          prometheus,
          "memory_usage_bytes{hostname!=''}",
          result ->
              assertThat(result.values())
                  .singleElement()
                  .satisfies(v -> assertThat(v).isGreaterThan(1e7)));
      assertThat(Promtool.checkMetrics(example.get("/metrics").body().getBytes(UTF_8))).isEmpty();
    }
  }

  /**
   * A hundred requests under way, and the scrape itself. For a moment there may be one more: a
   * client that has its answer may take another connection before the server has let go of the
   * first.
   */
  @Test
  void theGaugeReadsAHundredAndOneWithAHundredClients() throws Exception {
    Map<String, String> settings = Map.of("PORT", "0", "DELAY_MIN", "1", "DELAY_MAX", "5");
    try (ExampleProcess example = ExampleProcess.start(directory, settings);
        PrometheusServer prometheus = start(example)) {
      AtomicBoolean stopped = new AtomicBoolean();
      CompletableFuture<?>[] clients =
          IntStream.range(0, 100)
              .mapToObj(i -> client(example.uri("/"), stopped))
              .toArray(CompletableFuture<?>[]::new);

      eventually(
          prometheus,
          "http_active_requests",
          result -> assertThat(result).containsExactly(Map.entry(NO_LABELS, 101.0)));

      stopped.set(true);
      CompletableFuture.allOf(clients).join();
      eventually(
          prometheus,
          "http_active_requests",
          result -> assertThat(result).containsExactly(Map.entry(NO_LABELS, 1.0)));
    }
  }

  private static void send(int times, ExampleProcess example, String method, String path)
      throws Exception {
    for (int i = 0; i < times; i++) {
      example.request(method, path);
    }
  }

  /** Sends one request after the other until it is stopped. */
  private static CompletableFuture<HttpResponse<Void>> client(URI uri, AtomicBoolean stopped) {
    return HTTP.sendAsync(HttpRequest.newBuilder(uri).build(), BodyHandlers.discarding())
        .thenCompose(
            response ->
                stopped.get() ? CompletableFuture.completedFuture(response) : client(uri, stopped));
  }

  private static void eventually(
      PrometheusServer prometheus,
      String promQl,
      ThrowingConsumer<Map<Map<String, String>, Double>> assertion) {
    prometheus.awaitAnswer(withoutTarget(promQl), assertion);
  }

  /** The answer without the labels of the only target. */
  private static String withoutTarget(String promQl) {
    return "sum without (instance, job) (" + promQl + ")";
  }

  /** Prometheus with the project's prometheus.yml, for a target here and a test in a hurry. */
  private PrometheusServer start(ExampleProcess target) throws Exception {
    String original = Documentation.read("prometheus.yml");
    assertThat(original).contains("scrape_interval: 10s", "\"app:8000\"");
    return PrometheusServer.start(
        directory,
        original
            .replace("scrape_interval: 10s", "scrape_interval: 1s")
            .replace("app:8000", target.uri("").getAuthority()));
  }
}
