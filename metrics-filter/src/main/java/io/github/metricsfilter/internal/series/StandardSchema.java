package io.github.metricsfilter.internal.series;

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
  Family requests(List<String> labels) {
    return Family.counter(prefix + "http_requests_total", "HTTP requests finished.", labels);
  }

  @Override
  Family active(List<String> constant) {
    return Family.gauge(
        prefix + "http_active_requests",
        "HTTP requests that have entered and are not yet finished.",
        constant);
  }

  @Override
  Family activeDuration(List<String> constant) {
    return Family.gauge(
        prefix + "http_active_request_duration_seconds",
        "Summed age of the HTTP requests that have entered and are not yet finished.",
        constant);
  }

  @Override
  Family duration(List<String> labels) {
    return Family.histogram(
        prefix + "http_request_duration_seconds",
        Unit.SECONDS,
        "Time from a request's entry until it was finished.",
        labels);
  }

  @Override
  Family firstByte(List<String> labels) {
    return Family.histogram(
        prefix + "http_first_byte_duration_seconds",
        Unit.SECONDS,
        "Time from a request's entry until the first byte of its response was sent.",
        labels);
  }

  @Override
  Family requestSize(List<String> labels) {
    return Family.histogram(
        prefix + "http_request_size_bytes",
        Unit.BYTES,
        "Bytes of the request's body that were read.",
        labels);
  }

  @Override
  Family responseSize(List<String> labels) {
    return Family.histogram(
        prefix + "http_response_size_bytes",
        Unit.BYTES,
        "Bytes of the response's body that were written.",
        labels);
  }
}
