package io.github.metricsfilter;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.github.metricsfilter.PrometheusRequestFilter.Preset;
import io.github.metricsfilter.internal.series.Family;
import io.github.metricsfilter.internal.series.RequestMetrics;
import io.prometheus.metrics.model.registry.MultiCollector;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import io.prometheus.metrics.model.snapshots.MetricFamilyDescriptor;
import io.prometheus.metrics.model.snapshots.MetricSnapshot;
import jakarta.servlet.ServletException;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.EnumSource.Mode;

/** All that each preset shows, with what it has been asked for. */
class PresetsTest {

  private @Nullable MultiCollector metrics;
  private final PrometheusRegistry registry =
      new PrometheusRegistry() {
        @Override
        public void register(MultiCollector collector) {
          if (collector instanceof RequestMetrics) {
            metrics = collector;
          }
          super.register(collector);
        }
      };
  private PrometheusRequestFilter filter = new PrometheusRequestFilter();

  @AfterEach
  void stop() {
    filter.destroy();
  }

  private void start(PrometheusRequestFilter.Builder settings) throws ServletException {
    filter = settings.registry(registry).buckets(60).constLabels(Map.of("app", "shop")).build();
    FakeExchange.init(filter);
  }

  private static PrometheusRequestFilter.Builder withAll(Preset preset) {
    return withAll(preset, "");
  }

  private static PrometheusRequestFilter.Builder withAll(Preset preset, String tenant) {
    return PrometheusRequestFilter.builder()
        .preset(preset)
        .activeDuration(true)
        .firstByte(true)
        .requestSize(true)
        .responseSize(true)
        .label("tenant", request -> tenant);
  }

  /** A request of three bytes, which is answered with four. */
  private void enter(String method, String scheme, int status)
      throws IOException, ServletException {
    enter(method, scheme, status, () -> {});
  }

  private void enter(String method, String scheme, int status, Runnable last)
      throws IOException, ServletException {
    FakeExchange exchange = new FakeExchange();
    exchange.answers.put("getMethod", method);
    exchange.answers.put("getScheme", scheme);
    exchange.body = new byte[3];
    exchange.enter(
        filter,
        (request, response) -> {
          request.setAttribute(PrometheusRequestFilter.PATH_ATTRIBUTE, "/users/{id}");
          request.getInputStream().readAllBytes();
          response.getOutputStream().print("four");
          exchange.status = status;
          last.run();
        });
  }

  /** Without the times that it took, and without buckets and what is the same in all presets. */
  private String shown() {
    return JettyApplication.scrape(registry)
        .lines()
        .filter(line -> !line.contains("metrics_filter_") && !line.contains("_bucket{"))
        .map(
            line ->
                line.replaceFirst("^(webapp_sum.*}|.*(?<!active_)seconds_sum.*}) \\d.*", "$1 TIME"))
        .collect(Collectors.joining("\n", "", "\n"));
  }

  @Test
  void standard() throws Exception {
    start(withAll(Preset.DEFAULT));
    enter("GET", "http", 200);

    assertThat(shown())
        .isEqualTo(
            """
            # HELP http_active_request_duration_seconds Summed age of the HTTP requests that have entered and are not yet finished.
            # TYPE http_active_request_duration_seconds gauge
            http_active_request_duration_seconds{app="shop"} 0.0
            # HELP http_active_requests HTTP requests that have entered and are not yet finished.
            # TYPE http_active_requests gauge
            http_active_requests{app="shop"} 0.0
            # HELP http_first_byte_duration_seconds Time from a request's entry until the first byte of its response was sent.
            # TYPE http_first_byte_duration_seconds histogram
            http_first_byte_duration_seconds_count%1$s 1
            http_first_byte_duration_seconds_sum%1$s TIME
            # HELP http_request_duration_seconds Time from a request's entry until it was finished.
            # TYPE http_request_duration_seconds histogram
            http_request_duration_seconds_count%1$s 1
            http_request_duration_seconds_sum%1$s TIME
            # HELP http_request_size_bytes Bytes of the request's body that were read.
            # TYPE http_request_size_bytes histogram
            http_request_size_bytes_count%1$s 1
            http_request_size_bytes_sum%1$s 3.0
            # HELP http_requests_total HTTP requests finished.
            # TYPE http_requests_total counter
            http_requests_total%1$s 1.0
            # HELP http_response_size_bytes Bytes of the response's body that were written.
            # TYPE http_response_size_bytes histogram
            http_response_size_bytes_count%1$s 1
            http_response_size_bytes_sum%1$s 4.0
            """
                .formatted("{app=\"shop\",method=\"GET\",path=\"/users/{id}\",status=\"200\"}"));
    assertThat(JettyApplication.scrape(registry))
        .contains(
            "http_request_duration_seconds_bucket{app=\"shop\",method=\"GET\",path=\"/users/{id}\",status=\"200\",le=\"60.0\"} 1\n");
  }

  /** By these, client_java refuses another family that would show the same. */
  @ParameterizedTest
  @EnumSource(mode = Mode.EXCLUDE, names = "SIMPLECLIENT") // which has none of its own
  void theLabelsThatAreShownAreDeclared(Preset preset) throws Exception {
    assumeTrue(Family.areDescribed(), "client_java 1.7 or later");
    start(withAll(preset, "a"));
    enter("GET", "http", 500); // of which OpenTelemetry's conventions have a label

    MultiCollector collector = Objects.requireNonNull(metrics);
    Map<String, Set<String>> declared = new TreeMap<>();
    for (MetricFamilyDescriptor family : collector.getMetricFamilyDescriptors()) {
      declared.put(family.getPrometheusName(), new TreeSet<>(family.getLabelNames()));
    }
    Map<String, Set<String>> shown = new TreeMap<>();
    for (MetricSnapshot family : collector.collect()) {
      Set<String> names = new TreeSet<>();
      family
          .getDataPoints()
          .forEach(point -> point.getLabels().forEach(label -> names.add(label.getName())));
      shown.put(family.getMetadata().getPrometheusName(), names);
    }
    assertThat(shown).isEqualTo(declared);
  }

  @Test
  void requestsInFlightHaveAnAge() throws Exception {
    start(withAll(Preset.DEFAULT));
    enter(
        "GET",
        "http",
        200,
        () ->
            await()
                .untilAsserted(
                    () ->
                        assertThat(shown())
                            .contains("http_active_requests{app=\"shop\"} 1.0")
                            .doesNotContain("duration_seconds{app=\"shop\"} 0.0")));
    assertThat(shown()).contains("http_active_request_duration_seconds{app=\"shop\"} 0.0");
  }

  @Test
  void otel() throws Exception {
    start(withAll(Preset.OTEL));
    enter("GET", "http", 200);
    enter("POST", "https", 500);

    assertThat(shown())
        .isEqualTo(
            """
            # HELP http_server_active_request_duration_seconds Summed duration so far of the active HTTP server requests.
            # TYPE http_server_active_request_duration_seconds gauge
            http_server_active_request_duration_seconds{app="shop",http_request_method="GET",url_scheme="http"} 0.0
            http_server_active_request_duration_seconds{app="shop",http_request_method="POST",url_scheme="https"} 0.0
            # HELP http_server_active_requests Number of active HTTP server requests.
            # TYPE http_server_active_requests gauge
            http_server_active_requests{app="shop",http_request_method="GET",url_scheme="http"} 0.0
            http_server_active_requests{app="shop",http_request_method="POST",url_scheme="https"} 0.0
            # HELP http_server_first_byte_duration_seconds Duration of HTTP server requests until the first byte of the response was sent.
            # TYPE http_server_first_byte_duration_seconds histogram
            http_server_first_byte_duration_seconds_count%2$s 1
            http_server_first_byte_duration_seconds_sum%2$s TIME
            http_server_first_byte_duration_seconds_count%1$s 1
            http_server_first_byte_duration_seconds_sum%1$s TIME
            # HELP http_server_request_body_size_bytes Size of HTTP server request bodies.
            # TYPE http_server_request_body_size_bytes histogram
            http_server_request_body_size_bytes_count%2$s 1
            http_server_request_body_size_bytes_sum%2$s 3.0
            http_server_request_body_size_bytes_count%1$s 1
            http_server_request_body_size_bytes_sum%1$s 3.0
            # HELP http_server_request_duration_seconds Duration of HTTP server requests.
            # TYPE http_server_request_duration_seconds histogram
            http_server_request_duration_seconds_count%2$s 1
            http_server_request_duration_seconds_sum%2$s TIME
            http_server_request_duration_seconds_count%1$s 1
            http_server_request_duration_seconds_sum%1$s TIME
            # HELP http_server_response_body_size_bytes Size of HTTP server response bodies.
            # TYPE http_server_response_body_size_bytes histogram
            http_server_response_body_size_bytes_count%2$s 1
            http_server_response_body_size_bytes_sum%2$s 4.0
            http_server_response_body_size_bytes_count%1$s 1
            http_server_response_body_size_bytes_sum%1$s 4.0
            """
                .formatted(
                    "{app=\"shop\",http_request_method=\"GET\",http_response_status_code=\"200\",http_route=\"/users/{id}\",network_protocol_version=\"1.1\",url_scheme=\"http\"}",
                    "{app=\"shop\",error_type=\"500\",http_request_method=\"POST\",http_response_status_code=\"500\",http_route=\"/users/{id}\",network_protocol_version=\"1.1\",url_scheme=\"https\"}"));
  }

  /** In any order, also where a client names the scheme. */
  @ParameterizedTest
  @CsvSource({"foo, http, https", "foo, https, http", "https, foo, http", "http, https, foo"})
  void otelOfEveryScheme(String first, String second, String third) throws Exception {
    start(PrometheusRequestFilter.builder().preset(Preset.OTEL).label("tenant", request -> "a"));
    for (String scheme : List.of(first, second, third, third, second, first)) {
      enter("GET", scheme, 200);
    }

    for (String scheme : List.of("http", "https", "_OTHER")) {
      assertThat(shown())
          .contains(
              "http_server_active_requests{app=\"shop\",http_request_method=\"GET\","
                  + "url_scheme=\""
                  + scheme
                  + "\"} 0.0\n",
              "network_protocol_version=\"1.1\",tenant=\"a\",url_scheme=\"" + scheme + "\"} 2\n");
    }
    assertThat(overflow()).isZero();
  }

  /** It is what these requests have, and no bound was reached. */
  @Test
  void otherIsNoOverflow() throws Exception {
    start(
        PrometheusRequestFilter.builder()
            .preset(Preset.OTEL)
            .maxPaths(1)
            .label("tenant", request -> "_OTHER", 1));
    for (int i = 0; i < 2; i++) {
      FakeExchange exchange = new FakeExchange();
      exchange.answers.put("getProtocol", "HTTP/0.9");
      exchange.answers.put("getMethod", "BREW");
      exchange.enter(
          filter,
          (request, response) ->
              request.setAttribute(PrometheusRequestFilter.PATH_ATTRIBUTE, "_OTHER"));
    }
    assertThat(overflow()).isZero();
    assertThat(shown())
        .contains(
            "http_server_request_duration_seconds_count{app=\"shop\","
                + "http_request_method=\"_OTHER\",http_response_status_code=\"200\","
                + "http_route=\"_OTHER\",network_protocol_version=\"_OTHER\","
                + "tenant=\"_OTHER\",url_scheme=\"http\"} 2\n");
  }

  /** One request counts once, however many of its values are refused. */
  @Test
  void overflowOfRouteAndLabel() throws Exception {
    AtomicInteger tenant = new AtomicInteger();
    start(
        PrometheusRequestFilter.builder()
            .maxPaths(1)
            .label("tenant", request -> "t" + tenant.incrementAndGet(), 1));
    for (String route : List.of("/a", "/b", "_OTHER", "/a")) {
      new FakeExchange()
          .enter(
              filter,
              (request, response) ->
                  request.setAttribute(PrometheusRequestFilter.PATH_ATTRIBUTE, route));
    }

    assertThat(overflow()).isEqualTo(3);
    assertThat(shown())
        .contains(
            "http_requests_total{app=\"shop\",method=\"GET\",path=\"_OTHER\",status=\"200\","
                + "tenant=\"_OTHER\"} 2.0\n");
  }

  private double overflow() {
    return Objects.requireNonNull(
        Exposition.text(JettyApplication.scrape(registry).getBytes(UTF_8))
            .samples()
            .get("metrics_filter_overflow_total{app=\"shop\"}"));
  }

  @Test
  void micrometerOfAnException() throws Exception {
    start(withAll(Preset.MICROMETER));
    assertThatThrownBy(
            () ->
                enter(
                    "POST",
                    "http",
                    200,
                    () -> {
                      throw new UnsupportedOperationException();
                    }))
        .isInstanceOf(UnsupportedOperationException.class);
    assertThat(shown())
        .contains(
            "http_server_requests_seconds_count{app=\"shop\","
                + "error=\"UnsupportedOperationException\","
                + "exception=\"UnsupportedOperationException\",method=\"POST\","
                + "outcome=\"SERVER_ERROR\",status=\"500\",uri=\"/users/{id}\"} 1\n");
  }

  @Test
  void micrometer() throws Exception {
    start(withAll(Preset.MICROMETER));
    enter("GET", "http", 200);

    assertThat(shown())
        .isEqualTo(
            """
            # HELP http_server_requests_active_seconds_count HTTP requests that have entered and are not yet finished.
            # TYPE http_server_requests_active_seconds_count gauge
            http_server_requests_active_seconds_count{app="shop"} 0.0
            # HELP http_server_requests_active_seconds_sum Summed age of the HTTP requests that have entered and are not yet finished.
            # TYPE http_server_requests_active_seconds_sum gauge
            http_server_requests_active_seconds_sum{app="shop"} 0.0
            # HELP http_server_requests_first_byte_seconds Time from a request's entry until the first byte of its response was sent.
            # TYPE http_server_requests_first_byte_seconds histogram
            http_server_requests_first_byte_seconds_count%1$s 1
            http_server_requests_first_byte_seconds_sum%1$s TIME
            # HELP http_server_requests_request_size_bytes Bytes of the request's body that were read.
            # TYPE http_server_requests_request_size_bytes histogram
            http_server_requests_request_size_bytes_count%1$s 1
            http_server_requests_request_size_bytes_sum%1$s 3.0
            # HELP http_server_requests_response_size_bytes Bytes of the response's body that were written.
            # TYPE http_server_requests_response_size_bytes histogram
            http_server_requests_response_size_bytes_count%1$s 1
            http_server_requests_response_size_bytes_sum%1$s 4.0
            # HELP http_server_requests_seconds Time from a request's entry until it was finished.
            # TYPE http_server_requests_seconds histogram
            http_server_requests_seconds_count%1$s 1
            http_server_requests_seconds_sum%1$s TIME
            """
                .formatted(
                    "{app=\"shop\",error=\"none\",exception=\"none\",method=\"GET\",outcome=\"SUCCESS\",status=\"200\",uri=\"/users/{id}\"}"));
  }

  /** Its histogram knows no status. */
  @Test
  void simpleclient() throws Exception {
    start(PrometheusRequestFilter.builder().metricName("webapp").help("Requests"));
    enter("GET", "http", 200);
    enter("GET", "http", 404);
    enter("POST", "http", 200);

    assertThat(shown())
        .isEqualTo(
            """
            # HELP webapp Requests
            # TYPE webapp histogram
            webapp_count%1$s 2
            webapp_sum%1$s TIME
            webapp_count%2$s 1
            webapp_sum%2$s TIME
            # HELP webapp_status_total HTTP status codes of Requests
            # TYPE webapp_status_total counter
            webapp_status_total{app="shop",method="GET",path="/users/{id}",status="200"} 1.0
            webapp_status_total{app="shop",method="GET",path="/users/{id}",status="404"} 1.0
            webapp_status_total{app="shop",method="POST",path="/users/{id}",status="200"} 1.0
            """
                .formatted(
                    "{app=\"shop\",method=\"GET\",path=\"/users/{id}\"}",
                    "{app=\"shop\",method=\"POST\",path=\"/users/{id}\"}"));
  }
}
