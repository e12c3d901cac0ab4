package io.github.metricsfilter.internal.scrape;

import io.prometheus.metrics.expositionformats.ExpositionFormats;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import org.jspecify.annotations.Nullable;

/** What the scrapes of one servlet have in common. */
final class Served {

  final RegistrySources sources;
  final @Nullable JvmCollectors jvm;
  final FamilyNames names;
  final ScrapeMetrics metrics;
  final ExpositionFormats formats;

  final Runs runs;
  final ScrapeThreads threads;

  private final PrometheusRegistry registry;

  Served(PrometheusRegistry registry, ScrapeMetrics metrics, ScrapeSettings settings) {
    this.registry = registry;
    this.sources = new RegistrySources(registry);
    this.jvm = settings.jvmMetrics ? metrics.jvm() : null;
    this.names = settings.names;
    this.metrics = metrics;
    this.formats = ExpositionFormats.init(settings.properties);
    this.runs = new Runs(settings.maxConcurrentScrapes);
    this.threads = new ScrapeThreads(settings.threads);
  }

  /** Whether client_java can write protobuf; there are applications without its jar. */
  boolean hasProtobuf() {
    return formats.getPrometheusProtobufWriter().isAvailable();
  }

  void close() {
    threads.interrupt();
    ScrapeMetrics.leave(registry);
  }
}
