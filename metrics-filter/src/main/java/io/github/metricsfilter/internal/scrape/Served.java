package io.github.metricsfilter.internal.scrape;

import static java.lang.System.Logger.Level.WARNING;

import io.github.metricsfilter.internal.pools.ContainerMetrics;
import io.github.metricsfilter.internal.scrape.ScrapeMetrics.Cause;
import io.prometheus.metrics.config.ExporterFilterProperties;
import io.prometheus.metrics.expositionformats.ExpositionFormatWriter;
import io.prometheus.metrics.expositionformats.ExpositionFormats;
import io.prometheus.metrics.model.registry.MetricNameFilter;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import io.prometheus.metrics.model.snapshots.MetricSnapshots;
import java.io.IOException;
import java.io.OutputStream;
import java.util.List;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** What the scrapes of one servlet have in common. */
final class Served {

  private static final System.Logger LOG = System.getLogger(Served.class.getName());

  final RegistrySources sources;
  final Beside beside = new Beside();
  final FamilyNames names;
  final ScrapeMetrics metrics;
  final ExpositionFormats formats;

  /** Whether protobuf can be written. */
  private final boolean protobuf;

  final Runs runs;
  final ScrapeThreads threads;

  private final PrometheusRegistry registry;
  private final boolean uncompressed;
  private final @Nullable Predicate<String> configured;
  private volatile @Nullable Negotiation lastNegotiation;

  Served(PrometheusRegistry registry, ScrapeMetrics metrics, ScrapeSettings settings) {
    this.registry = registry;
    this.sources = new RegistrySources(registry);
    this.names = settings.names;
    this.metrics = metrics;
    this.formats = ClientJavaApi.atHand().formats(settings.properties);
    this.protobuf = canWrite(formats.getPrometheusProtobufWriter());
    this.uncompressed = ClientJavaApi.atHand().prefersUncompressed(settings.properties);
    this.configured = configured(settings.properties.getExporterFilterProperties());
    this.runs = new Runs(settings.maxConcurrentScrapes);
    this.threads = new ScrapeThreads(settings.threads);
    JvmCollectors jvm = metrics.jvm();
    if (settings.jvmMetrics && jvm != null) {
      beside.add(jvm.registry);
    }
    if (settings.containerMetrics) {
      PrometheusRegistry container = new PrometheusRegistry();
      container.register(
          new ContainerMetrics((what, failure) -> metrics.failed(Cause.COLLECT, what, failure)));
      beside.add(container);
    }
  }

  private static @Nullable Predicate<String> configured(ExporterFilterProperties filter) {
    List<String> equalTo = filter.getAllowedMetricNames();
    List<String> notEqualTo = filter.getExcludedMetricNames();
    List<String> startWith = filter.getAllowedMetricNamePrefixes();
    List<String> notStartWith = filter.getExcludedMetricNamePrefixes();
    return equalTo == null && notEqualTo == null && startWith == null && notStartWith == null
        ? null
        : MetricNameFilter.builder()
            .nameMustBeEqualTo(equalTo)
            .nameMustNotBeEqualTo(notEqualTo)
            .nameMustStartWith(startWith)
            .nameMustNotStartWith(notStartWith)
            .build();
  }

  /** Which names a scrape gets, by its query and client_java's settings; null for all. */
  @Nullable Predicate<String> asked(ScrapeRequest request) {
    String[] names = request.getParameterValues("name[]");
    if (names == null || names.length == 0) {
      return configured;
    }
    Predicate<String> asked = MetricNameFilter.builder().nameMustBeEqualTo(names).build();
    return configured == null ? asked : asked.and(configured);
  }

  /** The legal values of {@code debug}. */
  List<String> debugFormats() {
    return protobuf
        ? List.of("openmetrics", "text", "prometheus-protobuf")
        : List.of("openmetrics", "text");
  }

  boolean compresses(ScrapeRequest request) {
    return request.negotiation().gzip() && !uncompressed;
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
