package io.github.metricsfilter.internal.series;

import io.prometheus.metrics.model.snapshots.Labels;
import java.util.List;
import java.util.Map;

/** Settings with nothing in them that must be asked for, and with a histogram of two buckets. */
public final class PlainSettings {

  private PlainSettings() {}

  /** Those of one set of metrics. */
  public static SeriesSettings ofSeries() {
    return new SeriesSettings(
        Schema.standard(""),
        new double[] {1},
        true,
        false,
        false,
        200,
        List.of(),
        false,
        false,
        false,
        false,
        false,
        Labels.EMPTY,
        List.of(),
        Map.of());
  }
}
