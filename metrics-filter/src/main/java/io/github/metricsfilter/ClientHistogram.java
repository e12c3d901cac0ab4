package io.github.metricsfilter;

import io.github.metricsfilter.PrometheusRequestFilter.HistogramKind;
import io.prometheus.metrics.core.datapoints.DistributionDataPoint;
import io.prometheus.metrics.core.metrics.Histogram;
import io.prometheus.metrics.model.snapshots.HistogramSnapshot.HistogramDataPointSnapshot;
import io.prometheus.metrics.model.snapshots.Labels;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * client_java's histogram, for native buckets and for exemplars. It isn't registered, but read with
 * the series that it belongs to, whose labels are constant to it.
 */
final class ClientHistogram implements SeriesHistogram {

  private final Histogram histogram;
  private final DistributionDataPoint dataPoint;
  private final double scale;

  ClientHistogram(
      String name, Labels labels, Buckets bounds, HistogramKind kind, boolean exemplars) {
    Histogram.Builder builder = Histogram.builder().name(name).constLabels(labels);
    if (kind == HistogramKind.NATIVE) {
      builder.nativeOnly();
    } else {
      double[] upperBounds = bounds.upperBounds();
      builder.classicUpperBounds(Arrays.copyOf(upperBounds, upperBounds.length - 1));
      if (kind == HistogramKind.CLASSIC) {
        builder.classicOnly();
      }
    }
    histogram = (exemplars ? builder.withExemplars() : builder.withoutExemplars()).build();
    dataPoint = histogram.labelValues();
    scale = bounds.scale();
  }

  @Override
  public void observe(long value, @Nullable Labels exemplar) {
    if (exemplar == null) {
      dataPoint.observe(value / scale);
    } else {
      dataPoint.observeWithExemplar(value / scale, exemplar);
    }
  }

  @Override
  public boolean retract(long value) {
    return false;
  }

  @Override
  public HistogramDataPointSnapshot snapshot() {
    return histogram.collect().getDataPoints().get(0);
  }
}
