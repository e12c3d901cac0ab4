package io.github.metricsfilter.internal.scrape;

import io.github.metricsfilter.internal.scrape.RegistrySources.Source;
import io.prometheus.metrics.instrumentation.jvm.JvmBufferPoolMetrics;
import io.prometheus.metrics.instrumentation.jvm.JvmClassLoadingMetrics;
import io.prometheus.metrics.instrumentation.jvm.JvmCompilationMetrics;
import io.prometheus.metrics.instrumentation.jvm.JvmGarbageCollectorMetrics;
import io.prometheus.metrics.instrumentation.jvm.JvmMemoryMetrics;
import io.prometheus.metrics.instrumentation.jvm.JvmNativeMemoryMetrics;
import io.prometheus.metrics.instrumentation.jvm.JvmRuntimeInfoMetric;
import io.prometheus.metrics.instrumentation.jvm.JvmThreadsMetrics;
import io.prometheus.metrics.instrumentation.jvm.ProcessMetrics;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import io.prometheus.metrics.model.snapshots.MetricSnapshot;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * JVM and process metrics, to be shown beside those of a registry.
 *
 * <p>They are in a registry of their own. In the application's they would be in the way of whatever
 * has the same names and doesn't tell them (Micrometer's collectors don't), here and in whatever
 * else serves that registry, whichever came first; and nobody would know when to remove them.
 */
final class JvmCollectors {

  private final PrometheusRegistry registry = new PrometheusRegistry();
  private final RegistrySources sources = new RegistrySources(registry);
  private final AllocatedMemory allocated = new AllocatedMemory(); // instead of client_java's

  /** The names that the registry has itself, as far as is known. */
  private volatile Set<String> taken = Set.of();

  JvmCollectors() {
    allocated.register(registry);
    try {
      JvmThreadsMetrics.builder().register(registry);
      JvmBufferPoolMetrics.builder().register(registry);
      JvmClassLoadingMetrics.builder().register(registry);
      JvmCompilationMetrics.builder().register(registry);
      JvmGarbageCollectorMetrics.builder().register(registry);
      JvmMemoryMetrics.builder().register(registry);
      JvmNativeMemoryMetrics.builder().register(registry);
      JvmRuntimeInfoMetric.builder().register(registry);
      ProcessMetrics.builder().register(registry);
    } catch (Throwable t) {
      close();
      throw t;
    }
  }

  void close() {
    allocated.close();
  }

  List<Source> sources() {
    return sources.all();
  }

  /**
   * Those of the JVM's families whose names the registry doesn't show.
   *
   * @param registered what the registry shows
   * @param complete whether that is all; if not, what it has shown before stays its own, so that no
   *     metric changes its labels only because a collector was late
   */
  List<MetricSnapshot> beside(
      List<MetricSnapshot> registered, List<MetricSnapshot> jvm, boolean complete) {
    Set<String> shown = new HashSet<>();
    for (MetricSnapshot family : registered) {
      shown.add(family.getMetadata().getPrometheusName());
      shown.addAll(ShownFamilies.sampleNames(family));
    }
    Set<String> nowTaken = new HashSet<>(complete ? Set.of() : taken);
    List<MetricSnapshot> beside = new ArrayList<>();
    for (MetricSnapshot family : jvm) {
      String name = family.getMetadata().getPrometheusName();
      if (shown.contains(name)
          || ShownFamilies.sampleNames(family).stream().anyMatch(shown::contains)) {
        nowTaken.add(name);
      } else if (!nowTaken.contains(name)) {
        beside.add(family);
      }
    }
    taken = nowTaken;
    return beside;
  }
}
