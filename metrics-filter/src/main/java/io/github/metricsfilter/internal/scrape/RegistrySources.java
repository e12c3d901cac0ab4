package io.github.metricsfilter.internal.scrape;

import static java.lang.System.Logger.Level.WARNING;

import io.github.metricsfilter.internal.series.OwnCollector;
import io.prometheus.metrics.core.metrics.Counter;
import io.prometheus.metrics.core.metrics.Gauge;
import io.prometheus.metrics.core.metrics.Info;
import io.prometheus.metrics.core.metrics.StateSet;
import io.prometheus.metrics.model.registry.Collector;
import io.prometheus.metrics.model.registry.MultiCollector;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import io.prometheus.metrics.model.registry.PrometheusScrapeRequest;
import io.prometheus.metrics.model.snapshots.MetricMetadata;
import io.prometheus.metrics.model.snapshots.MetricSnapshot;
import io.prometheus.metrics.model.snapshots.MetricSnapshots;
import java.lang.reflect.Field;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * The collectors of a registry, one by one.
 *
 * <p>{@link PrometheusRegistry} collects all or nothing: a name filter spares only collectors that
 * tell their names, and those that wrap foreign code, lambdas and bridges from other libraries,
 * mostly don't. So this reads the two private collections that hold them, which are there since
 * client_java 1.0. Where it must not or they are gone, and in a subclass that may collect in its
 * own way, the whole registry is one source, which is what client_java's own exporter makes of it.
 */
final class RegistrySources {

  private static final System.Logger LOG = System.getLogger(RegistrySources.class.getName());

  /**
   * What shows numbers that are there. What has a callback may wait for it, and client_java's
   * histograms and summaries wait for the threads that observe.
   */
  private static final Set<Class<?>> PROMPT =
      Set.of(Counter.class, Gauge.class, Info.class, StateSet.class);

  /** What is collected, or fails, as one. */
  abstract static class Source {

    /** What is registered: the same object in every scrape. */
    final Object origin;

    Source(Object origin) {
      this.origin = origin;
    }

    /** Whether it is known to collect without calling, or waiting for, anything else. */
    boolean isPrompt() {
      return PROMPT.contains(origin.getClass())
          || (origin instanceof OwnCollector && ((OwnCollector) origin).isPrompt());
    }

    /**
     * Whether it may show a family that passes the names: unless it tells the names of its own.
     * Asks it, which the registry did when it was registered.
     */
    final boolean mayShow(FamilyNames names) {
      try {
        return names.areAll() || showsAny(names);
      } catch (Throwable t) { // of any kind; it will fail, or not, when it is collected
        return true;
      }
    }

    abstract boolean showsAny(FamilyNames names);

    /** Whether a family that it has collected passes the names. */
    boolean shows(MetricMetadata family, FamilyNames names) {
      return names.include(family);
    }

    /** Whether two requests can get different families. */
    abstract boolean dependsOnRequest();

    /**
     * The families that there are. Anything can be thrown.
     *
     * @param names a hint: others aren't needed
     */
    abstract List<MetricSnapshot> collect(FamilyNames names, PrometheusScrapeRequest request);

    /** What the log calls it. Asks the collector, so it can throw or block like it. */
    String description() {
      return origin.getClass().getName();
    }
  }

  private final PrometheusRegistry registry;
  private final @Nullable Collection<?> collectors;
  private final @Nullable Collection<?> multiCollectors;

  RegistrySources(PrometheusRegistry registry) {
    this.registry = registry;
    Collection<?> singles = null;
    Collection<?> multis = null;
    if (registry.getClass() == PrometheusRegistry.class) {
      try {
        singles = read(registry, "collectors");
        multis = read(registry, "multiCollectors");
      } catch (ReflectiveOperationException | RuntimeException e) {
        LOG.log(
            WARNING,
            "The metrics servlet can't list the collectors in this version of client_java. One"
                + " collector that fails will fail the whole scrape.",
            e);
      }
    }
    collectors = singles;
    multiCollectors = multis;
  }

  private static Collection<?> read(PrometheusRegistry registry, String name)
      throws ReflectiveOperationException {
    Field field = PrometheusRegistry.class.getDeclaredField(name);
    field.setAccessible(true);
    return (Collection<?>) field.get(registry);
  }

  /** Whether each collector is a source of its own. */
  boolean areApart() {
    return collectors != null && multiCollectors != null;
  }

  /** What there is now, without the servlets' own; the filters' after the application's. */
  List<Source> all() {
    if (collectors == null || multiCollectors == null) {
      return List.of(new Whole(registry));
    }
    List<Source> sources = new ArrayList<>();
    collectors.forEach(collector -> sources.add(new Single((Collector) collector)));
    List<Source> own = new ArrayList<>();
    multiCollectors.forEach(
        collector -> {
          if (!(collector instanceof ScrapeMetrics)) { // which are shown last
            (collector instanceof OwnCollector ? own : sources)
                .add(new Multi((MultiCollector) collector));
          }
        });
    sources.addAll(own);
    return sources;
  }

  /** Whether a collector has its own word for requests; the interface's doesn't look at them. */
  private static boolean looksAtRequest(Object collector, Class<?> type) {
    try {
      return collector
              .getClass()
              .getMethod("collect", PrometheusScrapeRequest.class)
              .getDeclaringClass()
          != type;
    } catch (NoSuchMethodException e) {
      throw new LinkageError("no " + type, e);
    }
  }

  private static final class Single extends Source {

    private final Collector collector;

    Single(Collector collector) {
      super(collector);
      this.collector = collector;
    }

    @Override
    boolean showsAny(FamilyNames names) {
      MetricMetadata told = ClientJavaApi.atHand().told(collector);
      return told == null || names.include(told);
    }

    @Override
    boolean dependsOnRequest() {
      return looksAtRequest(collector, Collector.class);
    }

    @Override
    List<MetricSnapshot> collect(FamilyNames names, PrometheusScrapeRequest request) {
      MetricSnapshot snapshot = collector.collect(request);
      return snapshot == null ? List.of() : List.of(snapshot);
    }

    @Override
    String description() {
      MetricMetadata told = ClientJavaApi.atHand().told(collector);
      return told == null ? super.description() : told.getPrometheusName();
    }
  }

  private static final class Multi extends Source {

    private final MultiCollector collector;

    Multi(MultiCollector collector) {
      super(collector);
      this.collector = collector;
    }

    @Override
    boolean showsAny(FamilyNames names) {
      List<MetricMetadata> told = ClientJavaApi.atHand().told(collector);
      return told.isEmpty() || told.stream().anyMatch(names::includeOfSeveral);
    }

    @Override
    boolean shows(MetricMetadata family, FamilyNames names) {
      return names.includeOfSeveral(family);
    }

    @Override
    boolean dependsOnRequest() {
      return looksAtRequest(collector, MultiCollector.class);
    }

    @Override
    List<MetricSnapshot> collect(FamilyNames names, PrometheusScrapeRequest request) {
      return collector.collect(request).stream().collect(Collectors.toList());
    }
  }

  private static final class Whole extends Source {

    private final PrometheusRegistry registry;

    Whole(PrometheusRegistry registry) {
      super(registry);
      this.registry = registry;
    }

    @Override
    boolean showsAny(FamilyNames names) {
      return true;
    }

    /** So that a name filter, which is made of the query, makes a difference too. */
    @Override
    boolean dependsOnRequest() {
      return true;
    }

    @Override
    List<MetricSnapshot> collect(FamilyNames names, PrometheusScrapeRequest request) {
      MetricSnapshots snapshots =
          names.areAll() ? registry.scrape(request) : registry.scrape(names::mayInclude, request);
      return snapshots.stream().collect(Collectors.toList());
    }
  }
}
