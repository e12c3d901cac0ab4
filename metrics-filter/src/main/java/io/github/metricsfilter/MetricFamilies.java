package io.github.metricsfilter;

import io.github.metricsfilter.PrometheusRequestFilter.Preset;
import io.prometheus.metrics.model.snapshots.Label;
import io.prometheus.metrics.model.snapshots.Labels;
import io.prometheus.metrics.model.snapshots.MetricFamilyDescriptor;
import io.prometheus.metrics.model.snapshots.Unit;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** What the metrics of a preset are called: their names, their labels, and the help on them. */
final class MetricFamilies {

  /** Requests by status; null in the preset {@code otel}, where the histogram's count says it. */
  final @Nullable MetricFamilyDescriptor requests;

  /** Requests in flight; null in the preset {@code simpleclient}, as before. */
  final @Nullable MetricFamilyDescriptor active;

  final MetricFamilyDescriptor duration;

  /** Null unless asked for. */
  final @Nullable MetricFamilyDescriptor requestSize;

  /** Null unless asked for. */
  final @Nullable MetricFamilyDescriptor responseSize;

  private final Preset preset;
  private final String statusLabel;
  private final String pathLabel;
  private final String methodLabel;
  private final List<ExtraLabel> extraLabels;
  private final Labels constLabels;

  MetricFamilies(Settings settings) {
    preset = settings.preset;
    List<String> own = labelNames(preset);
    statusLabel = own.get(0);
    pathLabel = own.get(1);
    methodLabel = own.get(2);
    extraLabels = settings.extraLabels;
    constLabels = settings.constLabels;

    List<String> constant =
        constLabels.stream().map(Label::getName).collect(Collectors.toUnmodifiableList());
    List<String> labels = new ArrayList<>(own);
    extraLabels.forEach(label -> labels.add(label.name));
    labels.addAll(constant);

    switch (preset) {
      case SIMPLECLIENT:
        String name = settings.metricName;
        requests =
            MetricFamilyDescriptor.counter(name + "_status_total")
                .help("HTTP status codes of " + settings.help)
                .labelNames(labels)
                .build();
        active = null;
        duration =
            MetricFamilyDescriptor.histogram(name)
                .help(settings.help)
                .labelNames(labels.subList(1, labels.size()))
                .build();
        requestSize = null;
        responseSize = null;
        break;
      case OTEL:
        requests = null;
        active =
            MetricFamilyDescriptor.gauge("http_server_active_requests")
                .help("Number of active HTTP server requests.")
                .labelNames(methodLabel, "url_scheme")
                .labelNames(constant)
                .build();
        duration =
            histogram(
                "http_server_request_duration_seconds",
                Unit.SECONDS,
                "Duration of HTTP server requests.",
                labels);
        requestSize =
            settings.requestSize
                ? histogram(
                    "http_server_request_body_size_bytes",
                    Unit.BYTES,
                    "Size of HTTP server request bodies.",
                    labels)
                : null;
        responseSize =
            settings.responseSize
                ? histogram(
                    "http_server_response_body_size_bytes",
                    Unit.BYTES,
                    "Size of HTTP server response bodies.",
                    labels)
                : null;
        break;
      default:
        String prefix = settings.metricPrefix;
        requests =
            MetricFamilyDescriptor.counter(prefix + "http_requests_total")
                .help("HTTP requests finished.")
                .labelNames(labels)
                .build();
        active =
            MetricFamilyDescriptor.gauge(prefix + "http_active_requests")
                .help("HTTP requests that have entered and are not yet finished.")
                .labelNames(constant)
                .build();
        duration =
            histogram(
                prefix + "http_request_duration_seconds",
                Unit.SECONDS,
                "Time from a request's entry until it was finished.",
                labels);
        requestSize =
            settings.requestSize
                ? histogram(
                    prefix + "http_request_size_bytes",
                    Unit.BYTES,
                    "Bytes of the request's body that were read.",
                    labels)
                : null;
        responseSize =
            settings.responseSize
                ? histogram(
                    prefix + "http_response_size_bytes",
                    Unit.BYTES,
                    "Bytes of the response's body that were written.",
                    labels)
                : null;
    }
  }

  private static MetricFamilyDescriptor histogram(
      String name, Unit unit, String help, List<String> labels) {
    return MetricFamilyDescriptor.histogram(name).unit(unit).help(help).labelNames(labels).build();
  }

  /** The names of the labels for status, path and method, in this order. */
  static List<String> labelNames(Preset preset) {
    return preset == Preset.OTEL
        ? List.of("http_response_status_code", "http_route", "http_request_method")
        : List.of("status", "path", "method");
  }

  /** The name of the label for the path. */
  String pathLabel() {
    return pathLabel;
  }

  List<MetricFamilyDescriptor> all() {
    return Stream.of(requests, active, duration, requestSize, responseSize)
        .filter(Objects::nonNull)
        .collect(Collectors.toUnmodifiableList());
  }

  Set<String> names() {
    return all().stream()
        .map(MetricFamilyDescriptor::getPrometheusName)
        .collect(Collectors.toUnmodifiableSet());
  }

  /** Whether the histogram tells statuses apart, as the counter always does. */
  boolean durationByStatus() {
    return preset != Preset.SIMPLECLIENT;
  }

  /** Whether requests in flight are told apart by method and scheme. */
  boolean activeByMethod() {
    return preset == Preset.OTEL;
  }

  /** The labels of a series, constant ones included; an extra label without a value is left out. */
  Labels labels(String status, String path, String method, List<String> extra) {
    List<String> names = new ArrayList<>(List.of(statusLabel, pathLabel, methodLabel));
    List<String> values = new ArrayList<>(List.of(status, path, method));
    for (int i = 0; i < extra.size(); i++) {
      if (!extra.get(i).isEmpty()) {
        names.add(extraLabels.get(i).name);
        values.add(extra.get(i));
      }
    }
    return constLabels.merge(Labels.of(names, values));
  }

  /** The same without the status. */
  Labels withoutStatus(Labels labels) {
    List<String> names = new ArrayList<>();
    List<String> values = new ArrayList<>();
    for (Label label : labels) {
      if (!label.getName().equals(statusLabel)) {
        names.add(label.getName());
        values.add(label.getValue());
      }
    }
    return Labels.of(names, values);
  }

  /** The labels of the requests in flight of one method and scheme. */
  Labels activeLabels(String method, String scheme) {
    return activeByMethod()
        ? constLabels.merge(Labels.of(methodLabel, method, "url_scheme", scheme))
        : constLabels;
  }
}
