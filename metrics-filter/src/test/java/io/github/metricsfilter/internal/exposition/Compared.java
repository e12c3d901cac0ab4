package io.github.metricsfilter.internal.exposition;

import static org.assertj.core.api.Assertions.assertThat;

import io.prometheus.metrics.config.EscapingScheme;
import io.prometheus.metrics.expositionformats.ExpositionFormatWriter;
import io.prometheus.metrics.expositionformats.OpenMetricsTextFormatWriter;
import io.prometheus.metrics.expositionformats.PrometheusTextFormatWriter;
import io.prometheus.metrics.expositionformats.TextFormatUtil;
import io.prometheus.metrics.model.snapshots.MetricSnapshots;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Writers and client_java's, of both formats, with all settings and escapings. Ours are used again
 * and again, as in scrapes.
 */
public final class Compared {

  private record Pair(String name, ExpositionWriter ours, ExpositionFormatWriter theirs) {}

  private interface Writing {
    void to(OutputStream out) throws IOException;
  }

  private final List<Pair> pairs = new ArrayList<>();

  /** With writers that have written nothing yet. */
  public Compared() {
    boolean[] both = {false, true};
    for (boolean created : both) {
      for (boolean other : both) {
        String settings = " created " + created + ", millis or all exemplars " + other + ", ";
        pairs.add(
            new Pair(
                "text" + settings, ExpositionWriter.text(created, other), text(created, other)));
        pairs.add(
            new Pair(
                "OpenMetrics" + settings,
                ExpositionWriter.openMetrics(created, other),
                OpenMetricsTextFormatWriter.builder()
                    .setCreatedTimestampsEnabled(created)
                    .setExemplarsOnAllMetricTypesEnabled(other)
                    .build()));
      }
    }
  }

  @SuppressWarnings("deprecation") // a setting of applications that want the old timestamps
  private static ExpositionFormatWriter text(boolean createdTimestamps, boolean timestampsInMs) {
    return PrometheusTextFormatWriter.builder()
        .setIncludeCreatedTimestamps(createdTimestamps)
        .setTimestampsInMs(timestampsInMs)
        .build();
  }

  /** That both write the same bytes, or fail in the same way. */
  public void assertSame(MetricSnapshots families) {
    for (Pair pair : pairs) {
      for (EscapingScheme scheme : EscapingScheme.values()) {
        byte[] expected = bytes(out -> pair.theirs.write(out, families, scheme));
        byte[] written =
            bytes(out -> pair.ours.write(TextFormatUtil.mergeDuplicates(families), scheme, out));
        if (!Arrays.equals(written, expected)) { // what is long is slow to be described
          assertThat(new String(written, StandardCharsets.UTF_8))
              .as("%s%s", pair.name, scheme)
              .isEqualTo(new String(expected, StandardCharsets.UTF_8));
          assertThat(written).isEqualTo(expected);
        }
      }
    }
  }

  private static byte[] bytes(Writing writing) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try {
      writing.to(out);
      return out.toByteArray();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (RuntimeException e) {
      return e.getClass().getName().getBytes(StandardCharsets.UTF_8);
    }
  }
}
