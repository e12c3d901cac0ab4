package io.github.metricsfilter.internal.scrape;

import io.prometheus.metrics.expositionformats.ExpositionFormats;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.util.List;
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
  private volatile @Nullable Negotiation lastNegotiation;

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

  /** What was decided for the last scrape, if it said the same, as all of one Prometheus do. */
  Negotiation negotiate(List<String> accept, List<String> acceptEncoding) {
    Negotiation last = lastNegotiation;
    if (last == null || !last.isOf(accept, acceptEncoding)) {
      // There are applications without the jar for protobuf.
      boolean protobuf = formats.getPrometheusProtobufWriter().isAvailable();
      last = new Negotiation(accept, acceptEncoding, protobuf);
      lastNegotiation = last;
    }
    return last;
  }

  void close() {
    threads.interrupt();
    ScrapeMetrics.leave(registry);
  }
}
