package io.github.metricsfilter;

import java.util.List;
import java.util.function.Predicate;

/**
 * Which metric families a servlet serves, by name. A name or prefix means a family if it is, or
 * starts, the name of the family, and also if it is the name of one of its samples: {@code
 * requests_total} means the counter whose family client_java calls {@code requests}.
 */
final class FamilyNames implements Predicate<String> {

  private static final List<String> SAMPLES =
      List.of("_total", "_created", "_bucket", "_count", "_sum", "_gcount", "_gsum", "_info");

  private final List<String> equalTo;
  private final List<String> notEqualTo;
  private final List<String> startWith;
  private final List<String> notStartWith;

  /** An empty list means that all names pass it. */
  FamilyNames(
      List<String> equalTo,
      List<String> notEqualTo,
      List<String> startWith,
      List<String> notStartWith) {
    this.equalTo = equalTo;
    this.notEqualTo = notEqualTo;
    this.startWith = startWith;
    this.notStartWith = notStartWith;
  }

  boolean areAll() {
    return equalTo.isEmpty()
        && notEqualTo.isEmpty()
        && startWith.isEmpty()
        && notStartWith.isEmpty();
  }

  @Override
  public boolean test(String family) {
    return (equalTo.isEmpty() || isNamed(family, equalTo))
        && !isNamed(family, notEqualTo)
        && (startWith.isEmpty() || starts(family, startWith))
        && !starts(family, notStartWith);
  }

  private static boolean isNamed(String family, List<String> names) {
    return names.stream().anyMatch(name -> name.equals(family) || isSample(family, name));
  }

  private static boolean starts(String family, List<String> prefixes) {
    return prefixes.stream()
        .anyMatch(prefix -> family.startsWith(prefix) || isSample(family, prefix));
  }

  private static boolean isSample(String family, String name) {
    return name.startsWith(family) && SAMPLES.contains(name.substring(family.length()));
  }
}
