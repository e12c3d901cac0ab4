package io.github.metricsfilter.internal.scrape;

import io.prometheus.metrics.model.snapshots.MetricMetadata;
import java.util.List;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Which metric families are served, by name. A name or prefix means a family if it is, or starts,
 * the name of the family, and also if it is the name of one of its samples: {@code requests_total}
 * means the counter whose family client_java calls {@code requests}.
 */
public final class FamilyNames {

  private static final List<String> SAMPLES =
      List.of("_total", "_created", "_bucket", "_count", "_sum", "_gcount", "_gsum", "_info");

  private final List<String> equalTo;
  private final List<String> notEqualTo;
  private final List<String> startWith;
  private final List<String> notStartWith;
  private final @Nullable Predicate<String> asked;

  /** An empty list means that all names pass it. */
  public FamilyNames(
      List<String> equalTo,
      List<String> notEqualTo,
      List<String> startWith,
      List<String> notStartWith) {
    this(equalTo, notEqualTo, startWith, notStartWith, null);
  }

  private FamilyNames(
      List<String> equalTo,
      List<String> notEqualTo,
      List<String> startWith,
      List<String> notStartWith,
      @Nullable Predicate<String> asked) {
    this.equalTo = equalTo;
    this.notEqualTo = notEqualTo;
    this.startWith = startWith;
    this.notStartWith = notStartWith;
    this.asked = asked;
  }

  /** Those of these that a scrape asks for; null for all of these. */
  FamilyNames and(@Nullable Predicate<String> asked) {
    return new FamilyNames(equalTo, notEqualTo, startWith, notStartWith, asked);
  }

  boolean areAll() {
    return equalTo.isEmpty()
        && notEqualTo.isEmpty()
        && startWith.isEmpty()
        && notStartWith.isEmpty()
        && asked == null;
  }

  /** Of a collector of one family, which is asked for by either of its names. */
  boolean include(MetricMetadata metadata) {
    return include(metadata, ClientJavaApi.atHand().exposedName(metadata));
  }

  /** Of a collector of several, whose families client_java knows by the first name alone. */
  boolean includeOfSeveral(MetricMetadata metadata) {
    return include(metadata, metadata.getPrometheusName());
  }

  private boolean include(MetricMetadata metadata, String alsoAskedFor) {
    if (areAll()) {
      return true;
    }
    String name = metadata.getPrometheusName();
    return (asked == null || asked.test(name) || asked.test(alsoAskedFor))
        && allow(List.of(name, ClientJavaApi.atHand().exposedName(metadata)));
  }

  /** Whether a family may be included that has this name, and maybe another. */
  boolean mayInclude(String name) {
    return (asked == null || asked.test(name))
        && !isNamed(name, notEqualTo)
        && !starts(name, notStartWith);
  }

  /** Either name can be what is to be shown, or what is not. */
  private boolean allow(List<String> family) {
    return (equalTo.isEmpty() || family.stream().anyMatch(name -> isNamed(name, equalTo)))
        && (startWith.isEmpty() || family.stream().anyMatch(name -> starts(name, startWith)))
        && family.stream()
            .noneMatch(name -> isNamed(name, notEqualTo) || starts(name, notStartWith));
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
