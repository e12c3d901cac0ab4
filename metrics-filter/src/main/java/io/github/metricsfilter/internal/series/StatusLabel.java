package io.github.metricsfilter.internal.series;

/**
 * The values of the status label: 100 to 599 as three digits, or their class as {@code 2xx}; and
 * {@code unknown}.
 */
final class StatusLabel {

  static final String UNKNOWN = "unknown";

  private final boolean classes;

  /**
   * Of one set of metrics.
   *
   * @param classes whether statuses are told apart by their class only
   */
  StatusLabel(boolean classes) {
    this.classes = classes;
  }

  /** The value of one of the {@link #distinct} ones. */
  String value(int distinct) {
    return classes && distinct != 0 ? distinct / 100 + "xx" : exactly(distinct);
  }

  /** The value of a status that no class stands for. */
  static String exactly(int status) {
    return isKnown(status) ? Integer.toString(status) : UNKNOWN;
  }

  /** The status as series are told apart by it: all that have the same value are one. */
  int distinct(int status) {
    if (!isKnown(status)) {
      return 0;
    }
    return classes ? status - status % 100 : status;
  }

  private static boolean isKnown(int status) {
    return status >= 100 && status <= 599;
  }
}
