package io.github.metricsfilter;

import java.util.Arrays;

/** The upper bounds of a duration histogram, as they are shown and as they are compared. */
final class Buckets {

  private final double[] seconds;
  private final long[] nanos;

  /**
   * @param bounds finite, increasing, in seconds; +Inf is added
   */
  Buckets(double... bounds) {
    seconds = Arrays.copyOf(bounds, bounds.length + 1);
    seconds[bounds.length] = Double.POSITIVE_INFINITY;
    nanos = Arrays.stream(bounds).mapToLong(bound -> Math.round(bound * 1e9)).toArray();
  }

  /** The bounds in seconds, +Inf included. Not to be changed. */
  double[] seconds() {
    return seconds;
  }

  int size() {
    return seconds.length;
  }

  /**
   * The first bucket that holds this duration. Most requests end within the first bounds, so a scan
   * is as good as a search.
   */
  int indexOf(long durationNanos) {
    int i = 0;
    while (i < nanos.length && durationNanos > nanos[i]) {
      i++;
    }
    return i;
  }
}
