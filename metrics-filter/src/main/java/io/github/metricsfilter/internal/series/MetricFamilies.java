package io.github.metricsfilter.internal.series;

import io.prometheus.metrics.model.snapshots.Label;
import io.prometheus.metrics.model.snapshots.Labels;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** What the metrics of a preset are called: their names, their labels, and the help on them. */
final class MetricFamilies {

  /** Requests by status; null where the histogram's count says it. */
  final @Nullable Family requests;

  /** Requests in flight; null in the preset {@code simpleclient}, as before. */
  final @Nullable Family active;

  /** Null unless asked for. */
  final @Nullable Family activeDuration;

  final Family duration;

  /** Null unless asked for. */
  final @Nullable Family firstByte;

  /** Null unless asked for. */
  final @Nullable Family requestSize;

  /** Null unless asked for. */
  final @Nullable Family responseSize;

  private final Schema schema;
  private final List<ExtraLabel> extraLabels;
  private final Labels constLabels;

  MetricFamilies(SeriesSettings settings) {
    schema = settings.schema;
    extraLabels = settings.extraLabels;
    constLabels = settings.constLabels;

    List<String> constant =
        constLabels.stream().map(Label::getName).collect(Collectors.toUnmodifiableList());
    List<String> labels = new ArrayList<>(schema.labelNames());
    extraLabels.forEach(label -> labels.add(label.name()));
    labels.addAll(constant);

    requests = schema.requests(labels);
    active = schema.active(constant);
    activeDuration = settings.activeDuration ? schema.activeDuration(constant) : null;
    duration = schema.duration(labels);
    firstByte = settings.firstByte ? schema.firstByte(labels) : null;
    requestSize = settings.requestSize ? schema.requestSize(labels) : null;
    responseSize = settings.responseSize ? schema.responseSize(labels) : null;
  }

  /** The name of the label for the path. */
  String pathLabel() {
    return schema.pathLabel;
  }

  List<Family> all() {
    return Family.those(
        requests, active, activeDuration, duration, firstByte, requestSize, responseSize);
  }

  Set<String> names() {
    return Set.copyOf(Family.names(all()));
  }

  /** See {@link Schema#durationByStatus}. */
  boolean durationByStatus() {
    return schema.durationByStatus();
  }

  /** See {@link Schema#activeByMethod}. */
  boolean activeByMethod() {
    return schema.activeByMethod();
  }

  /** The labels of a series, constant ones included; an extra label without a value is left out. */
  Labels labels(String status, String path, String method, List<String> extra) {
    List<String> names = new ArrayList<>(schema.labelNames());
    List<String> values = new ArrayList<>(List.of(status, path, method));
    for (int i = 0; i < extra.size(); i++) {
      if (!extra.get(i).isEmpty()) {
        names.add(extraLabels.get(i).name());
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
      if (!label.getName().equals(schema.statusLabel)) {
        names.add(label.getName());
        values.add(label.getValue());
      }
    }
    return Labels.of(names, values);
  }

  /** The labels of the requests in flight of one method and scheme. */
  Labels activeLabels(String method, String scheme) {
    return activeByMethod()
        ? constLabels.merge(Labels.of(schema.methodLabel, method, ExtraLabel.SCHEME, scheme))
        : constLabels;
  }
}
