package io.github.metricsfilter.internal.scrape;

import io.github.metricsfilter.internal.series.Family;
import io.prometheus.metrics.config.EscapingScheme;
import io.prometheus.metrics.config.PrometheusProperties;
import io.prometheus.metrics.expositionformats.ExpositionFormatWriter;
import io.prometheus.metrics.expositionformats.ExpositionFormats;
import io.prometheus.metrics.expositionformats.TextFormatUtil;
import io.prometheus.metrics.model.registry.Collector;
import io.prometheus.metrics.model.registry.MultiCollector;
import io.prometheus.metrics.model.snapshots.MetricFamilyDescriptor;
import io.prometheus.metrics.model.snapshots.MetricMetadata;
import io.prometheus.metrics.model.snapshots.MetricSnapshot;
import io.prometheus.metrics.model.snapshots.MetricSnapshots;
import java.io.IOException;
import java.io.OutputStream;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a scrape needs of client_java that has changed since the lowest version that it works with.
 * Each of the two subclasses names what its versions have, so only the right one may be loaded.
 */
abstract class ClientJavaApi {

  /** Since 1.5: there MetricSnapshots takes several of a name and type, before it refuses them. */
  private static final boolean MERGES = merges();

  private static final ClientJavaApi AT_HAND = isCurrent() ? new Current() : new Before();

  static ClientJavaApi atHand() {
    return AT_HAND;
  }

  /** Whether this is client_java 1.7 or later. */
  static boolean isCurrent() {
    return MERGES && Family.areDescribed(); // the jars' versions can differ
  }

  private static boolean merges() {
    try {
      TextFormatUtil.class.getMethod("mergeDuplicates", MetricSnapshots.class);
      return true;
    } catch (NoSuchMethodException e) {
      return false;
    }
  }

  /** What a collector tells of its family; null if nothing. It can throw anything. */
  abstract @Nullable MetricMetadata told(Collector collector);

  /** What a collector tells of its families, likewise. */
  abstract List<MetricMetadata> told(MultiCollector collector);

  /** The name of a family's samples, or what their names begin with. */
  abstract String exposedName(MetricMetadata metadata);

  /**
   * Families of one name and type as one, where client_java can do that.
   *
   * @throws RuntimeException if they can't be shown beside each other
   */
  final MetricSnapshots merged(List<MetricSnapshot> families) {
    MetricSnapshots all = new MetricSnapshots(families);
    return MERGES ? TextFormatUtil.mergeDuplicates(all) : all;
  }

  abstract ExpositionFormats formats(PrometheusProperties properties);

  /** Whether it writes what our own writers do. */
  abstract boolean hasOurFormats();

  /** Whether compressing has been switched off. */
  abstract boolean prefersUncompressed(PrometheusProperties properties);

  /** Writes as client_java's handler does if it is sent this {@code Accept}. */
  abstract void write(
      ExpositionFormatWriter writer, OutputStream out, MetricSnapshots families, String accept)
      throws IOException;

  private static final class Current extends ClientJavaApi {

    @Override
    @Nullable MetricMetadata told(Collector collector) {
      MetricFamilyDescriptor descriptor = collector.getMetricFamilyDescriptor();
      return descriptor == null ? null : descriptor.getMetadata();
    }

    @Override
    List<MetricMetadata> told(MultiCollector collector) {
      List<MetricMetadata> told = new ArrayList<>();
      collector.getMetricFamilyDescriptors().forEach(family -> told.add(family.getMetadata()));
      return told;
    }

    @Override
    String exposedName(MetricMetadata metadata) {
      return metadata.getExpositionBasePrometheusName();
    }

    @Override
    ExpositionFormats formats(PrometheusProperties properties) {
      return ExpositionFormats.init(properties);
    }

    @Override
    boolean hasOurFormats() {
      return true;
    }

    @Override
    boolean prefersUncompressed(PrometheusProperties properties) {
      return properties.getExporterHttpServerProperties().isPreferUncompressedResponse();
    }

    @Override
    void write(
        ExpositionFormatWriter writer, OutputStream out, MetricSnapshots families, String accept)
        throws IOException {
      writer.write(out, families, EscapingScheme.fromAcceptHeader(accept));
    }
  }

  @SuppressWarnings("deprecation")
  private static final class Before extends ClientJavaApi {

    @Override
    @Nullable MetricMetadata told(Collector collector) {
      String name = collector.getPrometheusName();
      return name == null ? null : new MetricMetadata(name);
    }

    @Override
    List<MetricMetadata> told(MultiCollector collector) {
      List<MetricMetadata> told = new ArrayList<>();
      collector.getPrometheusNames().forEach(name -> told.add(new MetricMetadata(name)));
      return told;
    }

    @Override
    String exposedName(MetricMetadata metadata) {
      return metadata.getPrometheusName();
    }

    @Override
    ExpositionFormats formats(PrometheusProperties properties) {
      return ExpositionFormats.init(properties.getExporterProperties());
    }

    @Override
    boolean hasOurFormats() {
      return false;
    }

    @Override
    boolean prefersUncompressed(PrometheusProperties properties) {
      return false;
    }

    @Override
    void write(
        ExpositionFormatWriter writer, OutputStream out, MetricSnapshots families, String accept)
        throws IOException {
      writer.write(out, families);
    }
  }
}
