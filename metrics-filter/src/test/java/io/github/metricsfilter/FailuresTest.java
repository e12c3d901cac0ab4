package io.github.metricsfilter;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.github.metricsfilter.PrometheusRequestFilter.Exemplars;
import io.github.metricsfilter.PrometheusRequestFilter.Preset;
import io.github.metricsfilter.internal.series.RequestMetrics;
import io.prometheus.metrics.tracer.common.SpanContext;
import io.prometheus.metrics.tracer.initializer.SpanContextSupplier;
import jakarta.servlet.Filter;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletRequestWrapper;
import jakarta.servlet.http.HttpServletResponse;
import jakarta.servlet.http.HttpServletResponseWrapper;
import java.util.Map;
import java.util.TreeMap;
import java.util.logging.LogRecord;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A failure is counted by its cause, and the first of each callback is logged. */
class FailuresTest {

  /** A tracer that is broken, for as long as a test runs. */
  private static final SpanContext BROKEN_TRACER =
      new SpanContext() {
        @Override
        public String getCurrentTraceId() {
          throw new IllegalStateException("broken tracer");
        }

        @Override
        public String getCurrentSpanId() {
          throw new IllegalStateException("broken tracer");
        }

        @Override
        public boolean isCurrentSpanSampled() {
          throw new IllegalStateException("broken tracer");
        }

        @Override
        public void markCurrentSpanAsExemplar() {}
      };

  private final JettyApplication app = new JettyApplication();
  private final CapturedLog log = new CapturedLog(RequestMetrics.class);
  private final PrometheusRequestFilter.Builder builder =
      PrometheusRequestFilter.builder().registry(app.registry);

  @AfterEach
  void stop() {
    app.close();
    log.close();
  }

  @Test
  void eachCauseIsThereFromTheStart() throws Exception {
    start(builder.constLabels(Map.of("app", "shop")));

    String name = "metrics_filter_failures_total{app=\"shop\",cause=\"";
    assertThat(app.scrape())
        .contains(
            name + "label\"} 0.0\n",
            name + "own\"} 0.0\n",
            name + "route\"} 0.0\n",
            name + "skip\"} 0.0\n",
            name + "tracer\"} 0.0\n");
  }

  @Test
  void resolver() throws Exception {
    start(
        builder.routeResolver(
            request -> {
              throw new AssertionError("broken resolver");
            }));

    requestsFail(Map.of("route", 2));
    assertThat(log.records)
        .singleElement()
        .satisfies(entry -> assertIsOf(entry, "route of a request", "route"));
  }

  @Test
  void objectThatNamesTheRoute() throws Exception {
    Object broken =
        new Object() {
          @Override
          public String toString() {
            throw new IllegalStateException("broken name");
          }
        };
    app.servlet(
        "/posts",
        (request, response) ->
            request.setAttribute(PrometheusRequestFilter.PATH_ATTRIBUTE, broken));
    app.filter(builder.build()).start();

    requestsFail(Map.of("route", 2));
  }

  @Test
  void skipIf() throws Exception {
    start(
        builder.skipIf(
            request -> {
              throw new IllegalStateException("broken predicate");
            }));

    requestsFail(Map.of("skip", 2));
    assertThat(log.records).singleElement().satisfies(entry -> assertIsOf(entry, "skipIf", "skip"));
  }

  @Test
  void labels() throws Exception {
    start(
        builder
            .label("tenant", request -> request.getParameter("tenant"))
            .label("zone", request -> request.getParameter("zone")));

    requestsFail(Map.of("label", 4));
    assertThat(log.records)
        .satisfiesExactly(
            entry -> assertIsOf(entry, "label tenant", "label"),
            entry -> assertIsOf(entry, "label zone", "label"));
  }

  @Test
  void tracer() throws Exception {
    SpanContext before = SpanContextSupplier.getSpanContext();
    SpanContextSupplier.setSpanContext(BROKEN_TRACER);
    try {
      start(builder.exemplars(Exemplars.ON));

      requestsFail(Map.of("tracer", 2));
    } finally {
      SpanContextSupplier.setSpanContext(before);
    }
    assertThat(log.records)
        .singleElement()
        .satisfies(entry -> assertIsOf(entry, "current span", "tracer"));
  }

  @Test
  void whatAContainerDoesNotTell() throws Exception {
    Filter before =
        (request, response, chain) ->
            chain.doFilter(
                new HttpServletRequestWrapper((HttpServletRequest) request) {
                  @Override
                  public String getProtocol() {
                    throw new IllegalStateException("recycled");
                  }
                },
                response);
    app.filter(before);
    start(builder.preset(Preset.OTEL));

    requestsFail(Map.of("own", 2));
    assertThat(app.scrape()).contains("network_protocol_version=\"unknown\"");
    assertThat(log.records)
        .singleElement()
        .satisfies(entry -> assertIsOf(entry, "network_protocol_version", "own"));
  }

  /** Then the time to the first byte is found out by wrapping what the container has. */
  @Test
  void whetherAResponseHasBegun() throws Exception {
    Filter before =
        (request, response, chain) ->
            chain.doFilter(
                request,
                new HttpServletResponseWrapper((HttpServletResponse) response) {
                  private boolean asked;

                  @Override
                  public boolean isCommitted() {
                    if (!asked) {
                      asked = true;
                      throw new IllegalStateException("recycled");
                    }
                    return super.isCommitted();
                  }
                });
    app.filter(before);
    start(builder.firstByte(true));

    requestsFail(Map.of("own", 2));
    assertThat(log.records)
        .singleElement()
        .satisfies(entry -> assertIsOf(entry, "first byte of a response", "own"));
  }

  /** Then each request is counted as if its response began with its end. */
  @Test
  void whetherAResponseHasBegunIsNeverTold() throws Exception {
    Filter before =
        (request, response, chain) ->
            chain.doFilter(
                request,
                new HttpServletResponseWrapper((HttpServletResponse) response) {
                  @Override
                  public boolean isCommitted() {
                    throw new IllegalStateException("recycled");
                  }
                });
    app.filter(before);
    start(builder.firstByte(true));

    requestsFail(Map.of("own", 4)); // each when it enters, and with its first write
  }

  /** Sizes are for what has a body, and this request doesn't tell. */
  @Test
  void methodThatDecidesWhetherThereIsABody() throws Exception {
    Filter before =
        (request, response, chain) ->
            chain.doFilter(
                new HttpServletRequestWrapper((HttpServletRequest) request) {
                  private int asked;

                  @Override
                  public String getMethod() {
                    if (asked++ < 2) { // by the filter; after it by the servlet
                      throw new IllegalStateException("recycled");
                    }
                    return super.getMethod();
                  }
                },
                response);
    app.filter(before);
    start(builder.responseSize(true));

    requestsFail(Map.of("own", 4));
  }

  /** The first of a cause is logged although another cause has failed before. */
  @Test
  void aFailureHidesNoOther() throws Exception {
    start(
        builder
            .skipIf(
                request -> {
                  throw new IllegalStateException("broken predicate");
                })
            .routeResolver(
                request -> {
                  throw new IllegalStateException("broken resolver");
                })
            .label("tenant", request -> request.getParameter("tenant")));

    requestsFail(Map.of("skip", 2, "route", 2, "label", 2));
    assertThat(log.records)
        .satisfiesExactly(
            entry -> assertIsOf(entry, "skipIf", "skip"),
            entry -> assertIsOf(entry, "route of a request", "route"),
            entry -> assertIsOf(entry, "label tenant", "label"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"_OTHER", "unknown"})
  void whatAFunctionMayAnswerIsNoFailure(String tenant) throws Exception {
    start(builder.label("tenant", request -> tenant));

    requestsFail(Map.of());
  }

  private void start(PrometheusRequestFilter.Builder settings) throws Exception {
    app.filter(settings.build())
        .servlet("/posts", (request, response) -> response.getWriter().print("posts"))
        .start();
  }

  /** Two requests are answered and observed, and so many failures counted. */
  private void requestsFail(Map<String, Integer> failures) throws Exception {
    assertThat(app.get("/posts").statusCode()).isEqualTo(200);
    assertThat(app.get("/posts").statusCode()).isEqualTo(200);

    Map<String, Double> expected = new TreeMap<>();
    for (String cause : new String[] {"label", "own", "route", "skip", "tracer"}) {
      expected.put(cause, (double) failures.getOrDefault(cause, 0));
    }
    await()
        .untilAsserted(
            () -> {
              Map<String, Double> counted = new TreeMap<>();
              app.scrape()
                  .lines()
                  .filter(line -> line.startsWith("metrics_filter_failures_total{"))
                  .forEach(
                      line -> {
                        String[] parts = line.split("[\"} ]+");
                        counted.put(parts[1], Double.valueOf(parts[2]));
                      });
              assertThat(counted).isEqualTo(expected);
              assertThat(app.scrape()).containsPattern("\\w*duration_seconds_count\\{.*} 2\n");
            });
  }

  private static void assertIsOf(LogRecord entry, String callback, String cause) {
    assertThat(entry.getThrown()).isNotNull();
    assertThat(entry.getMessage())
        .contains(callback + " failed. Further failures are counted only")
        .endsWith("metrics_filter_failures_total{cause=\"" + cause + "\"}.");
  }
}
