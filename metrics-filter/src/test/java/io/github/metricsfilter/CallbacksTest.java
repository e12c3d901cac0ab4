package io.github.metricsfilter;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.metricsfilter.PrometheusRequestFilter.Exemplars;
import io.github.metricsfilter.PrometheusRequestFilter.HistogramKind;
import io.github.metricsfilter.internal.series.RequestMetrics;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import io.prometheus.metrics.model.snapshots.Exemplar;
import io.prometheus.metrics.model.snapshots.HistogramSnapshot;
import io.prometheus.metrics.tracer.common.SpanContext;
import io.prometheus.metrics.tracer.initializer.SpanContextSupplier;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** What the application's functions, and a tracer, say of a request. */
class CallbacksTest {

  private final PrometheusRegistry registry = new PrometheusRegistry();
  private final PrometheusRequestFilter.Builder builder =
      PrometheusRequestFilter.builder().registry(registry);
  private final CapturedLog log = new CapturedLog(RequestMetrics.class);
  private @Nullable PrometheusRequestFilter filter;

  @AfterEach
  void stop() {
    if (filter != null) {
      filter.destroy();
    }
    log.close();
  }

  private void enter(String attribute) throws IOException, ServletException {
    entered(attribute, (request, response) -> {});
  }

  private FakeExchange entered(String attribute, FilterChain chain)
      throws IOException, ServletException {
    if (filter == null) {
      filter = builder.build();
      FakeExchange.init(filter);
    }
    FakeExchange exchange = new FakeExchange();
    exchange.attributes.put("attribute", attribute);
    exchange.enter(filter, chain);
    return exchange;
  }

  /** The requests that are counted, by their extra label or path. */
  private Map<String, Double> counted(String label) {
    Map<String, Double> counted = new HashMap<>();
    JettyApplication.scrape(registry)
        .lines()
        .filter(line -> line.startsWith("http_requests_total{"))
        .forEach(
            line ->
                counted.put(
                    line.replaceFirst(".*\\b" + label + "=\"([^\"]*)\".*", "$1"),
                    Double.valueOf(line.replaceFirst(".*} ", ""))));
    return counted;
  }

  private void fails(String cause, int times) {
    assertThat(JettyApplication.scrape(registry))
        .contains("metrics_filter_failures_total{cause=\"%s\"} %d.0".formatted(cause, times));
    assertThat(log.records).hasSize(Math.min(times, 1));
  }

  @Test
  void aLabelHasAsManyValuesAsAllowed() throws Exception {
    builder.label("tenant", request -> (String) request.getAttribute("attribute"), 2);
    for (String tenant : List.of("a", "b", "c", "d", "a", "b", "b")) {
      enter(tenant);
    }

    assertThat(counted("tenant")).isEqualTo(Map.of("a", 2.0, "b", 3.0, "_OTHER", 2.0));
    assertThat(JettyApplication.scrape(registry)).contains("metrics_filter_overflow_total 2.0");
    fails("label", 0);
  }

  @Test
  void aLabelThatFailsIsUnknown() throws Exception {
    builder.label(
        "tenant",
        request -> {
          throw new AssertionError("broken");
        });
    enter("a");
    enter("b");

    assertThat(counted("tenant")).isEqualTo(Map.of("unknown", 2.0));
    fails("label", 2);
  }

  @Test
  void aLabelThatIsNullIsUnknown() throws Exception {
    builder.label("tenant", request -> null);
    enter("a");

    assertThat(counted("tenant")).isEqualTo(Map.of("unknown", 1.0));
    fails("label", 1);
  }

  /** When the application ends, the container may have recycled the request. */
  @Test
  void aRequestThatIsAbandonedIsNotAsked() throws Exception {
    List<Object> asked = new ArrayList<>();
    PrometheusRequestFilter.Builder settings =
        builder.label("tenant", request -> String.valueOf(asked.add(request)));
    filter = settings.build();
    FakeExchange.init(filter);
    PrometheusRequestFilter ends = settings.build();
    FakeExchange.init(ends);
    new FakeExchange().enter(ends, (request, response) -> request.startAsync());
    ends.destroy();

    assertThat(asked).isEmpty();
    assertThat(counted("tenant")).isEqualTo(Map.of("unknown", 1.0));
  }

  @Test
  void whatIsSkipped() throws Exception {
    builder.skipIf(request -> "skipped".equals(request.getAttribute("attribute")));
    enter("skipped");
    assertThat(counted("path")).isEmpty();
    enter("other");

    assertThat(counted("path")).isEqualTo(Map.of("/*", 1.0));
    fails("skip", 0);
  }

  @Test
  void aPredicateThatFailsSkipsNothing() throws Exception {
    builder.skipIf(
        request -> {
          throw new AssertionError("broken");
        });
    enter("a");
    enter("b");

    assertThat(counted("path")).isEqualTo(Map.of("/*", 2.0));
    fails("skip", 2);
  }

  @Test
  void aResolverNamesTheRoute() throws Exception {
    builder.routeResolver(request -> (String) request.getAttribute("attribute"));
    enter("/a");
    enter("/b");
    enter("/b");

    assertThat(counted("path")).isEqualTo(Map.of("/a", 1.0, "/b", 2.0));
    fails("route", 0);
  }

  @Test
  void aResolverThatFailsNamesNone() throws Exception {
    builder.routeResolver(
        request -> {
          throw new AssertionError("broken");
        });
    enter("/a");
    enter("/b");

    assertThat(counted("path")).isEqualTo(Map.of("/*", 2.0));
    fails("route", 2);
  }

  /** A framework may say the route in an asynchronous dispatch, after the chain has returned. */
  @Test
  void aResolverIsAskedAgainAboutAnAsynchronousRequest() throws Exception {
    builder.routeResolver(request -> (String) request.getAttribute("later"));
    FakeExchange exchange = entered("", (request, response) -> request.startAsync());
    exchange.attributes.put("later", "/later");
    exchange.completes();

    assertThat(counted("path")).isEqualTo(Map.of("/later", 1.0));
  }

  /** And what it has said first stands: an error page would say its own. */
  @Test
  void whatAResolverHasSaidStands() throws Exception {
    builder.routeResolver(request -> (String) request.getAttribute("route"));
    FakeExchange exchange =
        entered(
            "",
            (request, response) -> {
              request.setAttribute("route", "/first");
              request.startAsync();
            });
    exchange.attributes.put("route", "/error");
    exchange.completes();

    assertThat(counted("path")).isEqualTo(Map.of("/first", 1.0));
  }

  @Test
  void theApplicationMayNameTheRouteAnew() throws Exception {
    FakeExchange exchange =
        entered(
            "",
            (request, response) -> {
              request.setAttribute(PrometheusRequestFilter.PATH_ATTRIBUTE, "/first");
              request.startAsync();
            });
    exchange.attributes.put(PrometheusRequestFilter.PATH_ATTRIBUTE, "/last");
    exchange.completes();

    assertThat(counted("path")).isEqualTo(Map.of("/last", 1.0));
  }

  /** A span as a tracer tells it; of which nothing is told if the trace is null. */
  private record Span(boolean sampled, @Nullable String traceId, @Nullable String spanId)
      implements SpanContext {

    @Override
    public @Nullable String getCurrentTraceId() {
      if ("broken".equals(traceId)) {
        throw new AssertionError("broken");
      }
      return traceId;
    }

    @Override
    public @Nullable String getCurrentSpanId() {
      return spanId;
    }

    @Override
    public boolean isCurrentSpanSampled() {
      return sampled;
    }

    @Override
    public void markCurrentSpanAsExemplar() {}
  }

  private void enterWithin(@Nullable SpanContext span) throws Exception {
    SpanContext before = SpanContextSupplier.getSpanContext();
    SpanContextSupplier.setSpanContext(span);
    try {
      enter("a");
    } finally {
      SpanContextSupplier.setSpanContext(before);
    }
  }

  private List<String> exemplars() {
    HistogramSnapshot durations =
        (HistogramSnapshot) registry.scrape("http_request_duration_seconds"::equals).get(0);
    List<String> exemplars = new ArrayList<>();
    for (Exemplar exemplar : durations.getDataPoints().get(0).getExemplars()) {
      exemplars.add(
          exemplar.getLabels().get(Exemplar.TRACE_ID)
              + " "
              + exemplar.getLabels().get(Exemplar.SPAN_ID));
    }
    return exemplars;
  }

  @ParameterizedTest
  @EnumSource
  void aSampledTraceIsShown(HistogramKind histogram) throws Exception {
    builder.exemplars(Exemplars.ON).histogram(histogram);
    enterWithin(new Span(true, "trace", "span"));

    assertThat(exemplars()).containsExactly("trace span");
  }

  @ParameterizedTest
  @CsvSource({"false, trace, span", "true, trace,", "true,, span", "true, broken, span"})
  void whatIsNoSampledTraceIsNot(boolean sampled, @Nullable String traceId, @Nullable String spanId)
      throws Exception {
    builder.exemplars(Exemplars.ON);
    enterWithin(new Span(sampled, traceId, spanId));

    assertThat(exemplars()).isEmpty();
    assertThat(counted("path")).isEqualTo(Map.of("/*", 1.0));
    fails("tracer", "broken".equals(traceId) ? 1 : 0);
  }

  @Test
  void withoutATracerNoneIsShown() throws Exception {
    builder.exemplars(Exemplars.ON);
    enterWithin(null);

    assertThat(exemplars()).isEmpty();
    fails("tracer", 0);
  }

  @Test
  void withoutBeingAskedForNoneIsShown() throws Exception {
    builder.exemplars(Exemplars.OFF);
    enterWithin(new Span(true, "trace", "span"));

    assertThat(exemplars()).isEmpty();
  }
}
