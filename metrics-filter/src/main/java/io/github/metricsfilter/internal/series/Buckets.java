package io.github.metricsfilter.internal.series;

import java.util.Arrays;

/** The upper bounds of a histogram, as they are shown and as values are compared with them. */
final class Buckets {

  /** Nanoseconds are recorded, seconds are shown. */
  static final double NANOS_PER_SECOND = 1e9;

  private final double scale;
  private final double[] upperBounds;
  private final long[] comparable;

  /**
   * @param scale how many units of a recorded value are one of the bounds' units
   * @param bounds finite and increasing; +Inf is added
   */
  Buckets(double scale, double... bounds) {
    this.scale = scale;
    upperBounds = Arrays.copyOf(bounds, bounds.length + 1);
    upperBounds[bounds.length] = Double.POSITIVE_INFINITY;
    comparable = Arrays.stream(bounds).mapToLong(bound -> Math.round(bound * scale)).toArray();
  }

  double scale() {
    return scale;
  }

  /** The bounds as they are shown, +Inf included. Not to be changed. */
  double[] upperBounds() {
    return upperBounds;
  }

  int size() {
    return upperBounds.length;
  }

  /**
   * The first bucket that holds this value. Most requests end within the first bounds, so that a
   * scan is as fast as a search.
   */
  int indexOf(long value) {
    int i = 0;
    while (i < comparable.length && value > comparable[i]) {
      i++;
    }
    return i;
  }
}
