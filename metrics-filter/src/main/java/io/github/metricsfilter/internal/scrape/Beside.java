package io.github.metricsfilter.internal.scrape;

import io.github.metricsfilter.internal.scrape.RegistrySources.Source;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import io.prometheus.metrics.model.snapshots.MetricSnapshot;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * What a servlet shows beside its registry: the JVM's metrics and the container's.
 *
 * <p>They are in registries of their own. In the application's they would be in the way of whatever
 * has the same names and doesn't tell them (Micrometer's collectors don't), here and in whatever
 * else serves that registry, whichever came first; and nobody would know when to remove them.
 */
final class Beside {

  private final List<RegistrySources> sources = new ArrayList<>();

  /** The names that the registry has itself, as far as is known. */
  private volatile Set<String> taken = Set.of();

  /** Before the first scrape. */
  void add(PrometheusRegistry registry) {
    sources.add(new RegistrySources(registry));
  }

  List<Source> sources() {
    List<Source> all = new ArrayList<>();
    sources.forEach(some -> all.addAll(some.all()));
    return all;
  }

  /**
   * Those of these families whose names the registry doesn't show.
   *
   * @param registered what the registry shows
   * @param complete whether that is all; if not, what it has shown before stays its own, so that no
   *     metric changes its labels only because a collector was late
   */
  List<MetricSnapshot> shown(
      List<MetricSnapshot> registered, List<MetricSnapshot> families, boolean complete) {
    if (sources.isEmpty()) {
      return List.of();
    }
    Set<String> shown = new HashSet<>();
    for (MetricSnapshot family : registered) {
      shown.add(family.getMetadata().getPrometheusName());
      shown.addAll(ShownFamilies.sampleNames(family));
    }
    Set<String> nowTaken = new HashSet<>(complete ? Set.of() : taken);
    List<MetricSnapshot> beside = new ArrayList<>();
    for (MetricSnapshot family : families) {
      String name = family.getMetadata().getPrometheusName();
      if (shown.contains(name)
          || ShownFamilies.sampleNames(family).stream().anyMatch(shown::contains)) {
        nowTaken.add(name);
      } else if (!nowTaken.contains(name)) {
        beside.add(family);
      }
    }
    taken = nowTaken;
    return beside;
  }
}
