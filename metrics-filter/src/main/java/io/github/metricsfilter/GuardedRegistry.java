package io.github.metricsfilter;

import io.prometheus.metrics.config.PrometheusProperties;
import io.prometheus.metrics.expositionformats.ExpositionFormats;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import io.prometheus.metrics.model.registry.PrometheusScrapeRequest;
import io.prometheus.metrics.model.snapshots.MetricSnapshots;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Predicate;

/**
 * What client_java's handler is given to scrape: the registry, but for those of its collectors that
 * throw, block or return nonsense, and in bounded time. {@link Scrape} has the how; this is what
 * outlives a scrape.
 */
final class GuardedRegistry extends PrometheusRegistry {

  static final Predicate<String> ALL = name -> true;

  /** That there is nothing but failures to answer with. */
  static final class NothingCollectedException extends RuntimeException {
    private static final long serialVersionUID = 1L;
  }

  final RegistrySources sources;
  final ScrapeMetrics metrics;
  final ExpositionFormats formats;

  /** Collectors that had not returned when their scrape ended, until they do. */
  final Set<Object> blocked = Collections.synchronizedSet(identities());

  /** Those that collect now. */
  final Set<Thread> threads = ConcurrentHashMap.newKeySet();

  private final FamilyNames names;

  GuardedRegistry(
      PrometheusRegistry registry,
      FamilyNames names,
      ScrapeMetrics metrics,
      PrometheusProperties properties) {
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
  }

  @Override
  public MetricSnapshots scrape(PrometheusScrapeRequest request) {
    return scrape(ALL, request);
  }

  @Override
  public MetricSnapshots scrape(Predicate<String> includedNames, PrometheusScrapeRequest request) {
    Predicate<String> included =
        names.areAll() ? includedNames : includedNames == ALL ? names : includedNames.and(names);
    return new Scrape(this, included, (ScrapeExchange.Request) request).result();
  }
}
