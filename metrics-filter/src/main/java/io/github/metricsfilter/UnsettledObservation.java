package io.github.metricsfilter;

/**
 * A request that was recorded with an error status, which an error page may still change: the
 * container runs the page in an ERROR dispatch, after the filter's REQUEST dispatch has returned,
 * and nothing tells beforehand whether there will be one.
 *
 * <p>So the request is recorded at once and never lost; and moved to another series when the page
 * has run, as long as no scrape can have seen it, since a counter must not fall.
 */
final class UnsettledObservation {

  final PathLabel path;
  final Series series;
  final long durationNanos;

  /** {@link RequestMetrics}' quiet period in which it was recorded; 0 if a scrape was under way. */
  final long quietPeriod;

  UnsettledObservation(PathLabel path, Series series, long durationNanos, long quietPeriod) {
    this.path = path;
    this.series = series;
    this.durationNanos = durationNanos;
    this.quietPeriod = quietPeriod;
  }
}
