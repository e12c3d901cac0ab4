package io.github.metricsfilter;

import io.prometheus.metrics.model.snapshots.ClassicHistogramBuckets;
import io.prometheus.metrics.model.snapshots.Exemplars;
import io.prometheus.metrics.model.snapshots.HistogramSnapshot.HistogramDataPointSnapshot;
import io.prometheus.metrics.model.snapshots.Labels;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;

/**
 * A classic histogram of which an observation is two increments of {@link LongAdder}s: no other
 * thread waits for it, and a scrape, which sums them up, least of all.
 *
 * <p>Between two scrapes most series of a large application are idle. A scrape that reads what the
 * last one has read shows the same snapshot again, which cannot change.
 */
final class AdderHistogram implements SeriesHistogram {

  private final Labels labels;
  private final Buckets bounds;
  private final LongAdder[] counts;
  private final LongAdder sum = new LongAdder();
  private final @Nullable BucketExemplars exemplars;
  private final long createdMillis = System.currentTimeMillis();

  /** Without a lock: scrapes at the same time write snapshots of which each is as good. */
  private @Nullable HistogramDataPointSnapshot last;

  /**
   * @param exemplars null if none are shown
   */
  AdderHistogram(Labels labels, Buckets bounds, @Nullable BucketExemplars exemplars) {
    this.labels = labels;
    this.bounds = bounds;
    this.counts = new LongAdder[bounds.size()];
    Arrays.setAll(counts, i -> new LongAdder());
    this.exemplars = exemplars;
  }

  @Override
  public void observe(long value, @Nullable Labels exemplar) {
    counts[bounds.indexOf(value)].increment();
    sum.add(value);
    if (exemplar != null && exemplars != null) {
      exemplars.put(value, exemplar);
    }
  }

  @Override
  public boolean retract(long value, @Nullable Labels exemplar) {
    counts[bounds.indexOf(value)].decrement();
    sum.add(-value);
    if (exemplar != null && exemplars != null) {
      exemplars.remove(value, exemplar);
    }
    return true;
  }

  @Override
  public HistogramDataPointSnapshot snapshot() {
    HistogramDataPointSnapshot snapshot = last;
    if (snapshot == null || !isCurrent(snapshot)) {
      snapshot = read();
      last = snapshot;
    }
    return snapshot;
  }

  private boolean isCurrent(HistogramDataPointSnapshot snapshot) {
    if (snapshot.getSum() != sum.sum() / bounds.scale()) {
      return false;
    }
    ClassicHistogramBuckets buckets = snapshot.getClassicBuckets();
    for (int i = 0; i < counts.length; i++) {
      if (buckets.getCount(i) != counts[i].sum()) {
        return false;
      }
    }
    return true;
  }

  private HistogramDataPointSnapshot read() {
    long[] read = new long[counts.length];
    for (int i = 0; i < read.length; i++) {
      read[i] = counts[i].sum();
    }
    return new HistogramDataPointSnapshot(
        ClassicHistogramBuckets.of(bounds.upperBounds(), read),
        sum.sum() / bounds.scale(),
        labels,
        exemplars == null ? Exemplars.EMPTY : exemplars.snapshot(),
        createdMillis);
  }

  /** The sum of histograms with the same bounds. */
  static HistogramDataPointSnapshot sum(
      Labels labels, List<HistogramDataPointSnapshot> histograms) {
    int size = histograms.get(0).getClassicBuckets().size();
    double[] upperBounds = new double[size];
    long[] counts = new long[size];
    double sum = 0;
    long createdMillis = Long.MAX_VALUE;
    for (HistogramDataPointSnapshot histogram : histograms) {
      ClassicHistogramBuckets buckets = histogram.getClassicBuckets();
      for (int i = 0; i < size; i++) {
        upperBounds[i] = buckets.getUpperBound(i);
        counts[i] += buckets.getCount(i);
      }
      sum += histogram.getSum();
      createdMillis = Math.min(createdMillis, histogram.getCreatedTimestampMillis());
    }
    return new HistogramDataPointSnapshot(
        ClassicHistogramBuckets.of(upperBounds, counts),
        sum,
        labels,
        Exemplars.EMPTY,
        createdMillis);
  }
}
