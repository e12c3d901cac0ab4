package io.github.metricsfilter.internal.scrape;

import io.github.metricsfilter.internal.exposition.ExpositionWriter;
import io.prometheus.metrics.config.ExporterProperties;
import io.prometheus.metrics.config.PrometheusProperties;
import io.prometheus.metrics.expositionformats.ExpositionFormatWriter;
import io.prometheus.metrics.expositionformats.ExpositionFormats;
import org.jspecify.annotations.Nullable;

/**
 * What one scrape at a time writes with. It is kept for the next one, with all that it has encoded.
 */
final class Place {

  final Handler handler;
  private final ExporterProperties exporter;
  private @Nullable ExpositionWriter text;
  private @Nullable ExpositionWriter openMetrics;

  Place(PrometheusProperties properties) {
    handler = new Handler(properties);
    exporter = properties.getExporterProperties();
  }

  /** Ours for a format of client_java's; null if client_java is to write it. */
  @Nullable ExpositionWriter writer(ExpositionFormats formats, ExpositionFormatWriter theirs) {
    if (!ClientJavaApi.atHand().hasOurFormats()) {
      return null;
    }
    if (theirs.equals(formats.getPrometheusTextFormatWriter())) {
      return text();
    }
    return theirs.equals(formats.getOpenMetricsTextFormatWriter()) ? openMetrics() : null;
  }

  private ExpositionWriter text() {
    if (text == null) {
      text =
          ExpositionWriter.text(
              exporter.getIncludeCreatedTimestamps(), exporter.getPrometheusTimestampsInMs());
    }
    return text;
  }

  private ExpositionWriter openMetrics() {
    if (openMetrics == null) {
      openMetrics =
          ExpositionWriter.openMetrics(
              exporter.getIncludeCreatedTimestamps(), exporter.getExemplarsOnAllMetricTypes());
    }
    return openMetrics;
  }
}
