package io.github.metricsfilter;

import java.util.Arrays;
import java.util.concurrent.atomic.AtomicReferenceArray;
import org.jspecify.annotations.Nullable;

/**
 * One value of the path label, and the series under it.
 *
 * <p>A client chooses the method, so that is an index; the application chooses the status, and a
 * route answers a method with a few, so they stand in an array that is scanned and, when a new one
 * comes, copied. To find a series again costs one volatile read and allocates nothing.
 */
final class PathLabel {

  private static final Series[] NONE = {};

  final String value;
  private final AtomicReferenceArray<Series[]> byMethod;

  PathLabel(String value, int methods) {
    this.value = value;
    Series[][] empty = new Series[methods][];
    Arrays.fill(empty, NONE);
    byMethod = new AtomicReferenceArray<>(empty);
  }

  @Nullable Series find(int method, int status) {
    for (Series series : byMethod.get(method)) {
      if (series.status == status) {
        return series;
      }
    }
    return null;
  }

  /** Adds a series that {@link #find} doesn't find. Callers take turns. */
  void add(Series series) {
    Series[] old = byMethod.get(series.method);
    Series[] grown = Arrays.copyOf(old, old.length + 1);
    grown[old.length] = series;
    byMethod.set(series.method, grown);
  }
}
