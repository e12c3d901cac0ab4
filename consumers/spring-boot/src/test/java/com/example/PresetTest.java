package com.example;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.github.metricsfilter.MetricsServlet;
import io.github.metricsfilter.PrometheusRequestFilter;
import io.github.metricsfilter.PrometheusRequestFilter.Preset;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.web.servlet.FilterRegistrationBean;
import org.springframework.boot.web.servlet.ServletRegistrationBean;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.core.Ordered;

/** The preset micrometer, in a registry of its own, shows what the actuator shows. */
class PresetTest {

  private static final Pattern LABEL = Pattern.compile("(\\w+)=\"([^\"]*)\"");

  /** Not found by the scan for components, so that the other tests run without it. */
  static class Beside {

    private final PrometheusRegistry registry = new PrometheusRegistry();

    @Bean
    FilterRegistrationBean<PrometheusRequestFilter> presetFilter() {
      FilterRegistrationBean<PrometheusRequestFilter> filter =
          new FilterRegistrationBean<>(
              PrometheusRequestFilter.builder()
                  .preset(Preset.MICROMETER)
                  .registry(registry)
                  .build());
      filter.setName("preset");
      filter.setOrder(Ordered.HIGHEST_PRECEDENCE);
      return filter;
    }

    @Bean
    ServletRegistrationBean<MetricsServlet> presetServlet() {
      ServletRegistrationBean<MetricsServlet> servlet =
          new ServletRegistrationBean<>(
              MetricsServlet.builder().registry(registry).jvmMetrics(false).build(), "/preset");
      servlet.setName("preset");
      return servlet;
    }
  }

  @Test
  void namesLabelsAndCountsAreTheActuators() throws Exception {
    try (ConfigurableApplicationContext shop =
        SpringApplication.run(
            new Class<?>[] {Shop.class, Beside.class},
            new String[] {
              "--server.port=0",
              "--server.address=127.0.0.1",
              "--management.endpoints.web.exposure.include=prometheus"
            })) {
      String root =
          "http://127.0.0.1:" + shop.getEnvironment().getRequiredProperty("local.server.port");
      get(root + "/users/1");
      get(root + "/users/2");

      await()
          .untilAsserted(
              () ->
                  assertThat(users(get(root + "/preset")))
                      .isEqualTo(users(get(root + "/actuator/prometheus")))
                      .isEqualTo(
                          Map.of(
                              Map.of(
                                  "error", "none",
                                  "exception", "none",
                                  "method", "GET",
                                  "outcome", "SUCCESS",
                                  "status", "200",
                                  "uri", "/users/{id}"),
                              2.0)));
      assertThat(inFlight(get(root + "/actuator/prometheus"))).isEqualTo(1);
      assertThat(inFlight(get(root + "/preset"))).isEqualTo(1);
    }
  }

  private static Map<Map<String, String>, Double> users(String scrape) {
    return scrape
        .lines()
        .filter(line -> line.startsWith("http_server_requests_seconds_count{"))
        .filter(line -> line.contains("uri=\"/users"))
        .collect(Collectors.toMap(PresetTest::labels, PresetTest::value));
  }

  /** The scrape itself. */
  private static double inFlight(String scrape) {
    return scrape
        .lines()
        .filter(line -> line.matches("http_server_requests_active_seconds_count[{ ].*"))
        .mapToDouble(PresetTest::value)
        .sum();
  }

  private static Map<String, String> labels(String line) {
    Map<String, String> labels = new TreeMap<>();
    LABEL.matcher(line).results().forEach(label -> labels.put(label.group(1), label.group(2)));
    return labels;
  }

  private static double value(String line) {
    return Double.parseDouble(line.substring(line.lastIndexOf(' ') + 1));
  }

  private static String get(String uri) throws Exception {
    return HttpClient.newHttpClient()
        .send(HttpRequest.newBuilder(URI.create(uri)).build(), BodyHandlers.ofString())
        .body();
  }
}
