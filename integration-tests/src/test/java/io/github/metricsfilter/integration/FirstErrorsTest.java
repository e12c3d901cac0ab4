package io.github.metricsfilter.integration;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.github.metricsfilter.PrometheusRequestFilter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The queries and the rule of docs/first-errors.md and README.md, in the real Prometheus. */
class FirstErrorsTest {

  private static final String DOCUMENT = "docs/first-errors.md";
  private static final String ERRORS = "http_requests_total{path=\"/app/posts\",status=\"500\"}";

  private final Application app = new Application();
  private volatile int status = 200;

  @TempDir private Path directory;

  @BeforeEach
  void start() throws Exception {
    app.metrics(PrometheusRequestFilter.builder().excludePaths("/metrics"))
        .servlet("/posts", (request, response) -> response.setStatus(status))
        .start();
  }

  @AfterEach
  void stop() {
    app.close();
  }

  /** The only block of a language in a document that contains this text. */
  private static String block(String document, String language, String text) throws IOException {
    Matcher block =
        Pattern.compile("(?ms)^```" + language + "\n(.*?)^```$")
            .matcher(Files.readString(Path.of("..").resolve(document)));
    List<String> found =
        block.results().map(match -> match.group(1)).filter(b -> b.contains(text)).toList();
    assertThat(found).as("blocks of %s with %s", document, text).hasSize(1);
    return found.get(0);
  }

  private static List<Double> awaitAnswer(PrometheusServer prometheus, String promQl) {
    return await(promQl)
        .atMost(Duration.ofSeconds(60))
        .until(
            () -> prometheus.query(promQl), answer -> answer.size() == 1 && !answer.get(0).isNaN());
  }

  /** Requests that Prometheus has seen before the first error comes. */
  private void requestsBefore(PrometheusServer prometheus) throws Exception {
    for (int i = 0; i < 3; i++) {
      app.get("/app/posts");
      awaitAnswer(prometheus, "http_requests_total{status=\"200\"} == " + (i + 1));
    }
  }

  private void firstError(PrometheusServer prometheus) throws Exception {
    status = 500;
    assertThat(app.get("/app/posts").statusCode()).isEqualTo(500);
    awaitAnswer(prometheus, "count_over_time(" + ERRORS + "[1m]) > 2");
  }

  @Test
  void increaseDoesNotSeeTheFirstError() throws Exception {
    try (PrometheusServer prometheus = PrometheusServer.start(directory, app)) {
      requestsBefore(prometheus);
      firstError(prometheus);

      assertThat(prometheus.query(ERRORS)).containsExactly(1.0);
      assertThat(prometheus.query("increase(" + ERRORS + "[5m])")).containsExactly(0.0);
    }
  }

  @Test
  void aRecordingRuleHasTheZero() throws Exception {
    Files.writeString(directory.resolve("rules.yml"), block(DOCUMENT, "yaml", "record:"));
    String promQl = block(DOCUMENT, "promql", "instance_path:");
    try (PrometheusServer prometheus = PrometheusServer.start(directory, app)) {
      requestsBefore(prometheus);
      awaitAnswer(prometheus, "count_over_time(instance_path:http_request_errors:sum[1m]) > 2");
      assertThat(prometheus.query(promQl)).isEmpty();

      firstError(prometheus);

      assertThat(awaitAnswer(prometheus, promQl).get(0)).isBetween(0.9, 2.0); // extrapolated
    }
  }

  @Test
  void aNewSeriesIsTakenAsItIs() throws Exception {
    String promQl = block(DOCUMENT, "promql", "offset 5m");
    try (PrometheusServer prometheus = PrometheusServer.start(directory, app)) {
      requestsBefore(prometheus);
      assertThat(prometheus.query(promQl)).isEmpty();

      firstError(prometheus);

      assertThat(prometheus.query(promQl)).containsExactly(1.0);
    }
  }

  /** With client_java's property, which is read once in a JVM. */
  @Tag("created")
  @Test
  void createdTimestampsTellANewSeries() throws Exception {
    String promQl = block(DOCUMENT, "promql", "http_requests_created");
    try (PrometheusServer prometheus = PrometheusServer.start(directory, app)) {
      requestsBefore(prometheus);
      assertThat(prometheus.query(promQl)).isEmpty();

      firstError(prometheus);

      assertThat(prometheus.query(promQl)).containsExactly(1.0);
      assertThat(prometheus.query(promQl.replace("- 300", "+ 300")))
          .as("of a series that began before")
          .isEmpty();
    }
  }

  @Test
  void theShareOfErrorsIsZeroBeforeTheFirst() throws Exception {
    String readme =
        block("README.md", "promql", "vector(0)")
            .lines()
            .filter(line -> line.contains("vector(0)"))
            .findFirst()
            .orElseThrow();
    String byRoute = block(DOCUMENT, "promql", "* 0\n) /");
    assertThat(block(DOCUMENT, "promql", "vector(0)")).isEqualTo(readme + "\n");
    try (PrometheusServer prometheus = PrometheusServer.start(directory, app)) {
      requestsBefore(prometheus);

      assertThat(awaitAnswer(prometheus, readme)).containsExactly(0.0);
      assertThat(awaitAnswer(prometheus, byRoute)).containsExactly(0.0);
      assertThat(prometheus.query(readme.replace(" or vector(0)", ""))).isEmpty();

      firstError(prometheus);
      app.get("/app/posts");
      awaitAnswer(prometheus, ERRORS + " == 2");

      await()
          .atMost(Duration.ofSeconds(60))
          .untilAsserted(
              () -> {
                assertThat(prometheus.query(readme).get(0)).isBetween(0.01, 0.99);
                assertThat(prometheus.query(byRoute).get(0)).isBetween(0.01, 0.99);
              });
    }
  }
}
