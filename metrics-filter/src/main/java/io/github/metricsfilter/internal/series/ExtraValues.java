package io.github.metricsfilter.internal.series;

import java.util.List;

/** The values of a request's extra labels, each bounded as its label says. */
public final class ExtraValues {

  /** Of requests where no extra label is asked for. */
  public static final ExtraValues NONE = new ExtraValues(List.of(), false);

  final List<String> values;

  /** Whether one of them is {@code _OTHER} because its label has as many as it may. */
  final boolean refused;

  ExtraValues(List<String> values, boolean refused) {
    this.values = values;
    this.refused = refused;
  }
}
