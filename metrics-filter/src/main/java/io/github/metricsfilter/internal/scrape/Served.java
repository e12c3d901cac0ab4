package io.github.metricsfilter.internal.scrape;

import io.prometheus.metrics.config.PrometheusProperties;
import io.prometheus.metrics.expositionformats.ExpositionFormats;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** What the scrapes of one servlet have in common. */
final class Served {

  final RegistrySources sources;
  final FamilyNames names;
  final ScrapeMetrics metrics;
  final ExpositionFormats formats;

  /** Collectors that had not returned when their scrape ended, until they do. */
  final Set<Object> blocked = Collections.synchronizedSet(identities());

  /** Those that collect now. */
  final Set<Thread> threads = ConcurrentHashMap.newKeySet();

  private final PrometheusRegistry registry;

  Served(
      PrometheusRegistry registry,
      FamilyNames names,
      ScrapeMetrics metrics,
      PrometheusProperties properties) {
    this.registry = registry;
    this.sources = new RegistrySources(registry);
    this.names = names;
    this.metrics = metrics;
    this.formats = ExpositionFormats.init(properties);
  }

  private static Set<Object> identities() {
    return Collections.newSetFromMap(new IdentityHashMap<>());
  }

  /** Interrupts collectors that block, which would hold the application's class loader. */
  void close() {
    threads.forEach(Thread::interrupt);
    ScrapeMetrics.leave(registry);
  }
}
