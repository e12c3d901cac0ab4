package io.github.metricsfilter.internal.exposition;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.fail;

import io.prometheus.metrics.config.EscapingScheme;
import io.prometheus.metrics.model.snapshots.CounterSnapshot;
import io.prometheus.metrics.model.snapshots.CounterSnapshot.CounterDataPointSnapshot;
import io.prometheus.metrics.model.snapshots.GaugeSnapshot;
import io.prometheus.metrics.model.snapshots.GaugeSnapshot.GaugeDataPointSnapshot;
import io.prometheus.metrics.model.snapshots.Labels;
import io.prometheus.metrics.model.snapshots.MetricMetadata;
import io.prometheus.metrics.model.snapshots.MetricSnapshots;
import java.io.ByteArrayOutputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Byte for byte what client_java writes. */
class ExpositionWriterTest {

  private static final int SEEDS = 2000;

  private final Compared compared = new Compared();

  @Test
  void generatedFamilies() {
    int same = 0;
    for (int seed = 0; seed < SEEDS; seed++) {
      MetricSnapshots families;
      try {
        families = new GeneratedFamilies(seed).all();
      } catch (IllegalArgumentException e) {
        continue; // client_java has no such families
      }
      try {
        compared.assertSame(families);
      } catch (AssertionError e) {
        fail("seed " + seed, e);
      }
      same++;
    }
    assertThat(same).isGreaterThan(SEEDS * 9 / 10);
  }

  @Test
  void noFamilies() {
    compared.assertSame(new MetricSnapshots());
  }

  /** More than is written at a time, in lines of any length. */
  @Test
  void longLines() {
    for (int length : new int[] {1, 1 << 15, 1 << 16, 1 << 18}) {
      String value = "ü\"".repeat(length / 4);
      compared.assertSame(
          new MetricSnapshots(
              new CounterSnapshot(
                  new MetricMetadata("long", value, null),
                  List.of(
                      new CounterDataPointSnapshot(1, Labels.of("a", value), null, 1),
                      new CounterDataPointSnapshot(2, Labels.of("b", value), null, 1)))));
    }
  }

  /** What one scrape has left doesn't show in the next. */
  @Test
  void afterAFailure() throws Exception {
    String[] values = {null};
    MetricSnapshots bad = gauges(Labels.of("a", "b"), Labels.of(new String[] {"b"}, values));
    ExpositionWriter writer = ExpositionWriter.text(false, true);
    assertThatThrownBy(
            () ->
                writer.write(
                    bad, EscapingScheme.UNDERSCORE_ESCAPING, OutputStream.nullOutputStream()))
        .isInstanceOf(NullPointerException.class);
    ByteArrayOutputStream out = new ByteArrayOutputStream();

    writer.write(gauges(Labels.of("a", "c")), EscapingScheme.UNDERSCORE_ESCAPING, out);

    assertThat(out.toString(StandardCharsets.UTF_8))
        .isEqualTo("# TYPE gauge gauge\ngauge{a=\"c\"} 1.0\n");
  }

  private static MetricSnapshots gauges(Labels... labels) {
    return new MetricSnapshots(
        new GaugeSnapshot(
            new MetricMetadata("gauge"),
            Arrays.stream(labels).map(of -> new GaugeDataPointSnapshot(1, of, null)).toList()));
  }
}
