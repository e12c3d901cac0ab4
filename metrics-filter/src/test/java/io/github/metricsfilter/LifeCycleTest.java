package io.github.metricsfilter;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.prometheus.metrics.core.metrics.Counter;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import jakarta.servlet.ServletException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Filters that come and go in one registry. */
class LifeCycleTest {

  private final PrometheusRegistry registry = new PrometheusRegistry();

  private PrometheusRequestFilter.Builder filter() {
    return PrometheusRequestFilter.builder().registry(registry);
  }

  private PrometheusRequestFilter started(PrometheusRequestFilter.Builder settings)
      throws ServletException {
    PrometheusRequestFilter filter = settings.build();
    FakeExchange.init(filter);
    return filter;
  }

  private String scrape() {
    return JettyApplication.scrape(registry);
  }

  @Test
  void theLastOneToGoTakesTheMetricsAlong() throws Exception {
    PrometheusRequestFilter first = started(filter());
    PrometheusRequestFilter second = started(filter());
    PrometheusRequestFilter third = started(filter());
    new FakeExchange().enter(first, (request, response) -> {});

    first.destroy();
    second.destroy();
    assertThat(scrape()).contains("status=\"200\"} 1.0", "metrics_filter_overflow_total");
    third.destroy();
    assertThat(scrape()).isEmpty();
  }

  @Test
  void whoComesAfterThatBeginsAtZero() throws Exception {
    PrometheusRequestFilter first = started(filter());
    new FakeExchange().enter(first, (request, response) -> {});
    first.destroy();
    PrometheusRequestFilter second = started(filter());

    assertThat(scrape()).contains("http_active_requests 0.0").doesNotContain("status=");
    new FakeExchange().enter(second, (request, response) -> {});
    assertThat(scrape()).contains("status=\"200\"} 1.0");
    second.destroy();
  }

  /** As tests clear the default registry, while an application of an earlier one is still there. */
  @Test
  void whoComesAfterTheRegistryHasBeenClearedIsShown() throws Exception {
    PrometheusRequestFilter first = started(filter());
    new FakeExchange().enter(first, (request, response) -> {});
    registry.clear();
    PrometheusRequestFilter second = started(filter());
    new FakeExchange().enter(second, (request, response) -> {});

    assertThat(scrape()).contains("status=\"200\"} 2.0", "metrics_filter_overflow_total");
    first.destroy();
    second.destroy();
    assertThat(scrape()).isEmpty();
  }

  /** Each counts for itself, and only its own metrics go with it. */
  @Test
  void oneOfOtherNamesStays() throws Exception {
    PrometheusRequestFilter first = started(filter());
    PrometheusRequestFilter second = started(filter().metricPrefix("own_"));
    new FakeExchange()
        .enter(first, (request, response) -> second.doFilter(request, response, (q, r) -> {}));

    first.destroy();
    assertThat(scrape())
        .contains("own_http_requests_total{", "metrics_filter_overflow_total")
        .doesNotContain("\nhttp_");
    second.destroy();
    assertThat(scrape()).isEmpty();
  }

  @Test
  void thoseThatDisagreeAreToldOnWhat() throws Exception {
    PrometheusRequestFilter first = started(filter().maxPaths(7));

    assertThatThrownBy(() -> started(filter().maxPaths(8).statusClasses(true)))
        .isInstanceOf(ServletException.class)
        .hasMessageContainingAll(
            "max-paths is \"8\" here and \"7\" there", "status-classes is \"true\" here")
        .hasMessageNotContaining("buckets is");
    first.destroy();
    assertThat(scrape()).isEmpty();
  }

  /** One that could not start leaves nothing there. */
  @ParameterizedTest
  @ValueSource(strings = {"http_requests_total", "metrics_filter_overflow_total"})
  void aNameThatSomethingElseHas(String name) throws Exception {
    Counter taken = Counter.builder().name(name).help("Taken.").build();
    registry.register(taken);

    assertThatThrownBy(() -> started(filter()))
        .isInstanceOf(ServletException.class)
        .hasMessageContaining("something else in this registry has one of the names");
    registry.unregister(taken);
    started(filter()).destroy();
    assertThat(scrape()).isEmpty();
  }
}
