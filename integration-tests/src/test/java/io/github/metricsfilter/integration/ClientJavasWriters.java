package io.github.metricsfilter.integration;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.metricsfilter.internal.exposition.ExpositionWriter;
import io.prometheus.metrics.config.EscapingScheme;
import io.prometheus.metrics.expositionformats.OpenMetricsTextFormatWriter;
import io.prometheus.metrics.expositionformats.PrometheusTextFormatWriter;
import io.prometheus.metrics.expositionformats.TextFormatUtil;
import io.prometheus.metrics.model.snapshots.MetricSnapshots;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;

/** What client_java's writers make of metrics that other libraries have made. */
final class ClientJavasWriters {

  private ClientJavasWriters() {}

  /** That ours make the same bytes of it. */
  static void assertSame(MetricSnapshots families) throws IOException {
    MetricSnapshots merged = TextFormatUtil.mergeDuplicates(families);
    for (EscapingScheme scheme : EscapingScheme.values()) {
      ByteArrayOutputStream text = new ByteArrayOutputStream();
      ByteArrayOutputStream openMetrics = new ByteArrayOutputStream();
      ExpositionWriter.text(true, true).write(merged, scheme, text);
      ExpositionWriter.openMetrics(true, true).write(merged, scheme, openMetrics);

      assertThat(text.toString(StandardCharsets.UTF_8))
          .isNotEmpty()
          .isEqualTo(
              PrometheusTextFormatWriter.builder()
                  .setIncludeCreatedTimestamps(true)
                  .build()
                  .toDebugString(families, scheme));
      assertThat(openMetrics.toString(StandardCharsets.UTF_8))
          .isEqualTo(
              OpenMetricsTextFormatWriter.builder()
                  .setCreatedTimestampsEnabled(true)
                  .setExemplarsOnAllMetricTypesEnabled(true)
                  .build()
                  .toDebugString(families, scheme));
    }
  }
}
