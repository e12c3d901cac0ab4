package io.github.metricsfilter;

import io.prometheus.metrics.model.snapshots.Exemplar;
import io.prometheus.metrics.model.snapshots.Exemplars;
import io.prometheus.metrics.model.snapshots.Labels;
import java.util.concurrent.atomic.AtomicReferenceArray;
import org.jspecify.annotations.Nullable;

/**
 * The last exemplar of each bucket of a histogram.
 *
 * <p>client_java's own exemplars would show the trace of the thread that finishes a request, where
 * the request itself has none.
 */
final class BucketExemplars {

  private final Buckets bounds;
  private final AtomicReferenceArray<@Nullable Exemplar> last;

  BucketExemplars(Buckets bounds) {
    this.bounds = bounds;
    this.last = new AtomicReferenceArray<>(bounds.size());
  }

  /** A request with this trace was observed with this value. */
  void put(long value, Labels trace) {
    last.set(
        bounds.indexOf(value),
        new Exemplar(value / bounds.scale(), trace, System.currentTimeMillis()));
  }

  /** The request with this trace is taken back. */
  void remove(long value, Labels trace) {
    int bucket = bounds.indexOf(value);
    Exemplar exemplar = last.get(bucket);
    if (exemplar != null && exemplar.getLabels().equals(trace)) {
      last.compareAndSet(bucket, exemplar, null);
    }
  }

  Exemplars snapshot() {
    Exemplars.Builder read = Exemplars.builder();
    for (int i = 0; i < last.length(); i++) {
      Exemplar exemplar = last.get(i);
      if (exemplar != null) {
        read.exemplar(exemplar);
      }
    }
    return read.build();
  }
}
