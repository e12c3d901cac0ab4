package io.github.metricsfilter.internal.series;

import io.prometheus.metrics.model.snapshots.MetricFamilyDescriptor;
import io.prometheus.metrics.model.snapshots.Unit;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The preset {@code otel}: OpenTelemetry's semantic conventions as Prometheus names them. */
final class OtelSchema extends Schema {

  OtelSchema() {
    super("http_response_status_code", "http_route", "http_request_method");
  }

  @Override
  public List<ExtraLabel> ownLabels() {
    return ExtraLabel.OTEL;
  }

  @Override
  public double[] defaultBuckets() {
    return FOURTEEN_BUCKETS.clone();
  }

  @Override
  @Nullable MetricFamilyDescriptor requests(List<String> labels) {
    return null;
  }

  @Override
  MetricFamilyDescriptor active(List<String> constant) {
    return MetricFamilyDescriptor.gauge("http_server_active_requests")
        .help("Number of active HTTP server requests.")
        .labelNames(methodLabel, ExtraLabel.SCHEME)
        .labelNames(constant)
        .build();
  }

  @Override
  boolean activeByMethod() {
    return true;
  }

  @Override
  MetricFamilyDescriptor duration(List<String> labels) {
    return histogram(
        "http_server_request_duration_seconds",
        Unit.SECONDS,
        "Duration of HTTP server requests.",
        labels);
  }

  @Override
  MetricFamilyDescriptor requestSize(List<String> labels) {
    return histogram(
        "http_server_request_body_size_bytes",
        Unit.BYTES,
        "Size of HTTP server request bodies.",
        labels);
  }

  @Override
  MetricFamilyDescriptor responseSize(List<String> labels) {
    return histogram(
        "http_server_response_body_size_bytes",
        Unit.BYTES,
        "Size of HTTP server response bodies.",
        labels);
  }
}
