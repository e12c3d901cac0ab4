package io.github.metricsfilter.internal.exposition;

import io.prometheus.metrics.model.snapshots.PrometheusNaming;

/**
 * The name of samples, encoded once for all of a family: up to where the labels begin. One that
 * Prometheus before version 3 couldn't have is quoted and stands among the labels.
 */
final class SampleName {

  private final Bytes open = new Bytes();
  private boolean inBraces;

  void set(String name) {
    set(name, name);
  }

  /** A name that is quoted if another is. The two differ for a family called {@code _total}. */
  void set(String name, String quotedLike) {
    open.clear();
    inBraces = !PrometheusNaming.isValidLegacyMetricName(quotedLike);
    if (inBraces) {
      open.append('{');
    }
    name(name, !inBraces, open);
    open.append(inBraces ? ',' : '{');
  }

  /** Of a sample that has labels, which follow. */
  void open(Bytes out) {
    out.append(open);
  }

  /** Of a sample that has none. */
  void alone(Bytes out) {
    out.appendButLast(open);
    if (inBraces) {
      out.append('}');
    }
  }

  /** A family's name. */
  static void name(String name, Bytes out) {
    name(name, PrometheusNaming.isValidLegacyMetricName(name), out);
  }

  /** A label's name. */
  static void labelName(String name, Bytes out) {
    name(name, PrometheusNaming.isValidLegacyLabelName(name), out);
  }

  private static void name(String name, boolean legacy, Bytes out) {
    if (legacy) {
      out.text(name);
    } else {
      out.append('"');
      out.escaped(name);
      out.append('"');
    }
  }
}
