package io.github.metricsfilter;

import org.jspecify.annotations.Nullable;

/**
 * A request that was recorded with an error status, which an error page may still change: the
 * container runs the page in an ERROR dispatch, after the filter's REQUEST dispatch has returned,
 * and nothing tells beforehand whether there will be one.
 *
 * <p>So the request is recorded at once and never lost. If the page's dispatch comes through the
 * filter, the request is taken back and finished a second time after the page, as long as no scrape
 * can have shown it, since a counter must not fall.
 */
final class UnsettledObservation {

  final PathLabel path;
  final int method;
  final @Nullable Throwable failure;

  /** See {@link RequestMetrics#quietPeriod}; read before the request was recorded. */
  final long quietPeriod;

  /** Where it was recorded. */
  final Series series;

  final long durationNanos;
  private final @Nullable Trace trace;
  private final long requestBytes;
  private final long responseBytes;

  UnsettledObservation(
      PathLabel path,
      int method,
      Series series,
      @Nullable Throwable failure,
      long quietPeriod,
      long durationNanos,
      @Nullable Trace trace,
      long requestBytes,
      long responseBytes) {
    this.path = path;
    this.method = method;
    this.series = series;
    this.failure = failure;
    this.quietPeriod = quietPeriod;
    this.durationNanos = durationNanos;
    this.trace = trace;
    this.requestBytes = requestBytes;
    this.responseBytes = responseBytes;
  }

  /** Takes the request out of its series; false if that is of client_java's histograms. */
  boolean retract() {
    return series.retract(durationNanos, trace, requestBytes, responseBytes);
  }

  /** Records the request: first where it is taken back from, then where it belongs after all. */
  void recordIn(Series series, long durationNanos) {
    series.observe(durationNanos, trace, requestBytes, responseBytes);
  }
}
