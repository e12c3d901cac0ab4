package io.github.metricsfilter;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.github.metricsfilter.fixtures.Promtool;
import io.prometheus.metrics.config.EscapingScheme;
import io.prometheus.metrics.config.ExporterFilterProperties;
import io.prometheus.metrics.config.ExporterHttpServerProperties;
import io.prometheus.metrics.config.ExporterProperties;
import io.prometheus.metrics.config.PrometheusProperties;
import io.prometheus.metrics.core.metrics.Counter;
import io.prometheus.metrics.core.metrics.Gauge;
import io.prometheus.metrics.core.metrics.Histogram;
import io.prometheus.metrics.core.metrics.Info;
import io.prometheus.metrics.core.metrics.StateSet;
import io.prometheus.metrics.core.metrics.Summary;
import io.prometheus.metrics.expositionformats.ExpositionFormats;
import io.prometheus.metrics.instrumentation.jvm.JvmMetrics;
import io.prometheus.metrics.instrumentation.jvm.JvmThreadsMetrics;
import io.prometheus.metrics.instrumentation.jvm.ProcessMetrics;
import io.prometheus.metrics.model.registry.Collector;
import io.prometheus.metrics.model.registry.PrometheusScrapeRequest;
import io.prometheus.metrics.model.snapshots.CounterSnapshot;
import io.prometheus.metrics.model.snapshots.CounterSnapshot.CounterDataPointSnapshot;
import io.prometheus.metrics.model.snapshots.GaugeSnapshot;
import io.prometheus.metrics.model.snapshots.GaugeSnapshot.GaugeDataPointSnapshot;
import io.prometheus.metrics.model.snapshots.Labels;
import io.prometheus.metrics.model.snapshots.MetricMetadata;
import io.prometheus.metrics.model.snapshots.MetricSnapshot;
import jakarta.servlet.ServletException;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What the servlet answers: formats, headers, methods, parameters, its settings. */
class MetricsServletTest {

  static final String PROMETHEUS_2 =
      "application/openmetrics-text;version=1.0.0,application/openmetrics-text;version=0.0.1;q=0.75,"
          + "text/plain;version=0.0.4;q=0.5,*/*;q=0.1";
  static final String PROMETHEUS_2_NATIVE_HISTOGRAMS =
      "application/vnd.google.protobuf;proto=io.prometheus.client.MetricFamily;encoding=delimited,"
          + "application/openmetrics-text;version=1.0.0;q=0.8,"
          + "application/openmetrics-text;version=0.0.1;q=0.75,text/plain;version=0.0.4;q=0.5,"
          + "*/*;q=0.1";
  static final String PROMETHEUS_3 =
      "application/openmetrics-text;version=1.0.0;escaping=allow-utf-8;q=0.6,"
          + "application/openmetrics-text;version=0.0.1;q=0.5,"
          + "text/plain;version=1.0.0;escaping=allow-utf-8;q=0.4,text/plain;version=0.0.4;q=0.3,"
          + "*/*;q=0.2";
  static final String PROMETHEUS_3_NATIVE_HISTOGRAMS =
      "application/vnd.google.protobuf;proto=io.prometheus.client.MetricFamily;encoding=delimited;"
          + "q=0.7,"
          + PROMETHEUS_3;

  private final JettyApplication app = new JettyApplication();

  @AfterEach
  void stop() {
    app.close();
  }

  private MetricsServlet.Builder servlet() {
    return MetricsServlet.builder().registry(app.registry);
  }

  private HttpRequest.Builder request() {
    return app.request("/metrics");
  }

  @Test
  void withoutAnAcceptHeaderItIsText() throws Exception {
    app.metrics(servlet()).start();

    HttpResponse<byte[]> response = app.bytes(request());

    assertThat(response.headers().firstValue("Content-Type"))
        .hasValueSatisfying(type -> assertThat(type).startsWith("text/plain;"));
    assertThat(Exposition.text(response.body()).samples())
        .containsEntry("metrics_servlet_scrapes_in_flight", 1.0)
        .containsKey("jvm_threads_current");
  }

  @ParameterizedTest
  @CsvSource({"PROMETHEUS_2, ''", "PROMETHEUS_3, ; escaping=allow-utf-8"})
  void prometheusGetsOpenMetrics(String prometheus, String escaping) throws Exception {
    aMetricOfEachType();
    app.metrics(servlet()).start();
    String accept = prometheus.equals("PROMETHEUS_2") ? PROMETHEUS_2 : PROMETHEUS_3;

    HttpResponse<byte[]> response = app.bytes(request().header("Accept", accept));

    assertThat(response.headers().firstValue("Content-Type"))
        .contains("application/openmetrics-text; version=1.0.0; charset=utf-8" + escaping);
    Exposition exposition = Exposition.openMetrics(response.body());
    assertThat(exposition.samples()).containsEntry("jobs_total{queue=\"a\"}", 2.0);
    assertThat(exposition.type("jobs")).isEqualTo("counter");
    assertThat(exposition.type("wait_seconds")).isEqualTo("histogram");
    assertThat(exposition.type("build")).isEqualTo("info");
  }

  @ParameterizedTest
  @ValueSource(strings = {PROMETHEUS_2_NATIVE_HISTOGRAMS, PROMETHEUS_3_NATIVE_HISTOGRAMS})
  void withNativeHistogramsPrometheusGetsProtobuf(String accept) throws Exception {
    aMetricOfEachType();
    app.metrics(servlet()).start();

    HttpResponse<byte[]> response = app.bytes(request().header("Accept", accept));

    assertThat(response.headers().firstValue("Content-Type"))
        .hasValueSatisfying(
            type -> assertThat(type).startsWith("application/vnd.google.protobuf;"));
    assertThat(Exposition.protobufStrings(response.body()))
        .contains("jobs_total", "wait_seconds", "queue", "jvm_threads_current");
  }

  /** As Prometheus 3 asks with {@code scrape_protocols: [PrometheusText1.0.0, …]}. */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          text/plain;version=1.0.0;escaping=allow-utf-8;q=0.6,application/openmetrics-text;version=1.0.0;escaping=allow-utf-8;q=0.5,*/*;q=0.2 | text/plain; version=1.0.0; charset=utf-8; escaping=allow-utf-8 | {"a.b"} 1.0
          text/plain;version=1.0.0;escaping=underscores;q=0.6,*/*;q=0.2          | text/plain; version=1.0.0; charset=utf-8; escaping=underscores | a_b 1.0
          text/plain;version=0.0.4;q=0.6,text/plain;version=1.0.0;escaping=allow-utf-8;q=0.5 | text/plain; version=0.0.4; charset=utf-8 | a_b 1.0
          """)
  @Tag("current-client-java")
  void textIsSentAndCalledAsItIsAskedFor(String accept, String contentType, String sample)
      throws Exception {
    app.registry.register(
        (Collector)
            () ->
                new GaugeSnapshot(
                    new MetricMetadata("a.b"),
                    List.of(new GaugeDataPointSnapshot(1, Labels.EMPTY, null))));
    app.metrics(servlet()).start();

    HttpResponse<String> response = app.send(request().header("Accept", accept));

    assertThat(response.headers().firstValue("Content-Type"))
        .map(type -> type.toLowerCase(Locale.ROOT))
        .contains(contentType);
    assertThat(response.body()).contains("\n" + sample + "\n");
  }

  @Test
  void whoRefusesOpenMetricsAndGzipGetsNeither() throws Exception {
    app.metrics(servlet()).start();

    HttpResponse<byte[]> response =
        app.bytes(
            request()
                .header("Accept", "application/openmetrics-text;q=0, text/plain;q=0.5")
                .header("Accept-Encoding", "gzip;q=0, identity"));

    assertThat(response.headers().firstValue("Content-Type"))
        .hasValueSatisfying(type -> assertThat(type).startsWith("text/plain; version=0.0.4"));
    assertThat(response.headers().firstValue("Content-Encoding")).isEmpty();
    assertThat(Exposition.text(response.body()).samples()).containsKey("jvm_threads_current");
  }

  /** More often than there are places, none of which may be lost. */
  @Test
  void oddHeadersAreAnswered() throws Exception {
    app.metrics(servlet().jvmMetrics(false)).start();

    for (String odd : List.of(";", ";;", ",", "=", ";=;", "text/plain;", "gzip,;", "*;q=x", "\"")) {
      for (String header : List.of("Accept", "Accept-Encoding")) {
        assertThat(app.bytes(request().header(header, odd)).statusCode())
            .as("%s: %s", header, odd)
            .isEqualTo(200);
      }
    }
    assertThat(scrape().samples())
        .containsEntry(scrapes(500), 0.0)
        .containsEntry(scrapes(503), 0.0);
  }

  @Test
  void theTextFormatHasEachType() throws Exception {
    aMetricOfEachType();
    app.metrics(servlet()).start();

    Exposition exposition = Exposition.text(app.bytes(request()).body());

    assertThat(exposition.samples())
        .containsEntry("jobs_total{queue=\"a\"}", 2.0)
        .containsEntry("wait_seconds_bucket{le=\"0.5\"}", 1.0)
        .containsEntry("size_bytes{quantile=\"0.5\"}", 7.0)
        .containsEntry("mode{mode=\"fast\"}", 1.0);
  }

  private void aMetricOfEachType() {
    Counter.builder()
        .name("jobs_total")
        .help("Jobs.")
        .labelNames("queue")
        .register(app.registry)
        .labelValues("a")
        .inc(2);
    Counter.builder().name("other_total").help("Others.").register(app.registry);
    Histogram.builder()
        .name("wait_seconds")
        .help("Waiting.")
        .classicUpperBounds(.5, 1)
        .register(app.registry)
        .observe(.3);
    Summary.builder()
        .name("size_bytes")
        .help("Sizes.")
        .quantile(.5)
        .register(app.registry)
        .observe(7);
    Info.builder()
        .name("build_info")
        .help("The build.")
        .labelNames("version")
        .register(app.registry)
        .setLabelValues("1");
    StateSet.builder()
        .name("mode")
        .help("The mode.")
        .states("fast", "slow")
        .register(app.registry)
        .setTrue("fast");
  }

  @Test
  void gzip() throws Exception {
    app.metrics(servlet()).start();

    HttpResponse<byte[]> response = app.bytes(request().header("Accept-Encoding", "gzip"));

    assertThat(response.headers().firstValue("Content-Encoding")).contains("gzip");
    byte[] body = new GZIPInputStream(new ByteArrayInputStream(response.body())).readAllBytes();
    assertThat(Exposition.text(body).samples()).containsKey("jvm_threads_current");
  }

  @ParameterizedTest
  @ValueSource(strings = {"gzip", "identity"})
  void headHasTheHeadersOfGet(String encoding) throws Exception {
    Gauge.builder().name("constant").register(app.registry).set(1);
    app.metrics(servlet().jvmMetrics(false).nameMustStartWith("constant")).start();

    HttpResponse<byte[]> get = app.bytes(request().header("Accept-Encoding", encoding));
    HttpResponse<byte[]> head =
        app.bytes(
            request().header("Accept-Encoding", encoding).method("HEAD", BodyPublishers.noBody()));

    assertThat(head.statusCode()).isEqualTo(200);
    assertThat(head.body()).isEmpty();
    assertThat(headers(head)).isEqualTo(headers(get)).containsKey("content-length");
    assertThat(get.headers().firstValueAsLong("Content-Length")).hasValue(get.body().length);
  }

  private static Map<String, List<String>> headers(HttpResponse<?> response) {
    Map<String, List<String>> headers = new TreeMap<>();
    response
        .headers()
        .map()
        .forEach((name, values) -> headers.put(name.toLowerCase(Locale.ROOT), values));
    headers.remove("date");
    return headers;
  }

  @ParameterizedTest
  @ValueSource(strings = {"POST", "PUT", "DELETE", "OPTIONS", "PATCH", "get", "PROPFIND"})
  void otherMethodsAreNotAllowed(String method) throws Exception {
    app.metrics(servlet()).start();

    HttpResponse<String> response = app.send(request().method(method, BodyPublishers.noBody()));

    assertThat(response.statusCode()).isEqualTo(405);
    assertThat(response.headers().firstValue("Allow")).contains("GET, HEAD");
    assertThat(scrape().samples()).containsEntry(scrapes(405), 1.0);
  }

  @Test
  void namesThatTheQueryAsksFor() throws Exception {
    aMetricOfEachType();
    app.filter(PrometheusRequestFilter.builder().registry(app.registry).build());
    app.metrics(servlet()).start();

    String body =
        app.get("/metrics?name%5B%5D=jvm_threads_current&name[]=http_requests_total").body();

    assertThat(body).contains("jvm_threads_current").doesNotContain("jobs", "jvm_threads_daemon");
  }

  /** It is the client's fault, of which no alert is to tell; also if a collector would read it. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "name[]=%zz",
        "name[]=a&name[]=%",
        "debug=%zz",
        "debug=text&%zz=a",
        "target=%e",
        "%"
      })
  void aQueryThatCannotBeDecodedIsTheClientsFault(String query) throws Exception {
    app.registry.register(
        new Collector() {
          @Override
          public MetricSnapshot collect() {
            throw new UnsupportedOperationException();
          }

          @Override
          public MetricSnapshot collect(PrometheusScrapeRequest request) {
            request.getParameterValues("target");
            return GaugeSnapshot.builder().name("probe").build();
          }
        });
    app.metrics(servlet().jvmMetrics(false)).start();

    String response =
        app.exchange(
            "GET /metrics?" + query + " HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n");

    assertThat(response)
        .startsWith("HTTP/1.1 400 ")
        .endsWith("The query can't be decoded, or is too long.\n");
    assertThat(scrape().samples())
        .containsEntry(scrapes(400), 1.0)
        .containsEntry("metrics_servlet_errors_total{cause=\"malformed\"}", 0.0)
        .containsEntry("metrics_servlet_errors_total{cause=\"collect\"}", 0.0);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          name-must-be-equal-to     | jobs_total, jvm_threads_current | jobs_total jvm_threads_current
          name-must-be-equal-to     | wait_seconds_count              | wait_seconds_count
          name-must-not-be-equal-to | jobs_total;jvm_threads_current  | wait_seconds_count build_info
          name-must-start-with      | jobs wait                       | jobs_total wait_seconds_count
          name-must-start-with      | jobs_total                      | jobs_total
          name-must-not-start-with  | jvm,jobs_total,metrics          | wait_seconds_count build_info
          name-must-be-equal-to     | jobs, wait_seconds              | jobs_total wait_seconds_count
          name-must-not-be-equal-to | jobs                            | wait_seconds_count jvm_threads_current build_info
          name-must-not-be-equal-to | build_info wait_seconds         | jobs_total jvm_threads_current
          name-must-not-be-equal-to | build                           | jobs_total wait_seconds_count jvm_threads_current
          """)
  void namesThatTheSettingsAllow(String parameter, String value, String shown) throws Exception {
    aMetricOfEachType();
    app.webXmlMetrics(Map.of(parameter, value)).start();

    Map<String, Double> samples = scrape().samples();

    for (String name :
        List.of("jobs_total", "wait_seconds_count", "jvm_threads_current", "build_info")) {
      assertThat(samples.keySet().stream().anyMatch(sample -> sample.startsWith(name)))
          .as(name)
          .isEqualTo(List.of(shown.split(" ")).contains(name));
    }
  }

  @Test
  void settingsAndQueryTogether() throws Exception {
    aMetricOfEachType();
    app.metrics(servlet().nameMustNotBeEqualTo("jobs_total")).start();

    assertThat(app.get("/metrics?name[]=jobs_total&name[]=other_total").body())
        .contains("other_total 0.0")
        .doesNotContain("jobs");
  }

  @Test
  void withoutJvmMetricsThereAreOnlyTheServletsOwn() throws Exception {
    app.webXmlMetrics(Map.of("jvm-metrics", "false")).start();

    assertThat(scrape().samples().keySet()).allMatch(name -> name.startsWith("metrics_servlet_"));
  }

  @Test
  void ownMetricsAreThereFromTheStart() throws Exception {
    app.metrics(servlet()).start();

    Map<String, Double> samples = scrape().samples();

    assertThat(samples).containsEntry("metrics_servlet_scrapes_in_flight", 1.0);
    for (int status : new int[] {200, 400, 405, 500, 503}) {
      assertThat(samples).containsEntry(scrapes(status), 0.0);
    }
    for (String cause : new String[] {"collect", "malformed", "thread", "timeout", "write"}) {
      assertThat(samples)
          .containsEntry("metrics_servlet_errors_total{cause=\"" + cause + "\"}", 0.0);
    }
    await().untilAsserted(() -> assertThat(app.scrape()).contains(scrapes(200) + " 1.0"));
    assertThat(app.scrape()).contains("metrics_servlet_scrapes_in_flight 0.0");
  }

  @Test
  void servletsOfOneRegistryShareTheirMetricsUntilTheLastOneGoes() throws Exception {
    app.metrics(servlet()).start();
    try (JettyApplication other = new JettyApplication("/other")) {
      other.metrics(MetricsServlet.builder().registry(app.registry)).start();
      other.get("/other/metrics");
      await().untilAsserted(() -> assertThat(app.scrape()).contains(scrapes(200) + " 1.0"));
    }
    assertThat(app.scrape()).contains(scrapes(200) + " 1.0");
    app.close();
    assertThat(app.scrape()).doesNotContain("metrics_servlet");
  }

  @Test
  void allJvmMetricsAreThereAlready() throws Exception {
    JvmMetrics.builder().register(app.registry);
    app.metrics(servlet()).start();
    assertJvmMetrics();
  }

  @Test
  void someJvmMetricsAreThereAlready() throws Exception {
    JvmThreadsMetrics.builder().register(app.registry);
    ProcessMetrics.builder().register(app.registry);
    app.metrics(servlet()).start();
    assertJvmMetrics();
  }

  /** A part of what one of client_java's groups registers. */
  @Test
  void oneJvmMetricIsThereAlready() throws Exception {
    Gauge.builder()
        .name("jvm_threads_daemon")
        .help("Daemon thread count of a JVM")
        .register(app.registry);
    app.metrics(servlet()).start();
    assertJvmMetrics();
  }

  @Test
  void twoServletsWithJvmMetrics() throws Exception {
    app.metrics(servlet()).start();
    try (JettyApplication other = new JettyApplication()) {
      other.metrics(MetricsServlet.builder().registry(app.registry)).start();
      assertJvmMetrics();
    }
    assertJvmMetrics();
  }

  @Test
  void theJvmsMetricsAreNotInTheWayOfWhoeverElseShowsTheRegistry() throws Exception {
    app.metrics(servlet()).start();
    assertJvmMetrics();

    assertThat(app.scrape()).doesNotContain("jvm_", "process_");
  }

  @Test
  void theApplicationCanRegisterThemLater() throws Exception {
    app.metrics(servlet()).start();
    assertJvmMetrics();

    JvmMetrics.builder().register(app.registry);

    assertThat(app.scrape()).contains("jvm_threads_current ");
    assertJvmMetrics();
  }

  /** By whatever does not tell its names, and whatever it makes of them. */
  @Test
  void whatTheApplicationShowsComesBeforeTheJvms() throws Exception {
    MetricSnapshot[] theirs = {null};
    Collector collector =
        () -> {
          if (theirs[0] == null) {
            throw new IllegalStateException("not now");
          }
          return theirs[0];
        };
    app.registry.register(collector);
    app.metrics(servlet()).start();
    MetricMetadata name = new MetricMetadata("jvm_threads_daemon");

    theirs[0] =
        new GaugeSnapshot(name, List.of(new GaugeDataPointSnapshot(-7, Labels.of("a", "b"), null)));
    assertDaemons("jvm_threads_daemon{a=\"b\"}");
    theirs[0] =
        new CounterSnapshot(name, List.of(new CounterDataPointSnapshot(7, Labels.EMPTY, null, 0)));
    assertDaemons("jvm_threads_daemon_total");
    theirs[0] = null; // when they fail, ours don't stand in for them
    assertDaemons();
    app.registry.unregister(collector);
    assertDaemons("jvm_threads_daemon");

    assertThat(scrape().samples())
        .containsEntry("metrics_servlet_errors_total{cause=\"malformed\"}", 0.0);
  }

  private void assertDaemons(String... samples) throws Exception {
    Map<String, Double> all = scrape().samples();
    assertThat(all.keySet().stream().filter(name -> name.startsWith("jvm_threads_daemon")))
        .containsExactly(samples);
    assertThat(all).containsKey("jvm_threads_current");
  }

  private void assertJvmMetrics() throws Exception {
    assertThat(scrape().samples())
        .containsKeys(
            "jvm_threads_current",
            "jvm_threads_daemon",
            "jvm_memory_used_bytes{area=\"heap\"}",
            "jvm_classes_currently_loaded",
            "process_cpu_seconds_total");
    System.gc();
    await()
        .untilAsserted(
            () ->
                assertThat(app.get("/metrics").body())
                    .contains("jvm_memory_pool_allocated_bytes_total{pool="));
  }

  @Test
  @Tag("current-client-java")
  void createdTimestampsFollowClientJavasProperty() throws Exception {
    aMetricOfEachType();
    MetricsServlet.Builder settings = servlet();
    settings.properties =
        PrometheusProperties.builder()
            .exporterProperties(ExporterProperties.builder().includeCreatedTimestamps(true).build())
            .build();
    app.metrics(settings).start();

    byte[] body = app.bytes(request().header("Accept", PROMETHEUS_2)).body();

    assertThat(Exposition.openMetrics(body).samples()).containsKey("other_created");
  }

  @Test
  void createdTimestampsAreOffByDefault() throws Exception {
    aMetricOfEachType();
    app.metrics(servlet()).start();

    byte[] body = app.bytes(request().header("Accept", PROMETHEUS_2)).body();

    assertThat(Exposition.openMetrics(body).samples()).doesNotContainKey("other_created");
  }

  /** With the compression and the names that are asked for, and with client_java's settings. */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          text/plain                                         | UNDERSCORE_ESCAPING
          text/plain;version=1.0.0;escaping=allow-utf-8      | ALLOW_UTF8
          text/plain;version=1.0.0;escaping=values           | VALUE_ENCODING_ESCAPING
          application/openmetrics-text                       | UNDERSCORE_ESCAPING
          application/openmetrics-text;escaping=allow-utf-8  | ALLOW_UTF8
          application/openmetrics-text;escaping=dots         | DOTS_ESCAPING
          """)
  @Tag("current-client-java")
  void eachByteIsTheOneThatClientJavaWrites(String accept, String scheme) throws Exception {
    aMetricOfEachType();
    Gauge.builder()
        .name("größe.in.m")
        .labelNames("wo.genau")
        .register(app.registry)
        .labelValues("\"hier\"\n")
        .set(0.1);
    MetricsServlet.Builder settings = servlet().jvmMetrics(false);
    settings.properties =
        PrometheusProperties.builder()
            .exporterProperties(
                ExporterProperties.builder()
                    .includeCreatedTimestamps(true)
                    .exemplarsOnAllMetricTypes(true)
                    .build())
            .exporterFilterProperties(
                ExporterFilterProperties.builder().excludedPrefixes("metrics_servlet").build())
            .build();
    app.metrics(settings).start();
    ByteArrayOutputStream expected = new ByteArrayOutputStream();
    ExpositionFormats.init(settings.properties)
        .findWriter(accept)
        .write(
            expected,
            app.registry.scrape(name -> !name.startsWith("metrics_servlet")),
            EscapingScheme.valueOf(scheme));

    byte[] plain = app.bytes(request().header("Accept", accept)).body();
    HttpResponse<byte[]> compressed =
        app.bytes(request().header("Accept", accept).header("Accept-Encoding", "gzip"));

    assertThat(plain).isEqualTo(expected.toByteArray());
    assertThat(compressed.headers().firstValue("Content-Encoding")).contains("gzip");
    assertThat(new GZIPInputStream(new ByteArrayInputStream(compressed.body())).readAllBytes())
        .isEqualTo(plain);
  }

  @Test
  @Tag("current-client-java")
  void compressionFollowsClientJavasProperty() throws Exception {
    MetricsServlet.Builder settings = servlet();
    settings.properties =
        PrometheusProperties.builder()
            .exporterHttpServerProperties(
                ExporterHttpServerProperties.builder().preferUncompressedResponse(true).build())
            .build();
    app.metrics(settings).start();

    HttpResponse<byte[]> response = app.bytes(request().header("Accept-Encoding", "gzip"));

    assertThat(response.headers().firstValue("Content-Encoding")).isEmpty();
    assertThat(Exposition.text(response.body()).samples()).isNotEmpty();
  }

  @Test
  @Tag("current-client-java")
  void namesFollowClientJavasPropertiesAndTheQuery() throws Exception {
    aMetricOfEachType();
    MetricsServlet.Builder settings = servlet();
    settings.properties =
        PrometheusProperties.builder()
            .exporterFilterProperties(
                ExporterFilterProperties.builder().allowedNames("jobs_total", "other").build())
            .build();
    app.metrics(settings).start();

    assertThat(Exposition.text(app.bytes(request()).body()).samples())
        .containsOnlyKeys("jobs_total{queue=\"a\"}", "other_total");
    assertThat(
            Exposition.text(
                    app.bytes(
                            HttpRequest.newBuilder(
                                app.uri("/metrics?name%5B%5D=jobs_total&name%5B%5D=load")))
                        .body())
                .samples())
        .containsOnlyKeys("jobs_total{queue=\"a\"}");
  }

  @Test
  void promtoolFindsNothingWrong() throws Exception {
    aMetricOfEachType();
    app.filter(PrometheusRequestFilter.builder().registry(app.registry).build());
    app.metrics(servlet()).start();
    app.get("/a");

    assertThat(Promtool.checkMetrics(app.bytes(request()).body())).isEmpty();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          max-concurrent-scrapes | 0     | max-concurrent-scrapes="0": legal is 1 or more
          max-concurrent-scrapes | many  | max-concurrent-scrapes="many": legal is a whole number
          jvm-metrics            | yes   | jvm-metrics="yes": legal is true or false
          container-metrics      | on    | container-metrics="on": legal is auto, off
          name-must-start-with   | ,     | name-must-start-with=",": legal is one or more names
          name-must-equal        | a     | name-must-equal="a" is no parameter; did you mean name-must-be-equal-to?
          registry-attribute     | other | must hold a PrometheusRegistry
          """)
  void aWrongSettingStopsTheApplication(String parameter, String value, String message) {
    app.webXmlMetrics(Map.of(parameter, value));

    assertThatThrownBy(app::start)
        .isInstanceOf(ServletException.class)
        .hasMessageContaining(message);
    assertThat(app.scrape()).isEmpty();
  }

  @Test
  void theBuilderTellsItByItsOwnNames() {
    assertThatThrownBy(() -> servlet().maxConcurrentScrapes(0).registryAttribute("a").build())
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContainingAll("maxConcurrentScrapes=\"0\"", "registryAttribute=\"a\"");
  }

  @Test
  void aServletThatIsConfiguredInCodeRefusesInitParameters() {
    app.metrics(servlet());
    app.context.getServletHandler().getServlets()[0].setInitParameter("jvm-metrics", "true");

    assertThatThrownBy(app::start)
        .hasMessageContaining(
            "has init-params, but is configured in code by the builder: jvm-metrics=\"true\"");
  }

  @Test
  void anotherMetricOfTheSameName() {
    Gauge.builder().name("metrics_servlet_scrapes_in_flight").help("x").register(app.registry);
    app.metrics(servlet());

    assertThatThrownBy(app::start)
        .isInstanceOf(ServletException.class)
        .hasMessageContaining("something else in this registry is called metrics_servlet_");
    assertThatCode(
            () -> Counter.builder().name("metrics_servlet_scrapes_total").register(app.registry))
        .as("a name that was free")
        .doesNotThrowAnyException();
  }

  @Test
  void registryAttribute() throws Exception {
    Gauge.builder().name("mine").register(app.registry);
    app.webXmlMetrics(Map.of()).start();

    assertThat(scrape().samples()).containsKey("mine");
  }

  @Test
  void byDefaultItIsTheDefaultRegistry() throws Exception {
    app.metrics(MetricsServlet.builder().jvmMetrics(false)).start();

    assertThat(scrape().samples()).doesNotContainKey("mine").containsKey(scrapes(200));
    assertThat(app.scrape()).isEmpty();
  }

  private Exposition scrape() throws Exception {
    HttpResponse<byte[]> response = app.bytes(request());
    assertThat(response.statusCode()).isEqualTo(200);
    return Exposition.text(response.body());
  }

  static String scrapes(int status) {
    return "metrics_servlet_scrapes_total{status=\"" + status + "\"}";
  }
}
