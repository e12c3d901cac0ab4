package io.github.metricsfilter;

import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.util.HashMap;
import java.util.Map;

/**
 * The metrics of one registry and the filters that share them: the first filter registers them, the
 * last one to go unregisters them, so that a redeploy neither finds them there nor leaves them
 * behind.
 */
final class MetricsRegistration {

  private static final Map<PrometheusRegistry, MetricsRegistration> REGISTRATIONS = new HashMap<>();

  private final PrometheusRegistry registry;
  private final RequestMetrics metrics;
  private int filters;

  private MetricsRegistration(PrometheusRegistry registry, RequestMetrics metrics) {
    this.registry = registry;
    this.metrics = metrics;
  }

  static MetricsRegistration join(PrometheusRegistry registry, RequestMetrics wanted) {
    synchronized (REGISTRATIONS) {
      MetricsRegistration registration = REGISTRATIONS.get(registry);
      if (registration == null) {
        registry.register(wanted);
        registration = new MetricsRegistration(registry, wanted);
        REGISTRATIONS.put(registry, registration);
      }
      registration.filters++;
      return registration;
    }
  }

  RequestMetrics metrics() {
    return metrics;
  }

  void leave() {
    synchronized (REGISTRATIONS) {
      if (--filters == 0) {
        registry.unregister(metrics);
        REGISTRATIONS.remove(registry);
      }
    }
  }
}
