package io.github.metricsfilter.internal.scrape;

import static java.lang.System.Logger.Level.WARNING;

import io.prometheus.metrics.expositionformats.ExpositionFormatWriter;
import io.prometheus.metrics.expositionformats.ExpositionFormats;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import io.prometheus.metrics.model.snapshots.MetricSnapshots;
import java.io.IOException;
import java.io.OutputStream;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What the scrapes of one servlet have in common. */
final class Served {

  private static final System.Logger LOG = System.getLogger(Served.class.getName());

  final RegistrySources sources;
  final @Nullable JvmCollectors jvm;
  final FamilyNames names;
  final ScrapeMetrics metrics;
  final ExpositionFormats formats;

  /** Whether protobuf can be written. */
  private final boolean protobuf;

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
    this.formats = ClientJavaApi.atHand().formats(settings.properties);
    this.protobuf = canWrite(formats.getPrometheusProtobufWriter());
    this.runs = new Runs(settings.maxConcurrentScrapes);
    this.threads = new ScrapeThreads(settings.threads);
  }

  /**
   * Whether a writer is there and fits. There are applications without the jar for protobuf, and
   * some where it is of another version than the others.
   */
  private static boolean canWrite(ExpositionFormatWriter writer) {
    if (!writer.isAvailable()) {
      return false;
    }
    try {
      ClientJavaApi.atHand()
          .write(writer, OutputStream.nullOutputStream(), new MetricSnapshots(), "");
      return true;
    } catch (IOException | LinkageError e) {
      LOG.log(
          WARNING,
          "client_java's prometheus-metrics-exposition-formats doesn't fit its other jars, so no"
              + " scrape gets protobuf or native histograms. Import prometheus-metrics-bom, so that"
              + " all have one version.",
          e);
      return false;
    }
  }

  /** What was decided for the last scrape, if it said the same, as all of one Prometheus do. */
  Negotiation negotiate(List<String> accept, List<String> acceptEncoding) {
    Negotiation last = lastNegotiation;
    if (last == null || !last.isOf(accept, acceptEncoding)) {
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
