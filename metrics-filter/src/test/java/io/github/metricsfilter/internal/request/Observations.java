package io.github.metricsfilter.internal.request;

import static io.github.metricsfilter.Answering.answering;

import io.github.metricsfilter.internal.series.PlainSettings;
import io.github.metricsfilter.internal.series.RequestMetrics;
import io.github.metricsfilter.internal.series.SharedMetrics;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import jakarta.servlet.ServletContext;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.util.List;
import java.util.Map;

/** Observations of one recorder, of requests in a container that the test makes. */
final class Observations {

  static final long START_NANOS = 1000;

  final RequestMetrics metrics;
  final RequestRecorder recorder;

  private final PrometheusRegistry registry = new PrometheusRegistry();
  private final Container container;

  Observations(Container container) throws ServletException {
    this.container = container;
    metrics = SharedMetrics.join(registry, PlainSettings.ofSeries(), "filter");
    recorder =
        new RequestRecorder(
            metrics,
            new RequestSettings(
                true, 0, false, false, request -> null, List.of(), null, /* portable */ true),
            answering(ServletContext.class, Map.of("getContextPath", "")),
            null);
  }

  void close() {
    SharedMetrics.leave(registry, metrics);
  }

  /** A request has entered, in the thread that ends its chain. */
  Observation enter(boolean asynchronous, boolean committed) {
    metrics.start(0, START_NANOS);
    return new Observation(
        recorder,
        container,
        answering(HttpServletRequest.class, Map.of("isAsyncStarted", asynchronous)),
        answering(HttpServletResponse.class, Map.of("isCommitted", committed)),
        START_NANOS,
        0,
        0,
        RequestPath.NONE,
        RequestPath.NONE,
        null);
  }
}
