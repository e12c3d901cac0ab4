package io.github.metricsfilter.internal.series;

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
  Family requests(List<String> labels) {
    return Family.counter(metricName + "_status_total", "HTTP status codes of " + help, labels);
  }

  @Override
  @Nullable Family active(List<String> constant) {
    return null;
  }

  @Override
  Family activeDuration(List<String> constant) {
    throw new UnsupportedOperationException("the settings refuse it");
  }

  @Override
  Family duration(List<String> labels) {
    return Family.histogram(metricName, null, help, labels.subList(1, labels.size())); // no status
  }

  @Override
  boolean durationByStatus() {
    return false;
  }

  @Override
  Family firstByte(List<String> labels) {
    throw new UnsupportedOperationException("the settings refuse it");
  }

  @Override
  Family requestSize(List<String> labels) {
    throw new UnsupportedOperationException("the settings refuse it");
  }

  @Override
  Family responseSize(List<String> labels) {
    throw new UnsupportedOperationException("the settings refuse it");
  }
}
