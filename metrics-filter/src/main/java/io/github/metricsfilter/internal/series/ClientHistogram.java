package io.github.metricsfilter.internal.series;

import io.prometheus.metrics.config.PrometheusProperties;
import io.prometheus.metrics.config.PrometheusPropertiesLoader;
import io.prometheus.metrics.core.datapoints.DistributionDataPoint;
import io.prometheus.metrics.core.metrics.Histogram;
import io.prometheus.metrics.model.snapshots.Exemplars;
import io.prometheus.metrics.model.snapshots.HistogramSnapshot.HistogramDataPointSnapshot;
import io.prometheus.metrics.model.snapshots.Labels;
import java.util.Arrays;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.atomic.LongAdder;
import java.util.stream.Collectors;
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
   * @param properties which buckets it has, see {@link #properties}
   * @param scale how many units of a recorded value are one that is shown
   * @param exemplars null if none are shown
   */
  ClientHistogram(
      String name,
      Labels labels,
      PrometheusProperties properties,
      double scale,
      @Nullable BucketExemplars exemplars) {
    histogram = Histogram.builder(properties).name(name).constLabels(labels).build();
    dataPoint = histogram.labelValues();
    this.scale = scale;
    this.exemplars = exemplars;
  }

  /**
   * Those of client_java as they are set, but for what the filter's own settings say, and for what
   * would take back what was counted. In client_java, properties go before what a builder is told:
   * those of one metric before all, and "classic only" of all metrics, too.
   *
   * <p>The names are in camel case, which each version of client_java knows.
   *
   * @param names of the metrics
   * @param bounds of the classic buckets
   * @param classicBuckets whether there are classic buckets beside the native ones
   * @throws io.prometheus.metrics.config.PrometheusPropertiesException if one of them is wrong
   */
  static PrometheusProperties properties(
      Collection<String> names, Buckets bounds, boolean classicBuckets) {
    Map<Object, Object> ours = new HashMap<>();
    putAll(ours, "io.prometheus.metrics.", bounds, classicBuckets);
    names.forEach(
        name -> putAll(ours, "io.prometheus.metrics." + name + ".", bounds, classicBuckets));
    return PrometheusPropertiesLoader.load(ours);
  }

  private static void putAll(
      Map<Object, Object> properties, String prefix, Buckets bounds, boolean classicBuckets) {
    properties.put(prefix + "histogramClassicOnly", false);
    properties.put(prefix + "histogramNativeOnly", !classicBuckets);
    if (classicBuckets) {
      properties.put(
          prefix + "histogramClassicUpperBounds",
          Arrays.stream(bounds.upperBounds())
              .filter(Double::isFinite)
              .mapToObj(Double::toString)
              .collect(Collectors.joining(",")));
    }
    properties.put(prefix + "histogramNativeResetDurationSeconds", 0); // which is never
    properties.put(prefix + "exemplarsEnabled", false); // the series has its own
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
