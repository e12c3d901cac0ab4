package io.github.metricsfilter.internal.series;

import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * One value of the path label, and the series under it.
 *
 * <p>A client chooses the method, so that is an index; the application chooses the status, and a
 * route answers a method with a few, so they stand in an array that is scanned and, when a new one
 * comes, copied. To find a series again costs one volatile read and allocates nothing.
 */
public final class PathLabel {

  private static final Series[] NONE = {};

  final String value;

  /** The array is copied with the one in it, so that both are found behind one volatile read. */
  private volatile Series[][] byMethod;

  /** Series with extra labels, by their values behind method and status. */
  private final Map<List<Object>, Series> withExtraLabels = new ConcurrentHashMap<>();

  PathLabel(String value, int methods) {
    this.value = value;
    Series[][] empty = new Series[methods][];
    Arrays.fill(empty, NONE);
    byMethod = empty;
  }

  /** The series of this method and status, if there is one already. */
  @Nullable Series find(int method, int status) {
    for (Series series : byMethod[method]) {
      if (series.status == status) {
        return series;
      }
    }
    return null;
  }

  /** The series of this method, status and extra labels, if there is one already. */
  @Nullable Series find(int method, int status, List<String> extra) {
    return extra.isEmpty()
        ? find(method, status)
        : withExtraLabels.get(List.of(method, status, extra));
  }

  /** Adds a series that is not to be found yet. Callers take turns. */
  void add(int method, List<String> extra, Series series) {
    if (!extra.isEmpty()) {
      withExtraLabels.put(List.of(method, series.status, extra), series);
      return;
    }
    Series[][] grown = byMethod.clone();
    Series[] old = grown[method];
    grown[method] = Arrays.copyOf(old, old.length + 1);
    grown[method][old.length] = series;
    byMethod = grown;
  }

  @Override
  public String toString() {
    return value;
  }
}
