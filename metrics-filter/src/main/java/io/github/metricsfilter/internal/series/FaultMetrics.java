package io.github.metricsfilter.internal.series;

import io.prometheus.metrics.model.snapshots.CounterSnapshot;
import io.prometheus.metrics.model.snapshots.CounterSnapshot.CounterDataPointSnapshot;
import io.prometheus.metrics.model.snapshots.Labels;
import io.prometheus.metrics.model.snapshots.MetricSnapshots;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ConcurrentSkipListMap;

/**
 * The filters' own troubles in one registry, whichever names their metrics have: they are the same
 * two families for all, told apart by constant labels only.
 */
final class FaultMetrics implements OwnCollector {

  /** The label that tells whose failure it was; no constant label can have its name. */
  static final String CAUSE = "cause";

  private static final Family OVERFLOW =
      Family.counter(
          "metrics_filter_overflow_total",
          "Requests recorded under _OTHER because a bound on label values was reached.",
          List.of());
  private static final Family FAILURES =
      Family.counter(
          "metrics_filter_failures_total",
          "Failures of a filter or of a callback, which the request did not notice.",
          List.of(CAUSE));

  /** The counters of the filters with certain constant labels. */
  static final class Faults {
    final Count overflowed;
    private final Map<FailureCause, Count> failed = new EnumMap<>(FailureCause.class);

    /** With each cause at zero: what isn't there cannot be alerted on when it first rises. */
    Faults(Labels constLabels) {
      overflowed = new Count(constLabels);
      for (FailureCause cause : FailureCause.values()) {
        failed.put(cause, new Count(constLabels.merge(Labels.of(CAUSE, cause.toString()))));
      }
    }

    void failed(FailureCause cause) {
      Objects.requireNonNull(failed.get(cause)).increment();
    }
  }

  private final Map<Labels, Faults> byConstLabels = new ConcurrentSkipListMap<>();

  /** Those of the filters with these constant labels. They stay as long as any filter does. */
  Faults of(Labels constLabels) {
    return byConstLabels.computeIfAbsent(constLabels, Faults::new);
  }

  @Override
  public MetricSnapshots collect() {
    List<CounterDataPointSnapshot> overflow = new ArrayList<>();
    List<CounterDataPointSnapshot> failures = new ArrayList<>();
    for (Faults faults : byConstLabels.values()) {
      overflow.add(faults.overflowed.collect());
      for (Count failed : faults.failed.values()) {
        failures.add(failed.collect());
      }
    }
    return new MetricSnapshots(
        new CounterSnapshot(OVERFLOW.metadata(), overflow),
        new CounterSnapshot(FAILURES.metadata(), failures));
  }

  @Override
  public List<Family> families() {
    return List.of(OVERFLOW, FAILURES);
  }
}
