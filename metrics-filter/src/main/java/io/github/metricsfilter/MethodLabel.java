package io.github.metricsfilter;

import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
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

  private final Map<String, Integer> indexes = new HashMap<>();
  private final String[] values;

  MethodLabel(Collection<String> extra) {
    STANDARD.forEach(this::add);
    extra.forEach(this::add);
    values = new String[indexes.size() + 1];
    values[0] = OTHER;
    indexes.forEach((method, index) -> values[index] = method);
  }

  private void add(String method) {
    indexes.putIfAbsent(method, indexes.size() + 1);
  }

  /** The index of this method's value; 0, that of {@code _OTHER}, if it isn't a known one. */
  int indexOf(@Nullable String method) {
    Integer index = indexes.get(method);
    return index == null ? 0 : index;
  }

  String value(int index) {
    return values[index];
  }

  /** How many values there are, {@code _OTHER} included. */
  int size() {
    return values.length;
  }
}
