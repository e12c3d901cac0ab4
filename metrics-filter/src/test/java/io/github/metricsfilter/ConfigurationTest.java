package io.github.metricsfilter;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.github.metricsfilter.PrometheusRequestFilter.Exemplars;
import io.github.metricsfilter.PrometheusRequestFilter.HistogramKind;
import io.github.metricsfilter.PrometheusRequestFilter.PathMode;
import io.github.metricsfilter.PrometheusRequestFilter.Preset;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import io.prometheus.metrics.model.snapshots.HistogramSnapshot;
import jakarta.servlet.ServletException;
import java.net.http.HttpRequest.BodyPublishers;
import java.util.Map;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/** Shows in a scrape what each setting does, given in web.xml and to the builder. */
@ParameterizedClass
@EnumSource
class ConfigurationTest {

  enum Way {
    WEB_XML,
    BUILDER
  }

  private final Way way;

  private final JettyApplication app = new JettyApplication("/shop");

  ConfigurationTest(Way way) {
    this.way = way;
  }

  @AfterEach
  void stop() {
    app.close();
  }

  @Test
  void presetDefault() throws Exception {
    start(Map.of("preset", "default"), b -> b.preset(Preset.DEFAULT));

    app.get("/shop/posts");

    shows("http_requests_total{method=\"GET\",path=\"/shop/posts\",status=\"200\"} 1.0");
  }

  @Test
  void presetOtel() throws Exception {
    start(Map.of("preset", "otel"), b -> b.preset(Preset.OTEL));

    app.get("/shop/posts");
    app.get("/shop/broken");

    String ok =
        "http_request_method=\"GET\",http_response_status_code=\"200\",http_route=\"/shop/posts\","
            + "network_protocol_version=\"1.1\",url_scheme=\"http\"";
    shows(
        "http_server_request_duration_seconds_count{" + ok + "} 1",
        "http_server_request_duration_seconds_bucket{" + ok + ",le=\"0.075\"}",
        "http_server_request_duration_seconds_count{error_type=\"java.lang.IllegalStateException\","
            + "http_request_method=\"GET\",http_response_status_code=\"500\","
            + "http_route=\"/shop/broken\",",
        "http_server_active_requests{http_request_method=\"GET\",url_scheme=\"http\"} 0.0");
    assertThat(app.scrape()).doesNotContain("http_requests_total");
  }

  @Test
  void presetMicrometer() throws Exception {
    app.servlet("/moved", (request, response) -> response.sendRedirect("/shop/posts"))
        .servlet(
            "/anonymous",
            (request, response) -> {
              throw new IllegalStateException("broken") {};
            });
    start(Map.of("preset", "micrometer"), b -> b.preset(Preset.MICROMETER));

    for (String path : new String[] {"/posts", "/moved", "/missing", "/broken", "/anonymous"}) {
      app.get("/shop" + path);
    }

    String anonymous = ConfigurationTest.class.getName() + "$1";
    shows(
        micrometer("/shop/posts", "200", "SUCCESS", "none"),
        micrometer("/shop/moved", "302", "REDIRECTION", "none"),
        micrometer("/shop/*", "404", "CLIENT_ERROR", "none"),
        micrometer("/shop/broken", "500", "SERVER_ERROR", "IllegalStateException"),
        micrometer("/shop/anonymous", "500", "SERVER_ERROR", anonymous),
        "http_server_requests_seconds_bucket{error=\"none\",exception=\"none\",method=\"GET\","
            + "outcome=\"SUCCESS\",status=\"200\",uri=\"/shop/posts\",le=\"0.075\"}",
        "http_server_requests_active_seconds_count 0.0");
    assertThat(app.scrape()).doesNotContain("http_requests_total");
  }

  private static String micrometer(String uri, String status, String outcome, String exception) {
    return "http_server_requests_seconds_count{error=\"%1$s\",exception=\"%1$s\",method=\"GET\",outcome=\"%2$s\",status=\"%3$s\",uri=\"%4$s\"} 1\n"
        .formatted(exception, outcome, status, uri);
  }

  @Test
  void presetSimpleclientByItsMetricName() throws Exception {
    start(
        Map.of("metric-name", "shop_requests", "help", "Shop requests"),
        b -> b.metricName("shop_requests").help("Shop requests"));

    app.get("/shop/posts");

    shows(
        "# HELP shop_requests Shop requests\n",
        "shop_requests_count{method=\"GET\",path=\"/shop\"} 1\n",
        "# HELP shop_requests_status_total HTTP status codes of Shop requests\n",
        "shop_requests_status_total{method=\"GET\",path=\"/shop\",status=\"200\"} 1.0\n");
    assertThat(app.scrape()).doesNotContain("http_");
  }

  @Test
  void metricPrefix() throws Exception {
    start(Map.of("metric-prefix", "shop_"), b -> b.metricPrefix("shop_"));

    app.get("/shop/posts");

    shows("shop_http_requests_total{", "shop_http_request_duration_seconds_count{");
    shows("shop_http_active_requests 0.0", "\nmetrics_filter_failures_total{cause=\"route\"} 0.0");
    assertThat(app.scrape().lines()).noneMatch(line -> line.startsWith("http_"));
  }

  @Test
  void buckets() throws Exception {
    start(Map.of("buckets", " 0.1, 0.5,1"), b -> b.buckets(.1, .5, 1));

    app.get("/shop/posts");

    await()
        .untilAsserted(
            () ->
                assertThat(app.scrape().lines().filter(line -> line.contains("_bucket{")))
                    .map(line -> line.replaceAll(".*le=\"(.*)\".*", "$1"))
                    .containsExactly("0.1", "0.5", "1.0", "+Inf"));
  }

  @Test
  void histogramClassic() throws Exception {
    start(Map.of("histogram", "classic"), b -> b.histogram(HistogramKind.CLASSIC));
    assertHistogram(true, false);
  }

  @Test
  void histogramNative() throws Exception {
    start(Map.of("histogram", "native"), b -> b.histogram(HistogramKind.NATIVE));
    assertHistogram(false, true);
  }

  @Test
  void histogramBoth() throws Exception {
    start(Map.of("histogram", "both"), b -> b.histogram(HistogramKind.BOTH));
    assertHistogram(true, true);
  }

  /** Else no bucket would be left, or only those that weren't asked for. */
  @Test
  void noPropertyOfClientJavaGoesBeforeTheHistogramThatIsAskedFor() throws Exception {
    ClientJavaProperty.with(
        "io.prometheus.metrics.histogramClassicOnly",
        true,
        () -> start(Map.of("histogram", "native"), b -> b.histogram(HistogramKind.NATIVE)));
    assertHistogram(false, true);
  }

  @Test
  void aPropertyOfClientJavaThatIsWrong() throws Exception {
    ClientJavaProperty.with(
        "io.prometheus.metrics.histogramNativeInitialSchema",
        99,
        () ->
            assertThatThrownBy(
                    () -> start(Map.of("histogram", "both"), b -> b.histogram(HistogramKind.BOTH)))
                .isInstanceOf(ServletException.class)
                .hasMessageContainingAll("a property of client_java is wrong", "99"));
    assertThat(app.scrape()).isEmpty();
  }

  private void assertHistogram(boolean classicBuckets, boolean nativeBuckets) throws Exception {
    app.get("/shop/posts");

    shows("http_requests_total{method=\"GET\",path=\"/shop/posts\",status=\"200\"} 1.0");
    shows("http_active_requests 0.0");
    HistogramSnapshot histogram =
        (HistogramSnapshot) app.registry.scrape("http_request_duration_seconds"::equals).get(0);
    assertThat(histogram.getDataPoints())
        .singleElement()
        .satisfies(
            point -> {
              assertThat(point.hasClassicHistogramData()).isEqualTo(classicBuckets);
              assertThat(point.hasNativeHistogramData()).isEqualTo(nativeBuckets);
              assertThat(point.getCount()).isEqualTo(1);
            });
  }

  @Test
  void exemplarsWithoutASpan() throws Exception {
    start(Map.of("exemplars", "on"), b -> b.exemplars(Exemplars.ON));

    app.get("/shop/posts");

    shows(
        "http_request_duration_seconds_count{method=\"GET\",path=\"/shop/posts\",status=\"200\"} 1");
  }

  @Test
  void pathModeFull() throws Exception {
    start(Map.of("path-mode", "full"), b -> b.pathMode(PathMode.FULL));

    app.get("/shop/posts");
    app.get("/shop/files/a;v=1/b/");

    shows("path=\"/shop/posts\"", "path=\"/shop/files/a/b\"");
  }

  @Test
  void pathModeComponents() throws Exception {
    start(
        Map.of("path-mode", "components", "path-components", "2"),
        b -> b.pathMode(PathMode.COMPONENTS).pathComponents(2));

    app.get("/shop/files/a/b/c");

    shows("path=\"/shop/files\"");
  }

  @Test
  void stripContextPath() throws Exception {
    start(
        Map.of("path-mode", "components", "strip-context-path", "true"),
        b -> b.pathMode(PathMode.COMPONENTS).stripContextPath(true));

    app.get("/shop/files/a/b/c");
    app.get("/shop/");

    shows("path=\"/files\"", "path=\"/\"");
  }

  @Test
  void maxPaths() throws Exception {
    start(
        Map.of("path-mode", "full", "max-paths", "2"), b -> b.pathMode(PathMode.FULL).maxPaths(2));

    for (String path : new String[] {"/a", "/b", "/c", "/d", "/a"}) {
      app.get("/shop" + path);
    }

    shows("path=\"/shop/a\",status=\"404\"} 2.0", "path=\"/shop/b\"");
    shows("path=\"_OTHER\",status=\"404\"} 2.0", "metrics_filter_overflow_total 2.0");
    assertThat(app.scrape()).doesNotContain("/shop/c", "/shop/d");
  }

  @Test
  void excludePaths() throws Exception {
    start(
        Map.of("exclude-paths", "/posts, /files/*,*.css"),
        b -> b.excludePaths("/posts", "/files/*", "*.css"));

    for (String path : new String[] {"/posts", "/files", "/files/a/b", "/style.css", "/other"}) {
      app.get("/shop" + path);
    }

    shows("http_requests_total{method=\"GET\",path=\"/shop/*\",status=\"404\"} 1.0");
    shows("http_active_requests 0.0");
    assertThat(app.scrape()).doesNotContain("/shop/posts", "/shop/files");
  }

  @Test
  void extraMethods() throws Exception {
    start(Map.of("extra-methods", "PROPFIND,REPORT"), b -> b.extraMethods("PROPFIND", "REPORT"));

    for (String method : new String[] {"PROPFIND", "REPORT", "MKCOL", "propfind"}) {
      app.send(app.request("/shop/posts").method(method, BodyPublishers.noBody()));
    }

    shows("method=\"PROPFIND\",path=\"/shop/posts\",status=\"200\"} 1.0");
    shows("method=\"REPORT\",path=\"/shop/posts\",status=\"200\"} 1.0");
    shows("method=\"_OTHER\",path=\"/shop/posts\",status=\"200\"} 2.0");
  }

  @Test
  void sizes() throws Exception {
    start(
        Map.of("request-size", "true", "response-size", "true"),
        b -> b.requestSize(true).responseSize(true));

    app.send(app.request("/shop/echo").POST(BodyPublishers.ofString("x".repeat(777))));

    String labels = "{method=\"POST\",path=\"/shop/echo\",status=\"200\"}";
    shows("http_request_size_bytes_sum" + labels + " 777.0");
    shows("http_response_size_bytes_sum" + labels + " 777.0");
    shows("http_response_size_bytes_count" + labels + " 1\n");
  }

  @Test
  void activeDuration() throws Exception {
    start(Map.of("active-duration", "true"), b -> b.activeDuration(true));

    app.get("/shop/posts");

    shows("http_active_request_duration_seconds 0.0", "http_active_requests 0.0");
  }

  @Test
  void firstByte() throws Exception {
    start(Map.of("first-byte", "true", "buckets", "1, 60"), b -> b.firstByte(true).buckets(1, 60));

    app.get("/shop/posts");

    String labels = "method=\"GET\",path=\"/shop/posts\",status=\"200\"";
    shows(
        "http_first_byte_duration_seconds_bucket{" + labels + ",le=\"60.0\"} 1\n",
        "http_first_byte_duration_seconds_count{" + labels + "} 1\n");
  }

  @Test
  void statusClasses() throws Exception {
    start(Map.of("status-classes", "true"), b -> b.statusClasses(true));

    for (String path : new String[] {"/posts", "/missing", "/broken", "/early", "/nonsense"}) {
      app.get("/shop" + path);
    }

    shows(
        "http_requests_total{method=\"GET\",path=\"/shop/posts\",status=\"2xx\"} 1.0",
        "http_requests_total{method=\"GET\",path=\"/shop/*\",status=\"4xx\"} 3.0",
        "http_requests_total{method=\"GET\",path=\"/shop/broken\",status=\"5xx\"} 1.0",
        "http_request_duration_seconds_count{method=\"GET\",path=\"/shop/posts\",status=\"2xx\"} 1");
    assertThat(app.scrape()).doesNotContain("status=\"200\"", "status=\"404\"");
  }

  @Test
  void constLabels() throws Exception {
    start(
        Map.of("const-labels", "app=shop, zone = eu "),
        b -> b.constLabels(Map.of("app", "shop", "zone", "eu")));

    app.get("/shop/posts");

    shows(
        "http_requests_total{app=\"shop\",method=\"GET\",path=\"/shop/posts\",status=\"200\",zone=\"eu\"} 1.0");
    assertThat(app.scrape().lines())
        .filteredOn(line -> !line.startsWith("#"))
        .allMatch(line -> line.contains("app=\"shop\"") && line.contains("zone=\"eu\""));
  }

  @Test
  void registryAttribute() throws Exception {
    PrometheusRegistry other = new PrometheusRegistry();
    app.context.setAttribute("other", other);
    if (way == Way.WEB_XML) {
      app.webXmlFilter(Map.of("registry-attribute", "other"));
    } else {
      app.filter(PrometheusRequestFilter.builder().registryAttribute("other").build());
    }
    app.start();

    assertThat(JettyApplication.scrape(other)).contains("http_active_requests 0.0");
    assertThat(app.scrape()).isEmpty();
  }

  private void start(
      Map<String, String> initParameters, UnaryOperator<PrometheusRequestFilter.Builder> settings)
      throws Exception {
    if (way == Way.WEB_XML) {
      app.webXmlFilter(initParameters);
    } else {
      app.filter(settings.apply(PrometheusRequestFilter.builder().registry(app.registry)).build());
    }
    app.servlet("/posts", (request, response) -> response.getWriter().print("posts"))
        .servlet(
            "/broken",
            (request, response) -> {
              throw new IllegalStateException("broken");
            })
        .servlet(
            "/echo",
            (request, response) -> request.getInputStream().transferTo(response.getOutputStream()))
        .start();
  }

  private void shows(String... texts) {
    await().untilAsserted(() -> assertThat(app.scrape()).contains(texts));
  }
}
