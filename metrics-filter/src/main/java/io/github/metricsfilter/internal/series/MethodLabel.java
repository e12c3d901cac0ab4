package io.github.metricsfilter.internal.series;

import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The values of the method label: the methods of RFC 9110 and PATCH of RFC 5789, case-sensitive as
 * they are, those that the user adds, and {@code _OTHER} for all that a client may invent. A value
 * is known by its index, so that recording neither allocates nor trusts the request's string.
 */
final class MethodLabel {

  static final String OTHER = "_OTHER";

  private static final List<String> STANDARD =
      List.of("GET", "HEAD", "POST", "PUT", "DELETE", "CONNECT", "OPTIONS", "TRACE", "PATCH");

  private final String[] values;

  MethodLabel(Collection<String> extra) {
    Set<String> all = new LinkedHashSet<>();
    all.add(OTHER);
    all.addAll(STANDARD);
    all.addAll(extra);
    values = all.toArray(new String[0]);
  }

  /**
   * The index of this method's value; 0, that of {@code _OTHER}, if it isn't a known one. Nearly
   * all requests have one of the first, so that a scan is faster than a hash table.
   */
  int indexOf(@Nullable String method) {
    for (int i = 1; i < values.length; i++) {
      if (values[i].equals(method)) {
        return i;
      }
    }
    return 0;
  }

  String value(int index) {
    return values[index];
  }

  /** How many values there are, {@code _OTHER} included. */
  int size() {
    return values.length;
  }
}
