package io.github.metricsfilter.internal.series;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A preset: which metrics there are, and what they and their labels are called. It changes no rule
 * of what is recorded.
 */
public abstract class Schema {

  /** Those of simpleclient's Histogram and, alike, of OpenTelemetry's advice for HTTP durations. */
  private static final double[] BUCKETS = {
    .005, .01, .025, .05, .075, .1, .25, .5, .75, 1, 2.5, 5, 7.5, 10
  };

  final String statusLabel;
  final String pathLabel;
  final String methodLabel;

  Schema(String statusLabel, String pathLabel, String methodLabel) {
    this.statusLabel = statusLabel;
    this.pathLabel = pathLabel;
    this.methodLabel = methodLabel;
  }

  /** The preset {@code default}, with a prefix of each name, which may be empty. */
  public static Schema standard(String prefix) {
    return new StandardSchema(prefix);
  }

  /** The preset {@code simpleclient}. */
  public static Schema simpleclient(String metricName, String help) {
    return new SimpleclientSchema(metricName, help);
  }

  /** The preset {@code otel}. */
  public static Schema otel() {
    return new OtelSchema();
  }

  /** The preset {@code micrometer}. */
  public static Schema micrometer() {
    return new MicrometerSchema();
  }

  /** The names of the labels for status, path and method, in this order. */
  public final List<String> labelNames() {
    return List.of(statusLabel, pathLabel, methodLabel);
  }

  /** The labels that the preset has beside these. */
  public List<ExtraLabel> ownLabels() {
    return List.of();
  }

  /** The bounds of the histogram of durations unless others are set, in seconds. */
  public double[] defaultBuckets() {
    return BUCKETS.clone();
  }

  /** Requests by status; null where the histogram's count says it. */
  abstract @Nullable Family requests(List<String> labels);

  /**
   * Requests in flight; null if the preset doesn't show them.
   *
   * @param constant the names of the constant labels
   */
  abstract @Nullable Family active(List<String> constant);

  /**
   * The summed age of the requests in flight.
   *
   * @param constant the names of the constant labels
   */
  abstract Family activeDuration(List<String> constant);

  abstract Family duration(List<String> labels);

  /** The time to the first byte of the response; its labels are those of the duration. */
  abstract Family firstByte(List<String> labels);

  abstract Family requestSize(List<String> labels);

  abstract Family responseSize(List<String> labels);

  /** Whether the histogram tells statuses apart, as the counter always does. */
  boolean durationByStatus() {
    return true;
  }

  /** Whether requests in flight are told apart by method and scheme. */
  boolean activeByMethod() {
    return false;
  }
}
