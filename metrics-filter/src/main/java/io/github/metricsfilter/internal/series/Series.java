package io.github.metricsfilter.internal.series;

import io.prometheus.metrics.model.snapshots.Labels;
import org.jspecify.annotations.Nullable;

/** The requests of one path, method and status, and of one value of each extra label. */
final class Series {

  final int status;

  /**
   * Which of the gauges of requests in flight these requests were counted in. It is the same for
   * all of them: where there is more than one gauge, these are told apart by labels that the series
   * has, too, and whose values are never replaced, see {@link ExtraLabel#closed}.
   */
  final int activeSlot;

  final Labels labels;
  final SeriesHistogram duration;
  final @Nullable SeriesHistogram firstByte;
  final @Nullable AdderHistogram requestSize;
  final @Nullable AdderHistogram responseSize;

  Series(
      int status,
      int activeSlot,
      Labels labels,
      SeriesHistogram duration,
      @Nullable SeriesHistogram firstByte,
      @Nullable AdderHistogram requestSize,
      @Nullable AdderHistogram responseSize) {
    this.status = status;
    this.activeSlot = activeSlot;
    this.labels = labels;
    this.duration = duration;
    this.firstByte = firstByte;
    this.requestSize = requestSize;
    this.responseSize = responseSize;
  }

  /** Records a request. All but its duration is ignored unless asked for. */
  void observe(
      long durationNanos,
      @Nullable Trace trace,
      long firstByteNanos,
      long requestBytes,
      long responseBytes) {
    duration.observe(durationNanos, trace);
    if (firstByte != null) {
      firstByte.observe(firstByteNanos, trace);
    }
    if (requestSize != null) {
      requestSize.observe(requestBytes, null);
    }
    if (responseSize != null) {
      responseSize.observe(responseBytes, null);
    }
  }
}
