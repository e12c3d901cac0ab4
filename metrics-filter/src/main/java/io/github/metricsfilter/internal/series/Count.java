package io.github.metricsfilter.internal.series;

import io.prometheus.metrics.model.snapshots.CounterSnapshot.CounterDataPointSnapshot;
import io.prometheus.metrics.model.snapshots.Labels;
import java.util.concurrent.atomic.LongAdder;

/** A count of the library's own, with its labels, which no scrape makes and checks again. */
public final class Count {

  private final Labels labels;
  private final long createdMillis = System.currentTimeMillis();
  private final LongAdder value = new LongAdder();

  /** From zero, now. */
  public Count(Labels labels) {
    this.labels = labels;
  }

  /** Adds one. */
  public void increment() {
    value.increment();
  }

  /** What it is now. */
  public CounterDataPointSnapshot collect() {
    return new CounterDataPointSnapshot(value.sum(), labels, null, createdMillis);
  }
}
