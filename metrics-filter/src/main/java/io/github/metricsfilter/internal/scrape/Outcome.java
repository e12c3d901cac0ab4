package io.github.metricsfilter.internal.scrape;

import io.github.metricsfilter.internal.scrape.RegistrySources.Source;
import io.prometheus.metrics.model.registry.PrometheusScrapeRequest;
import io.prometheus.metrics.model.snapshots.MetricSnapshot;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What became of collecting a source: all its families, or a failure. */
final class Outcome {

  final List<MetricSnapshot> families;

  /** What the log calls the source; empty without a failure. */
  final String description;

  final @Nullable Throwable failure;

  private Outcome(List<MetricSnapshot> families, String description, @Nullable Throwable failure) {
    this.families = families;
    this.description = description;
    this.failure = failure;
  }

  /** Collects a source, on this thread, however long it takes. */
  static Outcome of(Source source, FamilyNames names, PrometheusScrapeRequest request) {
    try {
      return new Outcome(List.copyOf(source.collect(names, request)), "", null);
    } catch (Throwable t) { // an Error of one collector doesn't concern the others either
      return new Outcome(List.of(), description(source), t);
    }
  }

  private static String description(Source source) {
    try {
      return source.description();
    } catch (Throwable t) {
      return source.origin.getClass().getName();
    }
  }
}
