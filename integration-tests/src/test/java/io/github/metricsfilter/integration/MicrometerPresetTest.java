package io.github.metricsfilter.integration;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.github.metricsfilter.MetricsServlet;
import io.github.metricsfilter.PrometheusRequestFilter;
import io.github.metricsfilter.PrometheusRequestFilter.Preset;
import io.micrometer.core.instrument.Clock;
import io.micrometer.core.instrument.observation.DefaultMeterObservationHandler;
import io.micrometer.observation.ObservationRegistry;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.net.http.HttpRequest.BodyPublishers;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.web.context.support.AnnotationConfigWebApplicationContext;
import org.springframework.web.filter.ServerHttpObservationFilter;
import org.springframework.web.servlet.DispatcherServlet;

/**
 * The preset {@code micrometer} beside what Spring Boot registers, Spring's observation filter with
 * Micrometer's handler, with the same requests. docs/micrometer.md tells what differs.
 */
class MicrometerPresetTest {

  private static final String REQUESTS = "http_server_requests_seconds";
  private static final String ACTIVE = "http_server_requests_active_seconds";

  private static final Pattern LABEL = Pattern.compile("(\\w+)=\"([^\"]*)\"");

  private final PrometheusRegistry theirRegistry = new PrometheusRegistry();
  private final PrometheusMeterRegistry micrometer =
      new PrometheusMeterRegistry(PrometheusConfig.DEFAULT, theirRegistry, Clock.SYSTEM);
  private final Application app = new Application();

  @BeforeEach
  void start() throws Exception {
    ObservationRegistry observations = ObservationRegistry.create();
    observations
        .observationConfig()
        .observationHandler(new DefaultMeterObservationHandler(micrometer));
    app.filter(new ServerHttpObservationFilter(observations))
        .metrics(PrometheusRequestFilter.builder().preset(Preset.MICROMETER).activeDuration(true))
        .servlet(
            "/theirs", MetricsServlet.builder().registry(theirRegistry).jvmMetrics(false).build())
        .servlet("/", dispatcherServlet())
        .servlet("/rest/*", dispatcherServlet())
        .start();
  }

  private static DispatcherServlet dispatcherServlet() {
    AnnotationConfigWebApplicationContext spring = new AnnotationConfigWebApplicationContext();
    spring.register(SpringRoutesTest.WebConfiguration.class);
    return new DispatcherServlet(spring);
  }

  @AfterEach
  void stop() {
    app.close();
    micrometer.close();
  }

  private String theirs() throws Exception {
    return app.get("/app/theirs").body();
  }

  /** The samples of this name by labels, except for scrapes. */
  private static Map<Map<String, String>, Double> values(String scrape, String name) {
    return scrape
        .lines()
        .filter(line -> line.matches(name + "[{ ].*"))
        .filter(line -> !line.matches(".*uri=\"(/app/metrics|/app/theirs|UNKNOWN)\".*"))
        .collect(
            Collectors.toMap(
                MicrometerPresetTest::labels,
                line -> Double.valueOf(line.substring(line.lastIndexOf(' ') + 1))));
  }

  private static Map<String, String> labels(String line) {
    Map<String, String> labels = new TreeMap<>();
    LABEL.matcher(line).results().forEach(label -> labels.put(label.group(1), label.group(2)));
    return labels;
  }

  private static Map<String, String> labels(
      String method, String uri, String status, String outcome, String exception) {
    return Map.of(
        "method", method,
        "uri", uri,
        "status", status,
        "outcome", outcome,
        "exception", exception,
        "error", exception);
  }

  /** The one series of each, after a request. */
  private void showsAs(Map<String, String> ours, Map<String, String> theirs) {
    showAs(Map.of(ours, 1.0), Map.of(theirs, 1.0));
  }

  private void showAs(
      Map<Map<String, String>, Double> ours, Map<Map<String, String>, Double> theirs) {
    await()
        .untilAsserted(
            () -> {
              assertThat(values(theirs(), REQUESTS + "_count")).isEqualTo(theirs);
              assertThat(values(app.scrape(), REQUESTS + "_count")).isEqualTo(ours);
            });
  }

  /** Theirs has no context path, which an application of Spring Boot seldom has. */
  private void sameButForTheContextPath(
      String path, String uri, String status, String outcome, String exception) throws Exception {
    app.get("/app" + path);
    showsAs(
        labels("GET", "/app" + uri, status, outcome, exception),
        labels("GET", uri, status, outcome, exception));
  }

  @Test
  void success() throws Exception {
    sameButForTheContextPath("/users/42", "/users/{id}", "200", "SUCCESS", "none");
  }

  @Test
  void refusal() throws Exception {
    sameButForTheContextPath("/users/-1", "/users/{id}", "400", "CLIENT_ERROR", "none");
  }

  @Test
  void exception() throws Exception {
    sameButForTheContextPath(
        "/broken/42", "/broken/{id}", "500", "SERVER_ERROR", "IllegalStateException");
  }

  @Test
  void asynchronous() throws Exception {
    sameButForTheContextPath("/callable/42", "/callable/{id}", "200", "SUCCESS", "none");
  }

  @Test
  void function() throws Exception {
    sameButForTheContextPath("/orders/42", "/orders/{id}", "202", "SUCCESS", "none");
  }

  @Test
  void theServletsPrefix() throws Exception {
    app.get("/app/rest/users/42");
    showsAs(
        labels("GET", "/app/rest/users/{id}", "200", "SUCCESS", "none"),
        labels("GET", "/users/{id}", "200", "SUCCESS", "none"));
  }

  @Test
  void aRequestWithoutARouteHasTheServletsMapping() throws Exception {
    app.get("/app/unknown");
    showsAs(
        labels("GET", "/app/*", "404", "CLIENT_ERROR", "none"),
        labels("GET", "NOT_FOUND", "404", "CLIENT_ERROR", "none"));
  }

  @Test
  void anUnknownMethodIsOther() throws Exception {
    app.send(app.request("/app/unknown").method("BREW", BodyPublishers.noBody()));
    showsAs(
        labels("_OTHER", "/app/*", "404", "CLIENT_ERROR", "none"),
        labels("UNKNOWN", "NOT_FOUND", "404", "CLIENT_ERROR", "none"));
  }

  /** Theirs ends the observation at the timeout, and once more when the request is over. */
  @Test
  void anAsynchronousTimeoutIsCountedOnce() throws Exception {
    assertThat(app.get("/app/never/42").statusCode()).isEqualTo(503);
    showAs(
        Map.of(labels("GET", "/app/never/{id}", "503", "SERVER_ERROR", "none"), 1.0),
        Map.of(
            labels("GET", "/never/{id}", "503", "SERVER_ERROR", "none"), 1.0,
            labels("GET", "/never/{id}", "200", "SUCCESS", "none"), 1.0));
  }

  /** The scrape itself is in flight. */
  @Test
  void requestsInFlight() throws Exception {
    String theirs = theirs();
    String ours = app.scrape();

    assertThat(theirs).contains("# TYPE " + ACTIVE + " summary\n", ACTIVE + "_max{");
    assertThat(theirs).containsPattern("(?m)^" + ACTIVE + "_count\\{.*} 1$");
    assertThat(ours).contains("\n" + ACTIVE + "_count 1.0\n").doesNotContain("_max");
    for (String scrape : new String[] {ours, theirs}) {
      assertThat(scrape).containsPattern("(?m)^" + ACTIVE + "_sum(\\{.*})? [0-9.E-]+$");
    }
  }

  /** Micrometer's is a histogram if it is told to be one. */
  @Test
  void typesDiffer() throws Exception {
    app.get("/app/users/42");
    await().untilAsserted(() -> assertThat(values(theirs(), REQUESTS + "_count")).hasSize(1));

    assertThat(theirs()).contains("# TYPE " + REQUESTS + " summary\n", REQUESTS + "_max{");
    assertThat(app.scrape()).contains("# TYPE " + REQUESTS + " histogram\n");
    for (String scrape : new String[] {app.scrape(), theirs()}) {
      assertThat(values(scrape, REQUESTS + "_sum")).hasSize(1);
    }
  }
}
