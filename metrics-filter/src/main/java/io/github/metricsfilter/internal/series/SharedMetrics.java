package io.github.metricsfilter.internal.series;

import io.prometheus.metrics.config.PrometheusPropertiesException;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import jakarta.servlet.ServletException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The metrics that the filters of one registry share: the first filter with certain metrics
 * registers them, the last one to go unregisters them, so that a redeploy neither finds them there
 * nor leaves them behind.
 *
 * <p>Two applications share if this library is in a class loader above both of them.
 */
public final class SharedMetrics {

  private static final Map<PrometheusRegistry, SharedMetrics> BY_REGISTRY = new HashMap<>();

  private final PrometheusRegistry registry;
  private final FaultMetrics faults = new FaultMetrics();

  /** How many filters use which metrics. */
  private final Map<RequestMetrics, Integer> users = new LinkedHashMap<>();

  private SharedMetrics(PrometheusRegistry registry) {
    this.registry = registry;
  }

  /**
   * The metrics with these settings for one more filter.
   *
   * @throws ServletException if one of their names is taken, by a filter with other settings or by
   *     something else; or if client_java has a property that is wrong, and is needed
   */
  public static RequestMetrics join(
      PrometheusRegistry registry, SeriesSettings settings, String filter) throws ServletException {
    synchronized (BY_REGISTRY) {
      SharedMetrics shared = BY_REGISTRY.get(registry);
      if (shared == null) {
        shared = new SharedMetrics(registry);
      }
      RequestMetrics metrics = shared.find(settings, filter);
      if (metrics == null) {
        metrics = shared.register(settings, filter);
        BY_REGISTRY.put(registry, shared);
      } else {
        shared.registerWhatIsGone(metrics);
      }
      shared.users.merge(metrics, 1, Integer::sum);
      return metrics;
    }
  }

  /** A filter no longer uses these metrics. */
  public static void leave(PrometheusRegistry registry, RequestMetrics metrics) {
    synchronized (BY_REGISTRY) {
      SharedMetrics shared = BY_REGISTRY.get(registry);
      if (shared != null
          && shared.users.computeIfPresent(metrics, (m, n) -> n == 1 ? null : n - 1) == null) {
        shared.unregister(metrics);
      }
    }
  }

  private @Nullable RequestMetrics find(SeriesSettings settings, String filter)
      throws ServletException {
    Set<String> names = new MetricFamilies(settings).names();
    for (RequestMetrics metrics : users.keySet()) {
      if (!Collections.disjoint(names, metrics.names())) {
        requireSame(metrics.settings(), settings, filter);
        return metrics;
      }
    }
    return null;
  }

  private static void requireSame(SeriesSettings present, SeriesSettings wanted, String filter)
      throws ServletException {
    Map<String, String> theirs = present.shared;
    Map<String, String> ours = wanted.shared;
    Set<String> names = new LinkedHashSet<>(ours.keySet());
    names.addAll(theirs.keySet());
    List<String> differences = new ArrayList<>();
    for (String name : names) {
      String our = ours.getOrDefault(name, "none");
      String their = theirs.getOrDefault(name, "none");
      if (!our.equals(their)) {
        differences.add(name + " is \"" + our + "\" here and \"" + their + "\" there");
      }
    }
    if (!differences.isEmpty()) {
      throw new ServletException(
          filter
              + " would share its metrics with another filter of this registry, but "
              + String.join(", ", differences)
              + ": give both the same settings, or give one of them other metric names or another"
              + " registry");
    }
  }

  private RequestMetrics register(SeriesSettings settings, String filter) throws ServletException {
    RequestMetrics metrics = make(settings, filter);
    boolean isRegistered = false;
    try {
      metrics.registerIn(registry);
      isRegistered = true;
      if (users.isEmpty()) {
        faults.registerIn(registry);
      }
    } catch (IllegalArgumentException | IllegalStateException e) { // the latter in older versions
      if (isRegistered) {
        registry.unregister(metrics);
      }
      throw new ServletException(
          filter
              + ": something else in this registry has one of the names "
              + metrics.names()
              + ": "
              + e.getMessage(),
          e);
    }
    return metrics;
  }

  /** As all is after {@link PrometheusRegistry#clear}: other filters still use it. */
  private void registerWhatIsGone(RequestMetrics metrics) {
    if (isRegisteredAgain(metrics)) {
      isRegisteredAgain(faults);
    }
  }

  /** By trying, since a registry doesn't tell what it holds. As a rule it is there. */
  private boolean isRegisteredAgain(OwnCollector collector) {
    try {
      collector.registerIn(registry);
      return true;
    } catch (IllegalArgumentException | IllegalStateException e) { // the latter in older versions
      return false;
    }
  }

  private RequestMetrics make(SeriesSettings settings, String filter) throws ServletException {
    try {
      return new RequestMetrics(settings, faults.of(settings.constLabels));
    } catch (PrometheusPropertiesException e) {
      throw new ServletException(
          filter + ": a property of client_java is wrong: " + e.getMessage(), e);
    }
  }

  private void unregister(RequestMetrics metrics) {
    registry.unregister(metrics);
    if (users.isEmpty()) {
      registry.unregister(faults);
      BY_REGISTRY.remove(registry);
    }
  }
}
