package io.github.metricsfilter;

import io.github.metricsfilter.PrometheusRequestFilter.HistogramKind;
import io.prometheus.metrics.core.datapoints.DistributionDataPoint;
import io.prometheus.metrics.core.metrics.Histogram;
import io.prometheus.metrics.model.snapshots.Exemplars;
import io.prometheus.metrics.model.snapshots.HistogramSnapshot.HistogramDataPointSnapshot;
import io.prometheus.metrics.model.snapshots.Labels;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * client_java's histogram, for native buckets. It isn't registered, but read with the series that
 * it belongs to, whose labels are constant to it.
 */
final class ClientHistogram implements SeriesHistogram {

  private final Histogram histogram;
  private final DistributionDataPoint dataPoint;
  private final double scale;
  private final @Nullable BucketExemplars exemplars;

  /**
   * @param kind with native buckets, and with classic ones or not
   * @param exemplars null if none are shown
   */
  ClientHistogram(
      String name,
      Labels labels,
      Buckets bounds,
      HistogramKind kind,
      @Nullable BucketExemplars exemplars) {
    Histogram.Builder builder =
        Histogram.builder().name(name).constLabels(labels).withoutExemplars();
    if (kind == HistogramKind.NATIVE) {
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
