package io.github.metricsfilter;

import org.jspecify.annotations.Nullable;

/**
 * A request that was recorded with an error status, which an error page may still change: the
 * container runs the page in an ERROR dispatch, after the filter's REQUEST dispatch has returned,
 * and nothing tells beforehand whether there will be one.
 *
 * <p>So the request is recorded at once and never lost; and moved to another series when the page
 * has run, as long as no scrape can have shown it, since a counter must not fall.
 */
final class UnsettledObservation {

  final PathLabel path;
  final int method;
  final Series series;
  final @Nullable Throwable failure;

  /** See {@link RequestMetrics#quietPeriod}; read before the request was recorded. */
  final long quietPeriod;

  private final long durationNanos;
  private final long requestBytes;
  private final long responseBytes;

  UnsettledObservation(
      PathLabel path,
      int method,
      Series series,
      @Nullable Throwable failure,
      long quietPeriod,
      long durationNanos,
      long requestBytes,
      long responseBytes) {
    this.path = path;
    this.method = method;
    this.series = series;
    this.failure = failure;
    this.quietPeriod = quietPeriod;
    this.durationNanos = durationNanos;
    this.requestBytes = requestBytes;
    this.responseBytes = responseBytes;
  }

  /** Records the request here instead. client_java's histograms cannot, and keep the status. */
  void moveTo(Series settled) {
    if (series.duration.retract(durationNanos)) {
      settled.duration.observe(durationNanos, null);
      move(series.requestSize, settled.requestSize, requestBytes);
      move(series.responseSize, settled.responseSize, responseBytes);
    }
  }

  private static void move(
      @Nullable SeriesHistogram from, @Nullable SeriesHistogram to, long bytes) {
    if (from != null && to != null && from.retract(bytes)) {
      to.observe(bytes, null);
    }
  }
}
