package io.github.metricsfilter.internal.series;

import io.prometheus.metrics.model.registry.MultiCollector;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import io.prometheus.metrics.model.snapshots.MetricFamilyDescriptor;
import io.prometheus.metrics.model.snapshots.MetricSnapshots;
import java.util.List;

/**
 * A collector of this library's own, of which a scrape can know more than of the application's: it
 * may never have to be waited for.
 */
public interface OwnCollector extends MultiCollector {

  /** All that it collects; never another. */
  List<Family> families();

  /**
   * Whether to collect takes no longer than to read numbers that are there: nothing that may block
   * is called. The answer never changes.
   */
  default boolean isPrompt() {
    return true;
  }

  /**
   * Registers it, or throws what the registry does and leaves the registry as it was.
   *
   * <p>Before 1.5, client_java keeps those names of a collector that it has come to before it
   * refuses one. To unregister the collector would take them all, and so free the name of whoever
   * has that one. So each name is tried alone.
   */
  default void registerIn(PrometheusRegistry registry) {
    if (!Family.areDescribed()) {
      for (String name : Family.names(families())) {
        OneName tried = new OneName(name);
        registry.register(tried);
        registry.unregister(tried);
      }
    }
    registry.register(this);
  }

  /** Has a name, and nothing to show. */
  final class OneName implements MultiCollector {

    private final String name;

    private OneName(String name) {
      this.name = name;
    }

    @Override
    public MetricSnapshots collect() {
      return new MetricSnapshots();
    }

    @Override
    @SuppressWarnings("deprecation")
    public List<String> getPrometheusNames() {
      return List.of(name);
    }
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
