package io.github.metricsfilter.integration;

import static org.assertj.core.api.Assertions.as;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.metricsfilter.PrometheusRequestFilter;
import io.github.metricsfilter.fixtures.Documentation;
import io.github.metricsfilter.fixtures.PrometheusServer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import org.assertj.core.api.InstanceOfAssertFactories;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The queries and the rule of docs/first-errors.md and README.md, in the real Prometheus. */
class FirstErrorsTest {

  private static final String DOCUMENT = "docs/first-errors.md";
  private static final Pattern QUERY = Pattern.compile("(?m)^\\|[^|]+\\| `([^`]+)` \\|$");
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

  /** Requests that Prometheus has seen before the first error comes. */
  private void requestsBefore(PrometheusServer prometheus) throws Exception {
    for (int i = 0; i < 3; i++) {
      app.get("/app/posts");
      prometheus.awaitNumber("http_requests_total{status=\"200\"} == " + (i + 1));
    }
  }

  private void firstError(PrometheusServer prometheus) throws Exception {
    status = 500;
    assertThat(app.get("/app/posts").statusCode()).isEqualTo(500);
    prometheus.awaitNumber("count_over_time(" + ERRORS + "[1m]) > 2");
  }

  @Test
  void increaseDoesNotSeeTheFirstError() throws Exception {
    try (PrometheusServer prometheus = app.startPrometheus(directory)) {
      requestsBefore(prometheus);
      firstError(prometheus);

      assertThat(prometheus.query(ERRORS).values()).containsExactly(1.0);
      assertThat(prometheus.query("increase(" + ERRORS + "[5m])").values()).containsExactly(0.0);
    }
  }

  @Test
  void aRecordingRuleHasTheZero() throws Exception {
    Files.writeString(
        directory.resolve("rules.yml"), Documentation.block(DOCUMENT, "yaml", "record:"));
    String promQl = Documentation.block(DOCUMENT, "promql", "instance_path:");
    try (PrometheusServer prometheus = app.startPrometheus(directory)) {
      requestsBefore(prometheus);
      prometheus.awaitNumber("count_over_time(instance_path:http_request_errors:sum[1m]) > 2");
      assertThat(prometheus.query(promQl)).isEmpty();

      firstError(prometheus);

      assertThat(prometheus.awaitNumber(promQl)).isBetween(0.9, 2.0); // extrapolated
    }
  }

  @Test
  void aNewSeriesIsTakenAsItIs() throws Exception {
    String promQl = Documentation.block(DOCUMENT, "promql", "offset 5m");
    try (PrometheusServer prometheus = app.startPrometheus(directory)) {
      requestsBefore(prometheus);
      assertThat(prometheus.query(promQl)).isEmpty();

      firstError(prometheus);

      assertThat(prometheus.query(promQl).values()).containsExactly(1.0);
    }
  }

  /** With client_java's property, which is read once in a JVM. */
  @Tag("created")
  @Test
  void createdTimestampsTellANewSeries() throws Exception {
    String promQl = Documentation.block(DOCUMENT, "promql", "http_requests_created");
    try (PrometheusServer prometheus = app.startPrometheus(directory)) {
      requestsBefore(prometheus);
      assertThat(prometheus.query(promQl)).isEmpty();

      firstError(prometheus);

      assertThat(prometheus.query(promQl).values()).containsExactly(1.0);
      assertThat(prometheus.query(promQl.replace("- 300", "+ 300")))
          .as("of a series that began before")
          .isEmpty();
    }
  }

  /** Of all documents: the queries in a row of a table that divide errors. */
  private static List<String> sharesOfErrorsInTables() throws Exception {
    List<String> shares = new ArrayList<>();
    for (String document : Documentation.documents()) {
      QUERY
          .matcher(Documentation.read(document))
          .results()
          .map(row -> row.group(1))
          .filter(query -> query.contains("status=~\"5..\"") && query.contains(" / "))
          .forEach(shares::add);
    }
    return shares;
  }

  @Test
  void theShareOfErrorsIsZeroBeforeTheFirst() throws Exception {
    String readme =
        Documentation.block("README.md", "promql", "vector(0)")
            .lines()
            .filter(line -> line.contains("vector(0)"))
            .findFirst()
            .orElseThrow();
    String byRoute = Documentation.block(DOCUMENT, "promql", "* 0\n) /");
    assertThat(Documentation.block(DOCUMENT, "promql", "vector(0)")).isEqualTo(readme + "\n");
    List<String> shares = new ArrayList<>(List.of(readme, byRoute));
    shares.addAll(sharesOfErrorsInTables());
    assertThat(shares).hasSize(5);
    try (PrometheusServer prometheus = app.startPrometheus(directory)) {
      requestsBefore(prometheus);

      for (String share : shares) {
        assertThat(prometheus.awaitNumber(share)).as(share).isZero();
      }
      assertThat(prometheus.query(readme.replace(" or vector(0)", ""))).isEmpty();

      firstError(prometheus);
      app.get("/app/posts");
      prometheus.awaitNumber(ERRORS + " == 2");

      for (String share : shares) {
        prometheus.awaitAnswer(
            share,
            answer ->
                assertThat(answer.values())
                    .singleElement(as(InstanceOfAssertFactories.DOUBLE))
                    .isBetween(0.01, 0.99));
      }
    }
  }
}
