package io.github.metricsfilter.internal.series;

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
 * <p>A sum of nanoseconds in one {@code long} would turn negative after 292 years of requests: ten
 * thousand open streams take ten days for that. So durations from about a millisecond go into
 * another adder, rounded to about a microsecond, which is at most one part in two thousand and as
 * often up as down. That one lasts for 300 000 years of requests, and the exact one for
 * 2<sup>43</sup> requests, at 100 000 a second nearly three years. Sizes are always exact: no
 * application moves 2<sup>63</sup> bytes.
 */
final class AdderHistogram implements SeriesHistogram {

  private static final long MILLISECOND = 1 << 20;
  private static final int COARSE_BITS = 10;

  private final Labels labels;
  private final Buckets bounds;
  private final LongAdder[] counts;
  private final LongAdder sum = new LongAdder();

  /** Of the values from {@link #coarseFrom}, in units of 2 to the power of {@link #COARSE_BITS}. */
  private final LongAdder coarseSum = new LongAdder();

  private final long coarseFrom;
  private final @Nullable BucketExemplars exemplars;
  private final long createdMillis = System.currentTimeMillis();

  /**
   * @param exemplars null if none are shown
   */
  AdderHistogram(Labels labels, Buckets bounds, @Nullable BucketExemplars exemplars) {
    this.labels = labels;
    this.bounds = bounds;
    this.counts = new LongAdder[bounds.size()];
    Arrays.setAll(counts, i -> new LongAdder());
    this.coarseFrom = bounds.scale() == Buckets.NANOS_PER_SECOND ? MILLISECOND : Long.MAX_VALUE;
    this.exemplars = exemplars;
  }

  @Override
  public void observe(long value, @Nullable Trace trace) {
    if (trace != null && exemplars != null) {
      exemplars.put(value, trace); // first: a snapshot is shown again until another is counted
    }
    counts[bounds.indexOf(value)].increment();
    if (value >= coarseFrom) {
      coarseSum.add(coarse(value));
    } else if (value != 0) { // adding 0 never fails, so an adder never spreads threads that collide
      sum.add(value);
    }
  }

  private static long coarse(long value) {
    return (value >> COARSE_BITS) + (value >> (COARSE_BITS - 1) & 1);
  }

  @Override
  public HistogramDataPointSnapshot snapshot(@Nullable HistogramDataPointSnapshot last) {
    double sum = (this.sum.sum() + (double) coarseSum.sum() * (1 << COARSE_BITS)) / bounds.scale();
    if (last != null && last.getSum() == sum && hasCountsOf(last.getClassicBuckets())) {
      return last;
    }
    return new HistogramDataPointSnapshot(
        ClassicHistogramBuckets.of(bounds.upperBounds(), counts),
        sum,
        labels,
        exemplars == null ? Exemplars.EMPTY : exemplars.snapshot(),
        createdMillis);
  }

  @Override
  public long count() {
    long sum = 0;
    for (LongAdder count : counts) {
      sum += count.sum();
    }
    return sum;
  }

  private boolean hasCountsOf(ClassicHistogramBuckets buckets) {
    for (int i = 0; i < counts.length; i++) {
      if (buckets.getCount(i) != counts[i].sum()) {
        return false;
      }
    }
    return true;
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
