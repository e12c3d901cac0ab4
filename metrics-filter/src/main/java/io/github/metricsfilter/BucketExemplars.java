package io.github.metricsfilter;

import io.prometheus.metrics.model.snapshots.Exemplar;
import io.prometheus.metrics.model.snapshots.Exemplars;
import io.prometheus.metrics.model.snapshots.Labels;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReferenceArray;
import org.jspecify.annotations.Nullable;

/**
 * An exemplar for each bucket of a histogram of durations: one of the last second in which there
 * was any. Prometheus asks less often than that, and a request that leaves the present one in place
 * writes nothing that others read, and allocates nothing.
 *
 * <p>client_java's own exemplars would show the trace of the thread that finishes a request, where
 * the request itself has none.
 */
final class BucketExemplars {

  private static final long KEPT_NANOS = TimeUnit.SECONDS.toNanos(1);

  /** What is shown of a request that ended then. */
  private static final class Shown {
    final Trace trace;
    final long endNanos;
    final Exemplar exemplar;

    Shown(Trace trace, long endNanos, double value) {
      this.trace = trace;
      this.endNanos = endNanos;
      Labels labels = Labels.of(Exemplar.TRACE_ID, trace.traceId, Exemplar.SPAN_ID, trace.spanId);
      this.exemplar = new Exemplar(value, labels, System.currentTimeMillis());
    }
  }

  private final Buckets bounds;
  private final AtomicReferenceArray<@Nullable Shown> shown;

  BucketExemplars(Buckets bounds) {
    this.bounds = bounds;
    this.shown = new AtomicReferenceArray<>(bounds.size());
  }

  /** A request with this trace has taken so long. */
  void put(long nanos, Trace trace) {
    int bucket = bounds.indexOf(nanos);
    Shown present = shown.get(bucket);
    long endNanos = trace.startNanos + nanos;
    if (present == null || endNanos - present.endNanos >= KEPT_NANOS) {
      shown.set(bucket, new Shown(trace, endNanos, nanos / bounds.scale()));
    }
  }

  /** The request with this trace is taken back. */
  void remove(long nanos, Trace trace) {
    int bucket = bounds.indexOf(nanos);
    Shown present = shown.get(bucket);
    if (present != null && present.trace == trace) {
      shown.compareAndSet(bucket, present, null);
    }
  }

  Exemplars snapshot() {
    Exemplars.Builder read = Exemplars.builder();
    for (int i = 0; i < shown.length(); i++) {
      Shown present = shown.get(i);
      if (present != null) {
        read.exemplar(present.exemplar);
      }
    }
    return read.build();
  }
}
