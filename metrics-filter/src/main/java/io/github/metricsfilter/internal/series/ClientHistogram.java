package io.github.metricsfilter.internal.series;

import io.prometheus.metrics.core.datapoints.DistributionDataPoint;
import io.prometheus.metrics.core.metrics.Histogram;
import io.prometheus.metrics.model.snapshots.Exemplars;
import io.prometheus.metrics.model.snapshots.HistogramSnapshot.HistogramDataPointSnapshot;
import io.prometheus.metrics.model.snapshots.Labels;
import java.util.Arrays;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;

/**
 * client_java's histogram, for native buckets. It isn't registered, but read with the series that
 * it belongs to, whose labels are constant to it.
 */
final class ClientHistogram implements SeriesHistogram {

  private final Histogram histogram;
  private final DistributionDataPoint dataPoint;
  private final double scale;

  /** The first versions of client_java don't tell their own. */
  private final LongAdder count = new LongAdder();

  private final @Nullable BucketExemplars exemplars;

  /**
   * @param classicBuckets whether it has classic buckets beside the native ones
   * @param exemplars null if none are shown
   */
  ClientHistogram(
      String name,
      Labels labels,
      Buckets bounds,
      boolean classicBuckets,
      @Nullable BucketExemplars exemplars) {
    Histogram.Builder builder =
        Histogram.builder().name(name).constLabels(labels).withoutExemplars();
    if (!classicBuckets) {
      builder.nativeOnly();
    } else {
      double[] upperBounds = bounds.upperBounds();
      builder.classicUpperBounds(Arrays.copyOf(upperBounds, upperBounds.length - 1));
    }
    histogram = builder.build();
    dataPoint = histogram.labelValues();
    scale = bounds.scale();
    this.exemplars = exemplars;
  }

  @Override
  public void observe(long value, @Nullable Trace trace) {
    if (trace != null && exemplars != null) {
      exemplars.put(value, trace); // first: a snapshot is shown again until another is counted
    }
    dataPoint.observe(value / scale);
    count.increment();
  }

  @Override
  public long count() {
    return count.sum();
  }

  @Override
  public HistogramDataPointSnapshot snapshot(@Nullable HistogramDataPointSnapshot last) {
    HistogramDataPointSnapshot read = histogram.collect().getDataPoints().get(0);
    if (last != null && last.getCount() == read.getCount()) { // nothing is ever taken back
      return last;
    }
    return new HistogramDataPointSnapshot(
        read.getClassicBuckets(),
        read.getNativeSchema(),
        read.getNativeZeroCount(),
        read.getNativeZeroThreshold(),
        read.getNativeBucketsForPositiveValues(),
        read.getNativeBucketsForNegativeValues(),
        read.getSum(),
        read.getLabels(),
        exemplars == null ? Exemplars.EMPTY : exemplars.snapshot(),
        read.getCreatedTimestampMillis());
  }
}
