package io.github.metricsfilter;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.metricsfilter.fixtures.Documentation;
import io.prometheus.metrics.config.ExporterFilterProperties;
import io.prometheus.metrics.config.PrometheusProperties;
import io.prometheus.metrics.core.metrics.Counter;
import io.prometheus.metrics.core.metrics.Gauge;
import io.prometheus.metrics.core.metrics.Histogram;
import io.prometheus.metrics.core.metrics.Info;
import io.prometheus.metrics.core.metrics.StateSet;
import io.prometheus.metrics.core.metrics.Summary;
import io.prometheus.metrics.exporter.servlet.jakarta.PrometheusMetricsServlet;
import io.prometheus.metrics.model.registry.Collector;
import io.prometheus.metrics.model.registry.MultiCollector;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import io.prometheus.metrics.model.registry.PrometheusScrapeRequest;
import io.prometheus.metrics.model.snapshots.CounterSnapshot;
import io.prometheus.metrics.model.snapshots.CounterSnapshot.CounterDataPointSnapshot;
import io.prometheus.metrics.model.snapshots.InfoSnapshot;
import io.prometheus.metrics.model.snapshots.InfoSnapshot.InfoDataPointSnapshot;
import io.prometheus.metrics.model.snapshots.Labels;
import io.prometheus.metrics.model.snapshots.MetricSnapshot;
import io.prometheus.metrics.model.snapshots.MetricSnapshots;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Predicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.zip.GZIPInputStream;
import org.eclipse.jetty.ee10.servlet.ServletHolder;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Our servlet and client_java's answer the same requests with the same status, headers and bytes
 * for the same collectors, but for what docs/metrics-servlet.md lists.
 */
@Tag("current-client-java")
class ClientJavaServletParityTest {

  private static final String GZIP = "gzip";

  /** One request to both. */
  private record Case(
      String method, String query, @Nullable String accept, @Nullable String acceptEncoding) {

    boolean debug() {
      return query.contains("debug=");
    }
  }

  /** What a client gets, without {@code Date}; the body as it is before compression. */
  private record Answer(int status, Map<String, String> headers, String body) {

    static Answer of(HttpResponse<byte[]> response) throws IOException {
      Map<String, String> headers = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
      response
          .headers()
          .map()
          .forEach((name, values) -> headers.put(name, String.join("|", values)));
      headers.remove("Date");
      headers.remove("Server");
      byte[] body = response.body();
      if (GZIP.equals(headers.get("Content-Encoding")) && body.length > 0) {
        body = new GZIPInputStream(new ByteArrayInputStream(body)).readAllBytes();
      }
      return new Answer(
          response.statusCode(), headers, new String(body, StandardCharsets.ISO_8859_1));
    }
  }

  /** A row of the table in the document, and the requests that it is about. */
  @SuppressWarnings("ImmutableEnumChecker") // they are not changed
  private enum Difference {
    NOSNIFF(
        "`X-Content-Type-Options: nosniff` is added", request -> true, "X-Content-Type-Options"),
    LENGTH(
        "`Content-Length` is there when compressed, too, and for `debug`",
        request -> request.acceptEncoding != null || request.debug(),
        "Content-Length",
        "Transfer-Encoding"),
    HEAD(
        "`HEAD` has the `Content-Length` of `GET`",
        request -> request.method.equals("HEAD"),
        "Content-Length",
        "Transfer-Encoding"),
    VERSION(
        "`Content-Type` names the version and the escaping that were sent",
        request -> request.accept != null && request.accept.contains("escaping="),
        "Content-Type"),
    QUALITY(
        "The quality values of `Accept` and `Accept-Encoding` count",
        request ->
            String.valueOf(request.accept).contains("q=0.1,text/plain")
                || String.valueOf(request.acceptEncoding).contains(";q=")),
    ACCEPT(
        "`Accept` is read as a whole: all its headers, quoted values too, and a version or an"
            + " encoding that isn't known is passed over",
        request -> String.valueOf(request.accept).matches(".*(version=1\\.1|\"|encoding=text).*")),
    METHOD(
        "405 and `Allow` for other methods, `OPTIONS` too, in words of its own",
        request -> !Set.of("GET", "HEAD").contains(request.method)),
    DEBUG(
        "400 instead of 500 for an unknown `debug`, and no part of the query; 400 for any parameter"
            + " that can't be decoded",
        request -> request.query.contains("debug=junk"));

    final String row;
    final Predicate<Case> about;
    final List<String> headers;

    /**
     * @param headers those that alone differ; none if the whole answers do
     */
    Difference(String row, Predicate<Case> about, String... headers) {
      this.row = row;
      this.about = about;
      this.headers = Arrays.asList(headers);
    }
  }

  private static final List<String> ACCEPTS =
      Arrays.asList(
          null,
          "*/*",
          "text/plain",
          "text/plain;version=0.0.4",
          "application/json",
          ";",
          "text/plain;",
          "application/openmetrics-text; version=1.0.0; charset=utf-8",
          MetricsServletTest.PROMETHEUS_2,
          MetricsServletTest.PROMETHEUS_3,
          "text/plain;version=0.0.4;escaping=allow-utf-8",
          "application/openmetrics-text;version=1.0.0;escaping=dots",
          "application/openmetrics-text;version=1.0.0;escaping=values",
          "application/openmetrics-text;q=0.1,text/plain;q=0.9",
          "application/openmetrics-text;version=1.1.0",
          "application/vnd.google.protobuf;proto=\"io.prometheus.client.MetricFamily\"",
          "application/vnd.google.protobuf;proto=io.prometheus.client.MetricFamily;encoding=text",
          "application/vnd.google.protobuf;proto=io.prometheus.client.MetricFamily;"
              + "encoding=delimited");

  private static final List<String> QUERIES =
      List.of(
          "",
          "?name%5B%5D=jobs_total",
          "?name%5B%5D=jobs",
          "?name%5B%5D=wait_seconds&name%5B%5D=heat",
          "?name%5B%5D=wait_seconds_bucket",
          "?name%5B%5D=nothing",
          "?debug=text",
          "?debug=openmetrics",
          "?debug=prometheus-protobuf",
          "?debug=junk",
          "?other=1");

  private final JettyApplication app = new JettyApplication();

  private void start() throws Exception {
    PrometheusRegistry theirs = new PrometheusRegistry();
    for (Collector collector : collectors()) {
      app.registry.register(collector);
      theirs.register(collector);
    }
    app.metrics(
        MetricsServlet.builder()
            .registry(app.registry)
            .jvmMetrics(false)
            .nameMustNotStartWith("metrics_servlet_"));
    app.context.addServlet(
        new ServletHolder(new PrometheusMetricsServlet(PrometheusProperties.get(), theirs)),
        "/theirs");
    app.start();
  }

  private static List<Collector> collectors() {
    Counter jobs = Counter.builder().name("jobs_total").help("a \\ \n").labelNames("queue").build();
    jobs.labelValues("ü \"\\\n").inc(2);
    Gauge heat = Gauge.builder().name("heat").build();
    heat.set(Double.NaN);
    Gauge utf8 = Gauge.builder().name("höhe.über").labelNames("länge").build();
    utf8.labelValues("1").set(1e9);
    Histogram wait = Histogram.builder().name("wait_seconds").classicUpperBounds(.1, 1).build();
    wait.observe(.5);
    Summary size = Summary.builder().name("size_bytes").quantile(.5, .01).build();
    size.observe(7);
    Info build = Info.builder().name("build_info").labelNames("version").build();
    build.setLabelValues("1");
    StateSet state = StateSet.builder().name("state").states("on", "off").build();
    state.setTrue("on");
    return List.of(jobs, heat, utf8, wait, size, build, state);
  }

  @Test
  void theSameButForWhatIsListed() throws Exception {
    Set<Difference> seen = EnumSet.noneOf(Difference.class);
    try (app) {
      start();
      for (String method : List.of("GET", "HEAD", "POST")) {
        for (String query : QUERIES) {
          for (String accept : ACCEPTS) {
            for (String encoding :
                Arrays.asList(null, "gzip", "deflate, gzip;q=1.0", "br", "gzip,;")) {
              compare(new Case(method, query, accept, encoding), seen);
            }
          }
        }
      }
    }
    assertThat(seen).isEqualTo(EnumSet.allOf(Difference.class));
  }

  @Test
  void optionsIsNoMethodOfOurs() throws Exception {
    try (app) {
      start();
      Case options = new Case("OPTIONS", "", null, null);

      assertThat(answer("/metrics", options).status).isEqualTo(405);
      assertThat(answer("/theirs", options).status).isEqualTo(200);
    }
  }

  private void compare(Case request, Set<Difference> seen) throws Exception {
    Answer ours = answer("/metrics", request);
    Answer theirs = answer("/theirs", request);
    for (Difference difference : Difference.values()) {
      if (difference.about.test(request)) {
        Answer ourRest = without(ours, difference);
        Answer theirRest = without(theirs, difference);
        boolean whole = difference.headers.isEmpty();
        if (whole ? !ours.equals(theirs) : !diff(ours, theirs, difference).isEmpty()) {
          seen.add(difference);
        }
        if (whole && !ours.equals(theirs)) {
          return;
        }
        ours = ourRest;
        theirs = theirRest;
      }
    }
    assertThat(ours).as("%s", request).isEqualTo(theirs);
  }

  private static List<String> diff(Answer ours, Answer theirs, Difference difference) {
    return difference.headers.stream()
        .filter(name -> !Objects.equals(ours.headers.get(name), theirs.headers.get(name)))
        .toList();
  }

  private static Answer without(Answer answer, Difference difference) {
    Map<String, String> headers = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
    headers.putAll(answer.headers);
    difference.headers.forEach(headers::remove);
    return new Answer(answer.status, headers, answer.body);
  }

  private Answer answer(String path, Case request) throws Exception {
    HttpRequest.Builder http =
        HttpRequest.newBuilder(app.uri(path + request.query))
            .method(request.method, BodyPublishers.noBody());
    if (request.accept != null) {
      http.header("Accept", request.accept);
    }
    if (request.acceptEncoding != null) {
      http.header("Accept-Encoding", request.acceptEncoding);
    }
    return Answer.of(app.bytes(http));
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "/", "/a/b", "/a%20b;x=1", "/%C3%A4"})
  void collectorsSeeTheSamePath(String info) throws Exception {
    Collector target =
        new Collector() {
          @Override
          public MetricSnapshot collect() {
            throw new UnsupportedOperationException();
          }

          @Override
          public MetricSnapshot collect(PrometheusScrapeRequest request) {
            String path = request.getRequestPath().replace("/theirs", "/metrics");
            return InfoSnapshot.builder()
                .name("target")
                .dataPoint(InfoDataPointSnapshot.builder().labels(Labels.of("path", path)).build())
                .build();
          }
        };
    PrometheusRegistry theirs = new PrometheusRegistry();
    theirs.register(target);
    try (JettyApplication nested = new JettyApplication("/a context")) {
      nested.registry.register(target);
      nested.servlet(
          "/metrics/*",
          MetricsServlet.builder()
              .registry(nested.registry)
              .jvmMetrics(false)
              .nameMustNotStartWith("metrics_servlet_")
              .build());
      nested.servlet("/theirs/*", new PrometheusMetricsServlet(PrometheusProperties.get(), theirs));
      nested.start();

      assertThat(nested.get("/a%20context/metrics" + info).body())
          .isEqualTo(nested.get("/a%20context/theirs" + info).body())
          .contains("path=\"");
    }
  }

  /** Also of collectors of several families, which client_java compares with fewer names. */
  @ParameterizedTest
  @CsvSource({
    "excludedNames, jobs",
    "excludedNames, jobs_total",
    "excludedNames, build",
    "excludedNames, many",
    "excludedNames, many_total",
    "excludedNames, several_info",
    "allowedNames, jobs",
    "allowedNames, build_info",
    "allowedNames, many",
    "allowedNames, many_total",
    "allowedNames, several",
    "allowedPrefixes, jobs_t",
    "allowedPrefixes, many_t",
    "allowedPrefixes, many",
    "excludedPrefixes, jobs_t",
    "excludedPrefixes, many_t",
    "excludedPrefixes, build_",
    "excludedPrefixes, several_i",
    "excludedPrefixes, several"
  })
  void thePropertiesForNamesMeanTheSame(String property, String name) throws Exception {
    PrometheusProperties properties =
        PrometheusProperties.builder()
            .exporterFilterProperties(
                ExporterFilterProperties.builder()
                    .excludedNames(only(property, "excludedNames", name))
                    .allowedNames(only(property, "allowedNames", name))
                    .allowedPrefixes(only(property, "allowedPrefixes", name))
                    .excludedPrefixes(only(property, "excludedPrefixes", name))
                    .build())
            .build();
    PrometheusRegistry theirs = new PrometheusRegistry();
    for (PrometheusRegistry registry : List.of(app.registry, theirs)) {
      collectors().forEach(registry::register);
      registry.register(
          (MultiCollector)
              () ->
                  MetricSnapshots.of(
                      CounterSnapshot.builder()
                          .name("many_total")
                          .dataPoint(CounterDataPointSnapshot.builder().value(1).build())
                          .build(),
                      InfoSnapshot.builder()
                          .name("several_info")
                          .dataPoint(
                              InfoDataPointSnapshot.builder().labels(Labels.of("a", "b")).build())
                          .build()));
    }
    MetricsServlet.Builder settings =
        MetricsServlet.builder()
            .registry(app.registry)
            .jvmMetrics(false)
            .nameMustNotStartWith("metrics_servlet_");
    settings.properties = properties;
    app.metrics(settings);
    app.context.addServlet(
        new ServletHolder(new PrometheusMetricsServlet(properties, theirs)), "/theirs");
    try (app) {
      app.start();

      assertThat(app.get("/metrics").body()).isEqualTo(app.get("/theirs").body());
    }
  }

  private static String[] only(String property, String wanted, String name) {
    return property.equals(wanted) ? new String[] {name} : new String[0];
  }

  @Test
  void theDocumentListsThem() {
    Matcher table =
        Pattern.compile("(?m)^\\| with this servlet \\| with client_java's \\|\n.*\n((\\|.*\n)+)")
            .matcher(Documentation.read("docs/metrics-servlet.md"));

    assertThat(table.find()).isTrue();
    assertThat(table.group(1).lines().map(line -> line.split("\\|")[1].trim()))
        .containsExactlyElementsOf(
            Arrays.stream(Difference.values()).map(difference -> difference.row).toList());
  }
}
