package io.github.metricsfilter.internal.series;

import io.prometheus.metrics.model.snapshots.CounterSnapshot.CounterDataPointSnapshot;
import io.prometheus.metrics.model.snapshots.HistogramSnapshot.HistogramDataPointSnapshot;
import org.jspecify.annotations.Nullable;

/**
 * What scrapes show of a series. Between two of them most series of a large application are idle;
 * of these the same snapshots are shown again, which cannot change.
 *
 * <p>Apart from the {@link Series}, since each scrape writes here: within what requests read, that
 * would take the line out of their processors' caches (false sharing). Without a lock: scrapes at
 * the same time write snapshots of which each is as good.
 */
final class ShownSeries implements Comparable<ShownSeries> {

  private final Series series;

  private @Nullable HistogramDataPointSnapshot duration;
  private @Nullable CounterDataPointSnapshot requests;
  private @Nullable HistogramDataPointSnapshot firstByte;
  private @Nullable HistogramDataPointSnapshot requestSize;
  private @Nullable HistogramDataPointSnapshot responseSize;

  ShownSeries(Series series) {
    this.series = series;
  }

  /** See {@link Series#activeSlot}. */
  int activeSlot() {
    return series.activeSlot;
  }

  /** How many requests have been recorded, read anew. */
  long finished() {
    return series.duration.count();
  }

  HistogramDataPointSnapshot duration() {
    HistogramDataPointSnapshot now = series.duration.snapshot(duration);
    duration = now;
    return now;
  }

  /** The counter of requests that this snapshot of their durations says. */
  CounterDataPointSnapshot requests(HistogramDataPointSnapshot duration) {
    CounterDataPointSnapshot now = requests;
    if (now == null || now.getValue() != duration.getCount()) {
      now =
          new CounterDataPointSnapshot(
              duration.getCount(), series.labels, null, duration.getCreatedTimestampMillis());
      requests = now;
    }
    return now;
  }

  /** Null unless asked for, as the next ones. */
  @Nullable HistogramDataPointSnapshot firstByte() {
    if (series.firstByte == null) {
      return null;
    }
    HistogramDataPointSnapshot now = series.firstByte.snapshot(firstByte);
    firstByte = now;
    return now;
  }

  @Nullable HistogramDataPointSnapshot requestSize() {
    if (series.requestSize == null) {
      return null;
    }
    HistogramDataPointSnapshot now = series.requestSize.snapshot(requestSize);
    requestSize = now;
    return now;
  }

  @Nullable HistogramDataPointSnapshot responseSize() {
    if (series.responseSize == null) {
      return null;
    }
    HistogramDataPointSnapshot now = series.responseSize.snapshot(responseSize);
    responseSize = now;
    return now;
  }

  @Override
  public int compareTo(ShownSeries other) {
    return series.labels.compareTo(other.series.labels);
  }
}
