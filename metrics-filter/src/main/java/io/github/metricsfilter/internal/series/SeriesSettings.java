package io.github.metricsfilter.internal.series;

import io.prometheus.metrics.model.snapshots.Labels;
import java.util.List;
import java.util.Map;

/** What one set of metrics is made with: legal, and with all defaults filled in. */
public final class SeriesSettings {

  final Schema schema;
  final double[] buckets;
  final boolean classicBuckets;
  final boolean nativeBuckets;
  final boolean exemplars;
  final int maxPaths;
  final List<String> extraMethods;
  final boolean requestSize;
  final boolean responseSize;
  final boolean activeDuration;
  final boolean firstByte;
  final boolean statusClasses;
  final Labels constLabels;
  final List<ExtraLabel> extraLabels;
  final Map<String, String> shared;

  /**
   * Takes all of them.
   *
   * @param schema the preset
   * @param buckets the classic histogram's bounds in seconds, finite and increasing
   * @param classicBuckets whether the histogram of durations has them
   * @param nativeBuckets whether it has Prometheus's native ones; one of the two it must have
   * @param exemplars whether it shows traces
   * @param maxPaths how many routes, and how many URIs, get series of their own
   * @param extraMethods methods that get a value of their own, beside the standard ones
   * @param requestSize whether the size of requests is shown
   * @param responseSize whether that of responses is
   * @param activeDuration whether the summed age of the requests in flight is shown
   * @param firstByte whether the time to the first byte of the response is shown
   * @param statusClasses whether statuses are told apart by their class only
   * @param constLabels labels of every series
   * @param extraLabels those that the preset has beside status, path and method, and the user's
   * @param shared what filters must agree on to share metrics, by the setting's name
   */
  @SuppressWarnings("TooManyParameters")
  public SeriesSettings(
      Schema schema,
      double[] buckets,
      boolean classicBuckets,
      boolean nativeBuckets,
      boolean exemplars,
      int maxPaths,
      List<String> extraMethods,
      boolean requestSize,
      boolean responseSize,
      boolean activeDuration,
      boolean firstByte,
      boolean statusClasses,
      Labels constLabels,
      List<ExtraLabel> extraLabels,
      Map<String, String> shared) {
    this.schema = schema;
    this.buckets = buckets.clone();
    this.classicBuckets = classicBuckets;
    this.nativeBuckets = nativeBuckets;
    this.exemplars = exemplars;
    this.maxPaths = maxPaths;
    this.extraMethods = List.copyOf(extraMethods);
    this.requestSize = requestSize;
    this.responseSize = responseSize;
    this.activeDuration = activeDuration;
    this.firstByte = firstByte;
    this.statusClasses = statusClasses;
    this.constLabels = constLabels;
    this.extraLabels = List.copyOf(extraLabels);
    this.shared = shared;
  }
}
