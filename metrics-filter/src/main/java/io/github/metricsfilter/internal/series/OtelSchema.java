package io.github.metricsfilter.internal.series;

import io.prometheus.metrics.model.snapshots.Unit;
import java.util.ArrayList;
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
  @Nullable Family requests(List<String> labels) {
    return null;
  }

  @Override
  Family active(List<String> constant) {
    return Family.gauge(
        "http_server_active_requests",
        "Number of active HTTP server requests.",
        activeLabels(constant));
  }

  private List<String> activeLabels(List<String> constant) {
    List<String> labels = new ArrayList<>(List.of(methodLabel, ExtraLabel.SCHEME));
    labels.addAll(constant);
    return labels;
  }

  /** The conventions have none; the name is made as theirs are. */
  @Override
  Family activeDuration(List<String> constant) {
    return Family.gauge(
        "http_server_active_request_duration_seconds",
        "Summed duration so far of the active HTTP server requests.",
        activeLabels(constant));
  }

  @Override
  boolean activeByMethod() {
    return true;
  }

  @Override
  Family duration(List<String> labels) {
    return Family.histogram(
        "http_server_request_duration_seconds",
        Unit.SECONDS,
        "Duration of HTTP server requests.",
        labels);
  }

  /** As of {@link #activeDuration}. */
  @Override
  Family firstByte(List<String> labels) {
    return Family.histogram(
        "http_server_first_byte_duration_seconds",
        Unit.SECONDS,
        "Duration of HTTP server requests until the first byte of the response was sent.",
        labels);
  }

  @Override
  Family requestSize(List<String> labels) {
    return Family.histogram(
        "http_server_request_body_size_bytes",
        Unit.BYTES,
        "Size of HTTP server request bodies.",
        labels);
  }

  @Override
  Family responseSize(List<String> labels) {
    return Family.histogram(
        "http_server_response_body_size_bytes",
        Unit.BYTES,
        "Size of HTTP server response bodies.",
        labels);
  }
}
