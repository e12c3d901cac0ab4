package io.github.metricsfilter.internal.series;

import io.prometheus.metrics.model.snapshots.MetricFamilyDescriptor;
import io.prometheus.metrics.model.snapshots.Unit;
import java.util.List;

/** The preset {@code default}: {@code http_requests_total} and so on. */
final class StandardSchema extends Schema {

  private static final double[] BUCKETS = {.005, .01, .025, .05, .1, .25, .5, 1, 2.5, 5, 10};

  private final String prefix;

  StandardSchema(String prefix) {
    super("status", "path", "method");
    this.prefix = prefix;
  }

  @Override
  public double[] defaultBuckets() {
    return BUCKETS.clone();
  }

  @Override
  MetricFamilyDescriptor requests(List<String> labels) {
    return MetricFamilyDescriptor.counter(prefix + "http_requests_total")
        .help("HTTP requests finished.")
        .labelNames(labels)
        .build();
  }

  @Override
  MetricFamilyDescriptor active(List<String> constant) {
    return MetricFamilyDescriptor.gauge(prefix + "http_active_requests")
        .help("HTTP requests that have entered and are not yet finished.")
        .labelNames(constant)
        .build();
  }

  @Override
  MetricFamilyDescriptor duration(List<String> labels) {
    return histogram(
        prefix + "http_request_duration_seconds",
        Unit.SECONDS,
        "Time from a request's entry until it was finished.",
        labels);
  }

  @Override
  MetricFamilyDescriptor requestSize(List<String> labels) {
    return histogram(
        prefix + "http_request_size_bytes",
        Unit.BYTES,
        "Bytes of the request's body that were read.",
        labels);
  }

  @Override
  MetricFamilyDescriptor responseSize(List<String> labels) {
    return histogram(
        prefix + "http_response_size_bytes",
        Unit.BYTES,
        "Bytes of the response's body that were written.",
        labels);
  }
}
