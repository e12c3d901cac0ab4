package io.github.metricsfilter;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.github.metricsfilter.fixtures.Promtool;
import io.prometheus.metrics.core.metrics.Counter;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Label values of all kinds, from the application, in every format. */
class LabelValuesTest {

  private static final List<String> STRANGE =
      List.of(
          "a\"quote",
          "\"},x 1",
          "two\nlines",
          "\n# EOF\n",
          "back\\slash",
          "\\n",
          "\\",
          "carriage\rreturn",
          "tab\tnull\0bell\u0007escape\u001b",
          "next\u0085line\u2028separator\u2029",
          "é€ and \uD83D\uDE00",
          "  spaces ",
          "{a=\"b\"}",
          "<script>alert(1)</script>");

  private static final List<String> WITH_LONE_SURROGATES =
      List.of("high \uD800", "low \uDC00", "both \uDC00\uD800", "high \uDBFF");

  private final JettyApplication app = new JettyApplication();
  private List<String> values = List.of();

  @BeforeEach
  void start() throws Exception {
    app.filter(
        PrometheusRequestFilter.builder()
            .registry(app.registry)
            .label("extra", request -> values.get(index(request.getParameter("i"))))
            .build());
    app.servlet(
        "/posts",
        (request, response) ->
            request.setAttribute(
                PrometheusRequestFilter.PATH_ATTRIBUTE,
                values.get(index(request.getParameter("i")))));
    app.metrics(MetricsServlet.builder().registry(app.registry).jvmMetrics(false)).start();
  }

  @AfterEach
  void stop() {
    app.close();
  }

  private static int index(String parameter) {
    return parameter == null ? 0 : Integer.parseInt(parameter);
  }

  @Test
  void areExposedAsTheyAre() throws Exception {
    assertShown(STRANGE, Set.copyOf(STRANGE));

    assertThat(Promtool.checkMetrics(body("text/plain"))).isEmpty();
  }

  @Test
  void loneSurrogatesAreReplacedAndCountTogether() throws Exception {
    Set<String> replaced =
        WITH_LONE_SURROGATES.stream()
            .map(value -> value.replaceAll("[\uD800-\uDFFF]", "\uFFFD"))
            .collect(Collectors.toSet());
    assertThat(replaced).hasSize(3);

    assertShown(WITH_LONE_SURROGATES, replaced);

    assertThat(scrape("text/plain").samples())
        .containsEntry(
            "http_requests_total{extra=\"high \uFFFD\",method=\"GET\",path=\"high \uFFFD\","
                + "status=\"200\"}",
            2.0);
  }

  /** Of the application's own metrics, which don't come by us. */
  @Test
  void loneSurrogatesOfOtherMetricsBreakNoScrape() throws Exception {
    Counter jobs =
        Counter.builder()
            .name("jobs_total")
            .help("Jobs.")
            .labelNames("kind")
            .register(app.registry);
    jobs.labelValues("high \uD800").inc();

    assertThat(scrape("text/plain").samples()).containsEntry("jobs_total{kind=\"high ?\"}", 1.0);
    assertThat(scrape(MetricsServletTest.PROMETHEUS_3).samples())
        .containsEntry("jobs_total{kind=\"high ?\"}", 1.0);
    assertThat(Exposition.protobufStrings(body(MetricsServletTest.PROMETHEUS_2_NATIVE_HISTOGRAMS)))
        .contains("high ?");
    assertThat(Promtool.checkMetrics(body("text/plain"))).isEmpty();
  }

  @Test
  void ofTheApplicationsLabelsAreCutAndOfPathsAreOther() throws Exception {
    values = List.of("\uD83D\uDE00".repeat(100), "b".repeat(5000), "\uD800".repeat(1000));

    for (int i = 0; i < values.size(); i++) {
      assertThat(app.get("/posts?i=" + i).statusCode()).isEqualTo(200);
    }

    await()
        .untilAsserted(
            () ->
                assertThat(scrape("text/plain").samples())
                    .containsEntry(requests("\uD83D\uDE00".repeat(64)), 1.0)
                    .containsEntry(requests("b".repeat(256)), 1.0)
                    .containsEntry(requests("\uFFFD".repeat(85)), 1.0)
                    .containsEntry("metrics_filter_overflow_total", 3.0));
    assertThat(scrape("text/plain").labelValues())
        .allSatisfy(value -> assertThat(value.getBytes(UTF_8).length).isLessThanOrEqualTo(256));
  }

  private static String requests(String extra) {
    return "http_requests_total{extra=\"%s\",method=\"GET\",path=\"_OTHER\",status=\"200\"}"
        .formatted(extra);
  }

  private void assertShown(List<String> sent, Set<String> shown) throws Exception {
    values = new ArrayList<>(sent);
    for (int i = 0; i < sent.size(); i++) {
      assertThat(app.get("/posts?i=" + i).statusCode()).isEqualTo(200);
    }

    await()
        .untilAsserted(
            () ->
                assertThat(
                        scrape("text/plain").samples().entrySet().stream()
                            .filter(sample -> sample.getKey().startsWith("http_requests_total"))
                            .mapToDouble(sample -> sample.getValue())
                            .sum())
                    .isGreaterThanOrEqualTo(sent.size()));
    assertThat(scrape("text/plain").labelValues()).containsAll(shown);
    assertThat(scrape(MetricsServletTest.PROMETHEUS_2).labelValues()).containsAll(shown);
    assertThat(scrape(MetricsServletTest.PROMETHEUS_3).labelValues()).containsAll(shown);
    assertThat(Exposition.protobufStrings(body(MetricsServletTest.PROMETHEUS_2_NATIVE_HISTOGRAMS)))
        .containsAll(shown);
  }

  private Exposition scrape(String accept) throws Exception {
    byte[] body = body(accept);
    return accept.startsWith("text") ? Exposition.text(body) : Exposition.openMetrics(body);
  }

  private byte[] body(String accept) throws Exception {
    return app.bytes(app.request("/metrics").header("Accept", accept)).body();
  }
}
