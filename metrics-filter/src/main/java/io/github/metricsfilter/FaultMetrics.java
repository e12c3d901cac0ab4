package io.github.metricsfilter;

import io.github.metricsfilter.internal.series.OwnCollector;
import io.prometheus.metrics.model.snapshots.CounterSnapshot;
import io.prometheus.metrics.model.snapshots.CounterSnapshot.CounterDataPointSnapshot;
import io.prometheus.metrics.model.snapshots.Labels;
import io.prometheus.metrics.model.snapshots.MetricFamilyDescriptor;
import io.prometheus.metrics.model.snapshots.MetricSnapshots;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.atomic.LongAdder;

/**
 * The filters' own troubles in one registry, whichever names their metrics have: they are the same
 * two counters for all, told apart by constant labels only.
 */
final class FaultMetrics implements OwnCollector {

  private static final MetricFamilyDescriptor OVERFLOW =
      MetricFamilyDescriptor.counter("metrics_filter_overflow_total")
          .help("Requests recorded under _OTHER because a bound on label values was reached.")
          .build();
  private static final MetricFamilyDescriptor FAILURES =
      MetricFamilyDescriptor.counter("metrics_filter_failures_total")
          .help("Failures of a filter or of a callback, which the request did not notice.")
          .build();

  /** The two counters of the filters with certain constant labels. */
  static final class Faults {
    final LongAdder overflowed = new LongAdder();
    final LongAdder failed = new LongAdder();
    private final long createdMillis = System.currentTimeMillis();
  }

  private final Map<Labels, Faults> byConstLabels = new ConcurrentSkipListMap<>();

  /** Those of the filters with these constant labels. They stay as long as any filter does. */
  Faults of(Labels constLabels) {
    return byConstLabels.computeIfAbsent(constLabels, labels -> new Faults());
  }

  @Override
  public MetricSnapshots collect() {
    List<CounterDataPointSnapshot> overflow = new ArrayList<>();
    List<CounterDataPointSnapshot> failures = new ArrayList<>();
    byConstLabels.forEach(
        (labels, faults) -> {
          overflow.add(counter(faults.overflowed, labels, faults.createdMillis));
          failures.add(counter(faults.failed, labels, faults.createdMillis));
        });
    return new MetricSnapshots(
        new CounterSnapshot(OVERFLOW.getMetadata(), overflow),
        new CounterSnapshot(FAILURES.getMetadata(), failures));
  }

  private static CounterDataPointSnapshot counter(
      LongAdder value, Labels labels, long createdMillis) {
    return new CounterDataPointSnapshot(value.sum(), labels, null, createdMillis);
  }

  @Override
  public List<MetricFamilyDescriptor> getMetricFamilyDescriptors() {
    return List.of(OVERFLOW, FAILURES);
  }
}
