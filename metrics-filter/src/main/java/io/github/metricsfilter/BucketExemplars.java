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
 * writes nothing here that others read, and allocates nothing.
 *
 * <p>client_java's own exemplars would show the trace of the thread that finishes a request, where
 * the request itself has none.
 */
final class BucketExemplars {

  private static final long KEPT_NANOS = TimeUnit.SECONDS.toNanos(1);

  /** A request that is shown; its exemplar is made by the scrape. */
  private static final class Shown {
    final Trace trace;
    final long nanos;
    final long endMillis = System.currentTimeMillis();

    Shown(Trace trace, long nanos) {
      this.trace = trace;
      this.nanos = nanos;
    }

    long endNanos() {
      return trace.startNanos + nanos;
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
    if (present == null || trace.startNanos + nanos - present.endNanos() >= KEPT_NANOS) {
      shown.set(bucket, new Shown(trace, nanos));
    }
  }

  Exemplars snapshot() {
    Exemplars.Builder read = Exemplars.builder();
    for (int i = 0; i < shown.length(); i++) {
      Shown present = shown.get(i);
      if (present != null) {
        Trace trace = present.trace;
        read.exemplar(
            new Exemplar(
                present.nanos / bounds.scale(),
                Labels.of(Exemplar.TRACE_ID, trace.traceId, Exemplar.SPAN_ID, trace.spanId),
                present.endMillis));
      }
    }
    return read.build();
  }
}
