package io.github.metricsfilter;

import io.prometheus.metrics.model.snapshots.ClassicHistogramBuckets;
import io.prometheus.metrics.model.snapshots.CounterSnapshot.CounterDataPointSnapshot;
import io.prometheus.metrics.model.snapshots.Exemplars;
import io.prometheus.metrics.model.snapshots.HistogramSnapshot.HistogramDataPointSnapshot;
import io.prometheus.metrics.model.snapshots.Labels;
import java.util.Arrays;
import java.util.concurrent.atomic.LongAdder;

/**
 * The requests of one path, method and status: a histogram of their durations.
 *
 * <p>To observe is to increment two {@link LongAdder}s, which no other thread waits for, a scrape
 * least of all.
 */
final class Series implements Comparable<Series> {

  final int method;
  final int status;
  private final Labels labels;
  private final Buckets bounds;
  private final LongAdder[] counts;
  private final LongAdder nanos = new LongAdder();
  private final long createdMillis = System.currentTimeMillis();

  Series(int method, int status, Labels labels, Buckets bounds) {
    this.method = method;
    this.status = status;
    this.labels = labels;
    this.bounds = bounds;
    this.counts = new LongAdder[bounds.size()];
    Arrays.setAll(counts, i -> new LongAdder());
  }

  void observe(long durationNanos) {
    counts[bounds.indexOf(durationNanos)].increment();
    nanos.add(durationNanos);
  }

  /** Takes back an observation that no scrape has shown. */
  void retract(long durationNanos) {
    counts[bounds.indexOf(durationNanos)].decrement();
    nanos.add(-durationNanos);
  }

  /** What the series holds now, read once, so that whatever is derived from it agrees. */
  HistogramDataPointSnapshot snapshot() {
    long[] read = new long[counts.length];
    for (int i = 0; i < read.length; i++) {
      read[i] = counts[i].sum();
    }
    return new HistogramDataPointSnapshot(
        ClassicHistogramBuckets.of(bounds.seconds(), read),
        nanos.sum() / 1e9,
        labels,
        Exemplars.EMPTY,
        createdMillis);
  }

  static CounterDataPointSnapshot counter(HistogramDataPointSnapshot histogram) {
    return new CounterDataPointSnapshot(
        histogram.getCount(), histogram.getLabels(), null, histogram.getCreatedTimestampMillis());
  }

  @Override
  public int compareTo(Series other) {
    return labels.compareTo(other.labels);
  }
}
