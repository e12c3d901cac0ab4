package io.github.metricsfilter.internal.series;

/** The sampled span that surrounded the filter when a request entered. */
public final class Trace {

  final String traceId;
  final String spanId;

  /** When the request entered, by {@link System#nanoTime}. */
  final long startNanos;

  /**
   * Takes all of it.
   *
   * @param startNanos when the request entered, by {@link System#nanoTime}
   */
  public Trace(String traceId, String spanId, long startNanos) {
    this.traceId = traceId;
    this.spanId = spanId;
    this.startNanos = startNanos;
  }
}
