package io.github.metricsfilter.integration;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.github.metricsfilter.PrometheusRequestFilter;
import io.github.metricsfilter.PrometheusRequestFilter.Exemplars;
import io.github.metricsfilter.PrometheusRequestFilter.HistogramKind;
import io.github.metricsfilter.fixtures.PrometheusServer;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanContext;
import io.opentelemetry.api.trace.Tracer;
import io.opentelemetry.context.Scope;
import io.opentelemetry.sdk.trace.SdkTracerProvider;
import io.opentelemetry.sdk.trace.samplers.Sampler;
import jakarta.servlet.AsyncContext;
import jakarta.servlet.Filter;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The trace of a request stands beside the bucket that it was counted in. */
class ExemplarsTest {

  private final SdkTracerProvider sampled =
      SdkTracerProvider.builder().setSampler(Sampler.alwaysOn()).build();
  private final SdkTracerProvider unsampled =
      SdkTracerProvider.builder().setSampler(Sampler.alwaysOff()).build();

  /** Those of the requests so far. */
  private final BlockingQueue<SpanContext> spans = new ArrayBlockingQueue<>(100);

  private final Application app = new Application();

  @AfterEach
  void stop() {
    app.close();
    sampled.close();
    unsampled.close();
  }

  /** What a tracing filter does: a span around the rest of the chain. */
  @SuppressWarnings("try") // the scope is there to be closed
  private Filter tracing(Tracer tracer) {
    return (request, response, chain) -> {
      Span span = tracer.spanBuilder("request").startSpan();
      spans.add(span.getSpanContext());
      try (Scope scope = span.makeCurrent()) {
        chain.doFilter(request, response);
      } finally {
        span.end();
      }
    };
  }

  private void start(SdkTracerProvider tracing, PrometheusRequestFilter.Builder settings)
      throws Exception {
    Tracer other = sampled.get("other");
    app.filter(tracing(tracing.get("test")))
        .metrics(settings.excludePaths("/metrics"))
        .servlet("/sync", (request, response) -> response.getWriter().print("answer"))
        .servlet(
            "/async",
            (request, response) -> {
              AsyncContext async = request.startAsync();
              new Thread(async::complete).start();
            })
        .servlet(
            "/elsewhere",
            (request, response) -> {
              AsyncContext async = request.startAsync();
              new Thread(() -> completeWithin(other.spanBuilder("other").startSpan(), async))
                  .start();
            })
        .start();
  }

  @SuppressWarnings("try")
  private static void completeWithin(Span span, AsyncContext async) {
    try (Scope scope = span.makeCurrent()) {
      async.complete();
    } finally {
      span.end();
    }
  }

  /** The buckets of the path with the request in them, in a scrape that shows the request. */
  private List<String> countedBuckets(String path) throws Exception {
    app.awaitRequests(1, "GET", path, 200);
    return bucketsNow(path);
  }

  private List<String> bucketsNow(String path) throws Exception {
    return app.scrapeOpenMetrics()
        .lines()
        .filter(line -> line.startsWith("http_request_duration_seconds_bucket"))
        .filter(line -> line.contains("path=\"" + path + "\""))
        .filter(line -> !line.matches(".*} 0( .*)?"))
        .collect(Collectors.toList());
  }

  private static String exemplar(SpanContext span) {
    return " # {span_id=\"%s\",trace_id=\"%s\"} ".formatted(span.getSpanId(), span.getTraceId());
  }

  @Test
  void byDefaultABucketShowsTheTraceOfARequestInIt() throws Exception {
    start(sampled, PrometheusRequestFilter.builder());

    app.get("/app/sync");

    List<String> buckets = countedBuckets("/app/sync");
    assertThat(buckets.get(0)).contains(exemplar(spans.take()));
    assertThat(buckets).filteredOn(bucket -> bucket.contains(" # ")).hasSize(1);
  }

  @Test
  void anAsynchronousRequestKeepsTheTraceItEnteredWith() throws Exception {
    start(sampled, PrometheusRequestFilter.builder().exemplars(Exemplars.ON));

    app.get("/app/async");

    assertThat(countedBuckets("/app/async").get(0)).contains(exemplar(spans.take()));
  }

  @Test
  void theTraceIsTheRequestsWhereverItIsCompleted() throws Exception {
    start(sampled, PrometheusRequestFilter.builder());

    app.get("/app/elsewhere");

    assertThat(countedBuckets("/app/elsewhere").get(0)).contains(exemplar(spans.take()));
  }

  @Test
  void aRequestThatIsNotSampledShowsNoTrace() throws Exception {
    start(unsampled, PrometheusRequestFilter.builder());

    app.get("/app/sync");
    app.get("/app/async");

    assertThat(countedBuckets("/app/sync")).isNotEmpty().noneMatch(bucket -> bucket.contains("#"));
    assertThat(countedBuckets("/app/async")).isNotEmpty().noneMatch(bucket -> bucket.contains("#"));
  }

  @Test
  void aRequestThatIsNotSampledShowsNoTraceOfTheThreadThatCompletesIt() throws Exception {
    start(unsampled, PrometheusRequestFilter.builder());

    app.get("/app/elsewhere");

    assertThat(countedBuckets("/app/elsewhere"))
        .isNotEmpty()
        .noneMatch(bucket -> bucket.contains("#"));
  }

  @Test
  void offShowsNone() throws Exception {
    start(sampled, PrometheusRequestFilter.builder().exemplars(Exemplars.OFF));

    app.get("/app/sync");
    app.get("/app/async");

    assertThat(countedBuckets("/app/sync")).isNotEmpty().noneMatch(bucket -> bucket.contains("#"));
    assertThat(countedBuckets("/app/async")).isNotEmpty().noneMatch(bucket -> bucket.contains("#"));
  }

  @ParameterizedTest
  @EnumSource(names = {"CLASSIC", "BOTH"})
  void eachHistogramWithClassicBucketsShowsTraces(HistogramKind kind) throws Exception {
    start(sampled, PrometheusRequestFilter.builder().histogram(kind));

    app.get("/app/sync");

    assertThat(countedBuckets("/app/sync").get(0)).contains(exemplar(spans.take()));
  }

  @Test
  void theStatusOfAnErrorPageTakesTheTraceAlong() throws Exception {
    app.errorPage(500, "/unavailable")
        .servlet("/fails", (request, response) -> response.sendError(500))
        .servlet("/unavailable", (request, response) -> response.setStatus(503));
    start(sampled, PrometheusRequestFilter.builder());

    assertThat(app.get("/app/fails").statusCode()).isEqualTo(503);

    await()
        .untilAsserted(
            () -> {
              List<String> buckets = bucketsNow("/app/fails");
              assertThat(buckets).isNotEmpty().allMatch(bucket -> bucket.contains("=\"503\""));
              assertThat(buckets.get(0)).contains(exemplar(spans.element()));
            });
  }

  @ParameterizedTest
  @EnumSource
  void prometheusKeepsTheTraces(HistogramKind kind, @TempDir Path directory) throws Exception {
    start(sampled, PrometheusRequestFilter.builder().histogram(kind));
    app.get("/app/sync");
    countedBuckets("/app/sync");

    try (PrometheusServer prometheus =
        app.startPrometheus(directory, "--enable-feature=exemplar-storage")) {
      await()
          .atMost(Duration.ofSeconds(60))
          .untilAsserted(
              () -> assertThat(traces(prometheus)).containsExactly(spans.element().getTraceId()));
    }
  }

  private static List<String> traces(PrometheusServer prometheus) throws Exception {
    return prometheus
        .data(
            "query_exemplars",
            Map.of(
                "query", "http_request_duration_seconds_bucket", "start", "0", "end", "9999999999"))
        .findValuesAsText("trace_id");
  }
}
