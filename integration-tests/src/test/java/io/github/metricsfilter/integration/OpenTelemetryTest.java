package io.github.metricsfilter.integration;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.github.metricsfilter.MetricsServlet;
import io.github.metricsfilter.PrometheusRequestFilter;
import io.github.metricsfilter.PrometheusRequestFilter.Preset;
import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.api.common.Attributes;
import io.opentelemetry.api.metrics.LongCounter;
import io.opentelemetry.exporter.prometheus.PrometheusMetricReader;
import io.opentelemetry.instrumentation.spring.webmvc.v6_0.SpringWebMvcTelemetry;
import io.opentelemetry.instrumentation.spring.webmvc.v6_0.SpringWebMvcTelemetryBuilder;
import io.opentelemetry.instrumentation.spring.webmvc.v6_0.internal.Experimental;
import io.opentelemetry.sdk.OpenTelemetrySdk;
import io.opentelemetry.sdk.metrics.SdkMeterProvider;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import jakarta.servlet.Filter;
import jakarta.servlet.FilterChain;
import jakarta.servlet.FilterConfig;
import jakarta.servlet.ServletException;
import jakarta.servlet.ServletRequest;
import jakarta.servlet.ServletResponse;
import jakarta.servlet.http.HttpServletRequest;
import java.io.IOException;
import java.net.http.HttpRequest.BodyPublishers;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.web.context.ContextLoaderListener;
import org.springframework.web.context.support.AnnotationConfigWebApplicationContext;
import org.springframework.web.context.support.GenericWebApplicationContext;
import org.springframework.web.servlet.DispatcherServlet;

/**
 * The preset {@code otel} beside OpenTelemetry's own instrumentation of Spring MVC, its SDK and its
 * exporter for Prometheus, with the same requests. docs/otel.md tells what differs.
 */
class OpenTelemetryTest {

  private static final String DURATION = "http_server_request_duration_seconds";
  private static final String ACTIVE = "http_server_active_requests";
  private static final String REQUEST_SIZE = "http_server_request_body_size_bytes";
  private static final String RESPONSE_SIZE = "http_server_response_body_size_bytes";

  private static final Pattern LABEL = Pattern.compile("(\\w+)=\"([^\"]*)\"");

  private final PrometheusMetricReader reader = PrometheusMetricReader.create();
  private final OpenTelemetrySdk sdk =
      OpenTelemetrySdk.builder()
          .setMeterProvider(SdkMeterProvider.builder().registerMetricReader(reader).build())
          .build();
  private final PrometheusRegistry exporters = new PrometheusRegistry();
  private final Application app = new Application();

  @BeforeEach
  void start() throws Exception {
    exporters.register(reader);
    SpringWebMvcTelemetryBuilder telemetry = SpringWebMvcTelemetry.builder(sdk);
    Experimental.setEmitExperimentalTelemetry(telemetry, true); // active requests and sizes
    AnnotationConfigWebApplicationContext spring = new AnnotationConfigWebApplicationContext();
    spring.register(SpringRoutesTest.WebConfiguration.class);
    DispatcherServlet dispatcher = new DispatcherServlet(new GenericWebApplicationContext());
    spring.addBeanFactoryPostProcessor( // their filter looks for it there
        beans -> beans.registerSingleton("dispatcher", dispatcher));

    app.listener(new ContextLoaderListener(spring))
        .filter(new ExceptForScrapes(telemetry.build().createServletFilter()))
        .metrics(
            PrometheusRequestFilter.builder()
                .preset(Preset.OTEL)
                .requestSize(true)
                .responseSize(true)
                .excludePaths("/metrics", "/otel"))
        .servlet("/otel", MetricsServlet.builder().registry(exporters).jvmMetrics(false).build())
        .servlet("/", dispatcher)
        .start();
  }

  @AfterEach
  void stop() {
    app.close();
    sdk.close();
  }

  /** Their filter knows no paths to exclude. */
  private record ExceptForScrapes(Filter filter) implements Filter {

    @Override
    public void init(FilterConfig config) throws ServletException {
      filter.init(config);
    }

    @Override
    public void doFilter(ServletRequest request, ServletResponse response, FilterChain chain)
        throws IOException, ServletException {
      if (List.of("/metrics", "/otel").contains(((HttpServletRequest) request).getServletPath())) {
        chain.doFilter(request, response);
      } else {
        filter.doFilter(request, response, chain);
      }
    }
  }

  private String ours() throws Exception {
    return app.scrapeOpenMetrics();
  }

  private String theirs() throws Exception {
    return app.getOpenMetrics("/app/otel");
  }

  private void requestsWithARoute() throws Exception {
    app.get("/app/users/42");
    app.get("/app/users/43");
    app.get("/app/users/44");
    app.get("/app/users/-1");
    app.get("/app/callable/42");
    app.get("/app/deferred/42");
    await()
        .untilAsserted(
            () -> {
              assertThat(sum(values(ours(), DURATION + "_count"))).isEqualTo(6);
              assertThat(sum(values(theirs(), DURATION + "_count"))).isEqualTo(6);
            });
  }

  private static double sum(Map<?, Double> values) {
    return values.values().stream().mapToDouble(Double::doubleValue).sum();
  }

  /** The values of a metric by labels, except for the labels that the exporter adds to all. */
  private static Map<Map<String, String>, Double> values(String scrape, String name) {
    return scrape
        .lines()
        .filter(line -> line.startsWith(name + "{"))
        .map(line -> line.replaceFirst(" # .*", ""))
        .collect(
            Collectors.toMap(
                OpenTelemetryTest::labels,
                line -> Double.valueOf(line.substring(line.lastIndexOf(' ') + 1))));
  }

  private static Map<String, String> labels(String line) {
    Map<String, String> labels = new TreeMap<>();
    LABEL.matcher(line).results().forEach(label -> add(label, labels));
    return labels;
  }

  private static void add(MatchResult label, Map<String, String> labels) {
    if (!label.group(1).startsWith("otel_scope_")) {
      labels.put(label.group(1), label.group(2));
    }
  }

  private static List<String> comments(String scrape) {
    return scrape.lines().filter(line -> line.startsWith("# ")).sorted().toList();
  }

  private static List<String> bounds(String scrape, String name) {
    return values(scrape, name + "_bucket").keySet().stream()
        .map(labels -> labels.getOrDefault("le", ""))
        .distinct()
        .sorted()
        .toList();
  }

  @Test
  void namesTypesUnitsAndHelpAreTheSame() throws Exception {
    requestsWithARoute();

    assertThat(comments(ours()))
        .filteredOn(line -> line.contains(" http_server_"))
        .hasSize(4 * 2 + 3) // the gauge has no unit
        .isEqualTo(
            comments(theirs()).stream().filter(line -> line.contains(" http_server_")).toList());
  }

  @Test
  void durationsHaveTheSameLabelsAndCounts() throws Exception {
    requestsWithARoute();

    assertThat(values(ours(), DURATION + "_count"))
        .hasSize(4)
        .isEqualTo(values(theirs(), DURATION + "_count"))
        .containsEntry(
            Map.of(
                "http_request_method", "GET",
                "http_response_status_code", "200",
                "http_route", "/app/users/{id}",
                "network_protocol_version", "1.1",
                "url_scheme", "http"),
            3.0);
  }

  @Test
  void durationsHaveTheSameBuckets() throws Exception {
    requestsWithARoute();

    assertThat(bounds(ours(), DURATION)).hasSize(15).isEqualTo(bounds(theirs(), DURATION));
  }

  @Test
  void activeRequestsHaveTheSameLabelsAndValues() throws Exception {
    requestsWithARoute();

    assertThat(values(ours(), ACTIVE))
        .isEqualTo(values(theirs(), ACTIVE))
        .isEqualTo(Map.of(Map.of("http_request_method", "GET", "url_scheme", "http"), 0.0));
  }

  @Test
  void sizesHaveTheSameLabels() throws Exception {
    requestsWithARoute();

    assertThat(values(ours(), REQUEST_SIZE + "_count").keySet())
        .isEqualTo(values(theirs(), REQUEST_SIZE + "_count").keySet());
    assertThat(values(ours(), RESPONSE_SIZE + "_count").keySet())
        .containsAll(values(theirs(), RESPONSE_SIZE + "_count").keySet());
  }

  @Test
  void theirExporterAddsALabelForTheScopeAndTargetInfo() throws Exception {
    requestsWithARoute();

    assertThat(theirs()).contains("otel_scope_name=\"io.opentelemetry.", "target_info{");
    assertThat(ours()).doesNotContain("otel_scope_", "target_info");
  }

  @Test
  void sizesHaveOtherBuckets() throws Exception {
    requestsWithARoute();

    for (String name : List.of(REQUEST_SIZE, RESPONSE_SIZE)) {
      assertThat(bounds(ours(), name))
          .containsExactlyInAnyOrder(
              "100.0", "1000.0", "10000.0", "100000.0", "1000000.0", "1.0E7", "+Inf");
      assertThat(bounds(theirs(), name)).contains("0.0", "10000.0").doesNotContain("100000.0");
    }
  }

  /** Their sizes are what the Content-Length headers say, ours the bytes that were transferred. */
  @Test
  void sizesAreMeasured() throws Exception {
    app.send(app.request("/app/users/42").PUT(BodyPublishers.ofString("unread")));
    app.get("/app/orders/42");
    await()
        .untilAsserted(
            () -> {
              assertThat(sum(values(ours(), DURATION + "_count"))).isEqualTo(2);
              assertThat(sum(values(theirs(), DURATION + "_count"))).isEqualTo(2);
            });

    assertThat(sum(values(ours(), REQUEST_SIZE + "_sum"))).isEqualTo(0);
    assertThat(sum(values(theirs(), REQUEST_SIZE + "_sum"))).isEqualTo(6);
    assertThat(sum(values(ours(), RESPONSE_SIZE + "_count"))).isEqualTo(2);
    assertThat(values(theirs(), RESPONSE_SIZE + "_count")).isEmpty();
  }

  private void onlyDifference(
      String path, String method, Map<String, String> ourLabels, Map<String, String> theirLabels)
      throws Exception {
    app.send(app.request(path).method(method, BodyPublishers.noBody()));

    await()
        .untilAsserted(
            () -> {
              assertThat(values(ours(), DURATION + "_count").keySet())
                  .containsExactly(withCommonLabels(ourLabels));
              assertThat(values(theirs(), DURATION + "_count").keySet())
                  .containsExactly(withCommonLabels(theirLabels));
            });
  }

  private static Map<String, String> withCommonLabels(Map<String, String> labels) {
    Map<String, String> all = new TreeMap<>(labels);
    all.putIfAbsent("http_request_method", "GET");
    all.put("network_protocol_version", "1.1");
    all.put("url_scheme", "http");
    return all;
  }

  @Test
  void aRequestWithoutARouteHasTheServletsMapping() throws Exception {
    onlyDifference(
        "/app/unknown",
        "GET",
        Map.of("http_response_status_code", "404", "http_route", "/app/*"),
        Map.of("http_response_status_code", "404"));
  }

  @Test
  void anUnknownMethodIsTheSameAndItsRouteTheServletsMapping() throws Exception {
    onlyDifference(
        "/app/users/42",
        "BREW",
        Map.of(
            "http_request_method", "_OTHER",
            "http_response_status_code", "405",
            "http_route", "/app/*"),
        Map.of("http_request_method", "_OTHER", "http_response_status_code", "405"));
  }

  @Test
  void anExceptionIsNamed() throws Exception {
    onlyDifference(
        "/app/broken/42",
        "GET",
        Map.of(
            "error_type", "java.lang.IllegalStateException",
            "http_response_status_code", "500",
            "http_route", "/app/broken/{id}"),
        Map.of(
            "error_type", "500",
            "http_response_status_code", "500",
            "http_route", "/app/broken/{id}"));
  }

  @Test
  void anAsynchronousTimeoutHasTheStatusThatTheClientGot() throws Exception {
    onlyDifference(
        "/app/never/42",
        "GET",
        Map.of(
            "error_type", "503",
            "http_response_status_code", "503",
            "http_route", "/app/never/{id}"),
        Map.of("http_response_status_code", "200", "http_route", "/app/never/{id}"));
  }

  @Test
  void aFunctionalEndpointHasARoute() throws Exception {
    onlyDifference(
        "/app/orders/42",
        "GET",
        Map.of("http_response_status_code", "202", "http_route", "/app/orders/{id}"),
        Map.of("http_response_status_code", "202"));
  }

  @Test
  void bothAreWrittenAsClientJavaWritesThem() throws Exception {
    requestsWithARoute();

    ClientJavasWriters.assertSame(exporters.scrape());
    ClientJavasWriters.assertSame(app.registry.scrape());
  }

  @Test
  void theirBoundIsOnTheSeriesOfAMetric() throws Exception {
    LongCounter counter = sdk.getMeter("test").counterBuilder("test").build();
    for (int i = 0; i < 3000; i++) {
      counter.add(1, Attributes.of(AttributeKey.stringKey("value"), "value" + i));
    }

    assertThat(values(theirs(), "test_total"))
        .hasSize(2000)
        .containsEntry(Map.of("otel_metric_overflow", "true"), 1001.0);
  }
}
