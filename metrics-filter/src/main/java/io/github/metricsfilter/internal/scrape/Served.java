package io.github.metricsfilter.internal.scrape;

import io.prometheus.metrics.expositionformats.ExpositionFormats;
import io.prometheus.metrics.model.registry.PrometheusRegistry;

/** What the scrapes of one servlet have in common. */
final class Served {

  final RegistrySources sources;
  final FamilyNames names;
  final ScrapeMetrics metrics;
  final ExpositionFormats formats;

  final Runs runs;
  final ScrapeThreads threads;

  private final PrometheusRegistry registry;

  Served(PrometheusRegistry registry, ScrapeMetrics metrics, ScrapeSettings settings) {
    this.registry = registry;
    this.sources = new RegistrySources(registry);
    this.names = settings.names;
    this.metrics = metrics;
    this.formats = ExpositionFormats.init(settings.properties);
    this.runs = new Runs(settings.maxConcurrentScrapes);
    this.threads = new ScrapeThreads(settings.threads);
  }

  void close() {
    threads.interrupt();
    ScrapeMetrics.leave(registry);
  }
}
