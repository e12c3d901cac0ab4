package io.github.metricsfilter;

import io.github.metricsfilter.PrometheusRequestFilter.HistogramKind;
import io.prometheus.metrics.core.datapoints.DistributionDataPoint;
import io.prometheus.metrics.core.metrics.Histogram;
import io.prometheus.metrics.model.snapshots.Exemplar;
import io.prometheus.metrics.model.snapshots.Exemplars;
import io.prometheus.metrics.model.snapshots.HistogramSnapshot.HistogramDataPointSnapshot;
import io.prometheus.metrics.model.snapshots.Labels;
import java.util.Arrays;
import java.util.concurrent.atomic.AtomicReferenceArray;
import org.jspecify.annotations.Nullable;

/**
 * client_java's histogram, for native buckets and for exemplars. It isn't registered, but read with
 * the series that it belongs to, whose labels are constant to it.
 *
 * <p>The exemplars are kept here, the last one of each bucket: client_java's own would show the
 * trace of the thread that finishes a request, where the request has none.
 */
final class ClientHistogram implements SeriesHistogram {

  private final Histogram histogram;
  private final DistributionDataPoint dataPoint;
  private final Buckets bounds;
  private final AtomicReferenceArray<@Nullable Exemplar> exemplars;

  ClientHistogram(String name, Labels labels, Buckets bounds, HistogramKind kind) {
    Histogram.Builder builder =
        Histogram.builder().name(name).constLabels(labels).withoutExemplars();
    if (kind == HistogramKind.NATIVE) {
      builder.nativeOnly();
    } else {
      double[] upperBounds = bounds.upperBounds();
      builder.classicUpperBounds(Arrays.copyOf(upperBounds, upperBounds.length - 1));
      if (kind == HistogramKind.CLASSIC) {
        builder.classicOnly();
      }
    }
    histogram = builder.build();
    dataPoint = histogram.labelValues();
    this.bounds = bounds;
    exemplars = new AtomicReferenceArray<>(bounds.size());
  }

  @Override
  public void observe(long value, @Nullable Labels exemplar) {
    double shown = value / bounds.scale();
    dataPoint.observe(shown);
    if (exemplar != null) {
      exemplars.set(
          bounds.indexOf(value), new Exemplar(shown, exemplar, System.currentTimeMillis()));
    }
  }

  @Override
  public boolean retract(long value) {
    return false;
  }

  @Override
  public HistogramDataPointSnapshot snapshot() {
    HistogramDataPointSnapshot read = histogram.collect().getDataPoints().get(0);
    return new HistogramDataPointSnapshot(
        read.getClassicBuckets(),
        read.getNativeSchema(),
        read.getNativeZeroCount(),
        read.getNativeZeroThreshold(),
        read.getNativeBucketsForPositiveValues(),
        read.getNativeBucketsForNegativeValues(),
        read.getSum(),
        read.getLabels(),
        readExemplars(),
        read.getCreatedTimestampMillis());
  }

  private Exemplars readExemplars() {
    Exemplars.Builder read = Exemplars.builder();
    for (int i = 0; i < exemplars.length(); i++) {
      Exemplar exemplar = exemplars.get(i);
      if (exemplar != null) {
        read.exemplar(exemplar);
      }
    }
    return read.build();
  }
}
