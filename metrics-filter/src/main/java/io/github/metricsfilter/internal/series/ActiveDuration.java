package io.github.metricsfilter.internal.series;

import java.util.concurrent.atomic.LongAdder;

/**
 * The summed age of the requests in flight: of one that hangs, its slope is 1, while its histogram
 * shows nothing until it ends.
 *
 * <p>Each request adds a number when it starts and subtracts the same when it ends. In that number
 * its start stands beside a large constant that counts it, so that the sum over those in flight has
 * both: how many they are, and when they have started. Were these two sums, a request that comes
 * between the readings of the one and the other would be taken for one as old as the filter.
 *
 * <p>Of up to half a million requests in flight, whose ages may sum up to a hundred years.
 */
final class ActiveDuration {

  /** The unit of time, near a millisecond: a shift costs less than a division. */
  private static final int NANOS_BITS = 20;

  private static final double SECONDS = (1L << NANOS_BITS) / 1e9;

  private static final long ONE_REQUEST = 1L << 43;

  private final long baseNanos;
  private final LongAdder inFlight = new LongAdder();

  /**
   * Of no request yet.
   *
   * @param nowNanos as {@link System#nanoTime} tells it; no request has started before
   */
  ActiveDuration(long nowNanos) {
    baseNanos = nowNanos;
  }

  /** A request has started. {@link #end} must follow, once, with the same time. */
  void start(long startNanos) {
    inFlight.add(ONE_REQUEST + units(startNanos));
  }

  void end(long startNanos) {
    inFlight.add(-ONE_REQUEST - units(startNanos));
  }

  /**
   * The ages of all requests in flight, in seconds; each by up to a unit too old, none too young.
   */
  double seconds(long nowNanos) {
    long sum = inFlight.sum();
    // With n requests in flight, the sum is n times this, less their ages, which are far less.
    long oneThatStartsNow = ONE_REQUEST + units(nowNanos);
    long requests = Math.floorDiv(sum + oneThatStartsNow / 2, oneThatStartsNow);
    double ages = (requests * oneThatStartsNow - sum) * SECONDS;
    double sinceUnit = requests * ((nowNanos - baseNanos) & (1L << NANOS_BITS) - 1) / 1e9;
    return Math.max(0, ages + sinceUnit); // below 0 by those that have started since "now"
  }

  private long units(long nanos) {
    return (nanos - baseNanos) >> NANOS_BITS;
  }
}
