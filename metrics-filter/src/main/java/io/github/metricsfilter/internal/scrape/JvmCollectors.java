package io.github.metricsfilter.internal.scrape;

import io.prometheus.metrics.instrumentation.jvm.JvmBufferPoolMetrics;
import io.prometheus.metrics.instrumentation.jvm.JvmClassLoadingMetrics;
import io.prometheus.metrics.instrumentation.jvm.JvmCompilationMetrics;
import io.prometheus.metrics.instrumentation.jvm.JvmGarbageCollectorMetrics;
import io.prometheus.metrics.instrumentation.jvm.JvmMemoryMetrics;
import io.prometheus.metrics.instrumentation.jvm.JvmMetrics;
import io.prometheus.metrics.instrumentation.jvm.JvmNativeMemoryMetrics;
import io.prometheus.metrics.instrumentation.jvm.JvmRuntimeInfoMetric;
import io.prometheus.metrics.instrumentation.jvm.JvmThreadsMetrics;
import io.prometheus.metrics.instrumentation.jvm.ProcessMetrics;
import io.prometheus.metrics.model.registry.Collector;
import io.prometheus.metrics.model.registry.MultiCollector;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import org.jspecify.annotations.Nullable;

/** JVM and process metrics in a registry that may have none, all or some of them. */
final class JvmCollectors {

  private JvmCollectors() {}

  /**
   * Adds what isn't there.
   *
   * @return what of it has to be closed when the application goes, if anything
   */
  static @Nullable AllocatedMemory register(PrometheusRegistry registry) {
    AllocatedMemory allocated = AllocatedMemory.register(registry); // instead of client_java's
    try {
      registerOthers(registry);
      return allocated;
    } catch (Throwable t) {
      if (allocated != null) {
        allocated.close();
      }
      throw t;
    }
  }

  private static void registerOthers(PrometheusRegistry registry) {
    try {
      JvmMetrics.builder().register(registry); // does nothing the second time
    } catch (IllegalArgumentException someAreThere) {
      PrometheusRegistry missing = new Missing(registry);
      JvmThreadsMetrics.builder().register(missing);
      JvmBufferPoolMetrics.builder().register(missing);
      JvmClassLoadingMetrics.builder().register(missing);
      JvmCompilationMetrics.builder().register(missing);
      JvmGarbageCollectorMetrics.builder().register(missing);
      JvmMemoryMetrics.builder().register(missing);
      JvmNativeMemoryMetrics.builder().register(missing);
      JvmRuntimeInfoMetric.builder().register(missing);
      ProcessMetrics.builder().register(missing);
    }
  }

  /** Registers with another registry what that doesn't have. */
  private static final class Missing extends PrometheusRegistry {

    private final PrometheusRegistry registry;

    Missing(PrometheusRegistry registry) {
      this.registry = registry;
    }

    @Override
    public void register(Collector collector) {
      try {
        registry.register(collector);
      } catch (IllegalArgumentException isThere) {
        // which is what we want
      }
    }

    @Override
    public void register(MultiCollector collector) {
      try {
        registry.register(collector);
      } catch (IllegalArgumentException isThere) {
        // which is what we want
      }
    }
  }
}
