package io.github.metricsfilter;

import io.prometheus.metrics.model.snapshots.CounterSnapshot.CounterDataPointSnapshot;
import io.prometheus.metrics.model.snapshots.HistogramSnapshot.HistogramDataPointSnapshot;
import io.prometheus.metrics.model.snapshots.Labels;
import org.jspecify.annotations.Nullable;

/** The requests of one path, method and status, and of one value of each extra label. */
final class Series implements Comparable<Series> {

  final int status;

  /** Which of the gauges of requests in flight these requests were counted in. */
  final int activeSlot;

  final Labels labels;
  final SeriesHistogram duration;
  final @Nullable AdderHistogram requestSize;
  final @Nullable AdderHistogram responseSize;

  /** Shown again until the count has changed; see {@link AdderHistogram}. */
  private @Nullable CounterDataPointSnapshot lastRequests;

  Series(
      int status,
      int activeSlot,
      Labels labels,
      SeriesHistogram duration,
      @Nullable AdderHistogram requestSize,
      @Nullable AdderHistogram responseSize) {
    this.status = status;
    this.activeSlot = activeSlot;
    this.labels = labels;
    this.duration = duration;
    this.requestSize = requestSize;
    this.responseSize = responseSize;
  }

  /** Records a request. Sizes are ignored unless asked for. */
  void observe(
      long durationNanos, @Nullable Labels exemplar, long requestBytes, long responseBytes) {
    duration.observe(durationNanos, exemplar);
    if (requestSize != null) {
      requestSize.observe(requestBytes, null);
    }
    if (responseSize != null) {
      responseSize.observe(responseBytes, null);
    }
  }

  /** The counter of requests that this snapshot of their durations says. */
  CounterDataPointSnapshot requests(HistogramDataPointSnapshot duration) {
    CounterDataPointSnapshot requests = lastRequests;
    if (requests == null || requests.getValue() != duration.getCount()) {
      requests =
          new CounterDataPointSnapshot(
              duration.getCount(), labels, null, duration.getCreatedTimestampMillis());
      lastRequests = requests;
    }
    return requests;
  }

  /** Takes back a request that no scrape has shown; false if these histograms cannot. */
  boolean retract(
      long durationNanos, @Nullable Labels exemplar, long requestBytes, long responseBytes) {
    if (!duration.retract(durationNanos, exemplar)) {
      return false;
    }
    if (requestSize != null) {
      requestSize.retract(requestBytes, null);
    }
    if (responseSize != null) {
      responseSize.retract(responseBytes, null);
    }
    return true;
  }

  @Override
  public int compareTo(Series other) {
    return labels.compareTo(other.labels);
  }
}
