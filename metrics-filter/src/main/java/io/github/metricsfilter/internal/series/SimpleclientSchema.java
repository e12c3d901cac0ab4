package io.github.metricsfilter.internal.series;

import io.prometheus.metrics.model.snapshots.MetricFamilyDescriptor;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The preset {@code simpleclient}: what its {@code MetricsFilter} 0.16 showed, and no more. */
final class SimpleclientSchema extends Schema {

  private final String metricName;
  private final String help;

  SimpleclientSchema(String metricName, String help) {
    super("status", "path", "method");
    this.metricName = metricName;
    this.help = help;
  }

  @Override
  public double[] defaultBuckets() {
    return FOURTEEN_BUCKETS.clone();
  }

  @Override
  MetricFamilyDescriptor requests(List<String> labels) {
    return MetricFamilyDescriptor.counter(metricName + "_status_total")
        .help("HTTP status codes of " + help)
        .labelNames(labels)
        .build();
  }

  @Override
  @Nullable MetricFamilyDescriptor active(List<String> constant) {
    return null;
  }

  @Override
  MetricFamilyDescriptor duration(List<String> labels) {
    return MetricFamilyDescriptor.histogram(metricName)
        .help(help)
        .labelNames(labels.subList(1, labels.size())) // without the status
        .build();
  }

  @Override
  boolean durationByStatus() {
    return false;
  }

  @Override
  MetricFamilyDescriptor requestSize(List<String> labels) {
    throw new UnsupportedOperationException("the settings refuse it");
  }

  @Override
  MetricFamilyDescriptor responseSize(List<String> labels) {
    throw new UnsupportedOperationException("the settings refuse it");
  }
}
