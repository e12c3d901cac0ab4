package io.github.metricsfilter;

/** The values of the status label: 100 to 599 as three digits, and {@code unknown}. */
final class StatusLabel {

  static final String UNKNOWN = "unknown";

  private StatusLabel() {}

  static String value(int status) {
    return isKnown(status) ? Integer.toString(status) : UNKNOWN;
  }

  /** The status as series are told apart by it: all that have no value of their own are one. */
  static int distinct(int status) {
    return isKnown(status) ? status : 0;
  }

  private static boolean isKnown(int status) {
    return status >= 100 && status <= 599;
  }
}
