package io.github.metricsfilter.internal.series;

import io.prometheus.metrics.model.registry.MultiCollector;
import io.prometheus.metrics.model.snapshots.MetricFamilyDescriptor;
import java.util.List;

/**
 * A collector of this library's own, of which a scrape can know more than of the application's: it
 * may never have to be waited for.
 */
public interface OwnCollector extends MultiCollector {

  /** All that it collects; never another. */
  List<Family> families();

  /**
   * Whether to collect is to read numbers that are there, without calling, or waiting for, anything
   * else. The answer never changes.
   */
  default boolean isPrompt() {
    return true;
  }

  @Override
  default List<MetricFamilyDescriptor> getMetricFamilyDescriptors() {
    return Family.descriptors(families());
  }

  /** What client_java asks before 1.7. */
  @Override
  @SuppressWarnings("deprecation")
  default List<String> getPrometheusNames() {
    return Family.names(families());
  }
}
