package io.github.metricsfilter.internal.series;

import io.prometheus.metrics.model.snapshots.Unit;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The preset {@code micrometer}: Spring's observation {@code http.server.requests} as Micrometer
 * names it for Prometheus. What Micrometer shows as one summary of the requests in flight are two
 * gauges here, whose samples have the same names.
 */
final class MicrometerSchema extends Schema {

  MicrometerSchema() {
    super("status", "uri", "method");
  }

  @Override
  public List<ExtraLabel> ownLabels() {
    return ExtraLabel.MICROMETER;
  }

  @Override
  @Nullable Family requests(List<String> labels) {
    return null;
  }

  @Override
  Family active(List<String> constant) {
    return Family.gauge(
        "http_server_requests_active_seconds_count",
        "HTTP requests that have entered and are not yet finished.",
        constant);
  }

  @Override
  Family activeDuration(List<String> constant) {
    return Family.gauge(
        "http_server_requests_active_seconds_sum",
        "Summed age of the HTTP requests that have entered and are not yet finished.",
        constant);
  }

  @Override
  Family duration(List<String> labels) {
    return Family.histogram(
        "http_server_requests_seconds",
        Unit.SECONDS,
        "Time from a request's entry until it was finished.",
        labels);
  }

  /** Micrometer has none, nor sizes; the names are made as its own are. */
  @Override
  Family firstByte(List<String> labels) {
    return Family.histogram(
        "http_server_requests_first_byte_seconds",
        Unit.SECONDS,
        "Time from a request's entry until the first byte of its response was sent.",
        labels);
  }

  @Override
  Family requestSize(List<String> labels) {
    return Family.histogram(
        "http_server_requests_request_size_bytes",
        Unit.BYTES,
        "Bytes of the request's body that were read.",
        labels);
  }

  @Override
  Family responseSize(List<String> labels) {
    return Family.histogram(
        "http_server_requests_response_size_bytes",
        Unit.BYTES,
        "Bytes of the response's body that were written.",
        labels);
  }
}
