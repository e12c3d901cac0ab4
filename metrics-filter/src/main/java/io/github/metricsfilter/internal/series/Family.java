package io.github.metricsfilter.internal.series;

import io.prometheus.metrics.model.registry.MetricType;
import io.prometheus.metrics.model.snapshots.MetricFamilyDescriptor;
import io.prometheus.metrics.model.snapshots.MetricMetadata;
import io.prometheus.metrics.model.snapshots.Unit;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Objects;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * A metric family of this library's own: what it is called, and what a registry is told of it.
 *
 * <p>client_java has had a type for that since 1.7, but Spring Boot 3.5 and 4.0 manage earlier
 * versions. So only {@link Descriptors} names that type, and nothing loads it there.
 */
public final class Family {

  private static final boolean DESCRIBED = isThere("MetricFamilyDescriptor");

  private enum Type {
    COUNTER,
    GAUGE,
    HISTOGRAM
  }

  private final Type type;
  private final String name;
  private final String help;
  private final @Nullable Unit unit;
  private final List<String> labels;
  private final MetricMetadata metadata;

  private Family(Type type, String name, String help, @Nullable Unit unit, List<String> labels) {
    this.type = type;
    this.name = name;
    this.help = help;
    this.unit = unit;
    this.labels = labels;
    metadata =
        DESCRIBED
            ? Descriptors.of(this).getMetadata()
            : new MetricMetadata(type == Type.COUNTER ? withoutTotal(name) : name, help, unit);
  }

  private static boolean isThere(String type) {
    try {
      Class.forName(
          MetricMetadata.class.getPackageName() + "." + type,
          false,
          MetricMetadata.class.getClassLoader());
      return true;
    } catch (ClassNotFoundException e) {
      return false;
    }
  }

  /** Whether this client_java has descriptors of metric families, which is so since 1.7. */
  public static boolean areDescribed() {
    return DESCRIBED;
  }

  /**
   * A counter.
   *
   * @param name of its samples, with {@code _total}
   */
  public static Family counter(String name, String help, List<String> labels) {
    return new Family(Type.COUNTER, name, help, null, labels);
  }

  /** A gauge. */
  public static Family gauge(String name, String help, List<String> labels) {
    return new Family(Type.GAUGE, name, help, null, labels);
  }

  /** A histogram, whose name ends with its unit if it has one. */
  public static Family histogram(
      String name, @Nullable Unit unit, String help, List<String> labels) {
    return new Family(Type.HISTOGRAM, name, help, unit, labels);
  }

  private static String withoutTotal(String name) {
    return name.endsWith("_total") ? name.substring(0, name.length() - "_total".length()) : name;
  }

  /** What its snapshots begin with. */
  public MetricMetadata metadata() {
    return metadata;
  }

  /** Its name as registries know it, which for counters is without {@code _total}. */
  String name() {
    return metadata.getPrometheusName();
  }

  static List<Family> those(@Nullable Family... families) {
    return Stream.of(families).filter(Objects::nonNull).collect(Collectors.toUnmodifiableList());
  }

  static List<String> names(Collection<Family> families) {
    return families.stream().map(Family::name).collect(Collectors.toUnmodifiableList());
  }

  static List<MetricFamilyDescriptor> descriptors(Collection<Family> families) {
    return Descriptors.of(families);
  }

  /** What client_java has since 1.7 only. */
  private static final class Descriptors {

    static MetricFamilyDescriptor of(Family family) {
      MetricFamilyDescriptor.Builder<?> builder =
          MetricFamilyDescriptor.of(MetricType.valueOf(family.type.name()), family.name);
      builder.help(family.help);
      builder.labelNames(family.labels);
      if (family.unit != null) {
        builder.unit(family.unit);
      }
      return builder.build();
    }

    static List<MetricFamilyDescriptor> of(Collection<Family> families) {
      List<MetricFamilyDescriptor> descriptors = new ArrayList<>();
      families.forEach(family -> descriptors.add(of(family)));
      return descriptors;
    }
  }
}
