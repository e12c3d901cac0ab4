package io.github.metricsfilter;

/** The sampled span that surrounded the filter when a request entered. */
final class Trace {

  final String traceId;
  final String spanId;

  /** When the request entered, by {@link System#nanoTime}. */
  final long startNanos;

  Trace(String traceId, String spanId, long startNanos) {
    this.traceId = traceId;
    this.spanId = spanId;
    this.startNanos = startNanos;
  }
}
