package io.github.metricsfilter.internal.scrape;

import static java.lang.System.Logger.Level.WARNING;

import io.github.metricsfilter.internal.series.Count;
import io.github.metricsfilter.internal.series.Family;
import io.github.metricsfilter.internal.series.OwnCollector;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import io.prometheus.metrics.model.snapshots.CounterSnapshot;
import io.prometheus.metrics.model.snapshots.CounterSnapshot.CounterDataPointSnapshot;
import io.prometheus.metrics.model.snapshots.GaugeSnapshot;
import io.prometheus.metrics.model.snapshots.GaugeSnapshot.GaugeDataPointSnapshot;
import io.prometheus.metrics.model.snapshots.Labels;
import io.prometheus.metrics.model.snapshots.MetricSnapshots;
import jakarta.servlet.ServletException;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;

/**
 * What the servlets of one registry show of themselves: scrapes by status, scrapes in flight, and
 * errors by cause. All are there from the start, at zero; their labels have the values of {@link
 * #STATUSES} and {@link Cause} only. The first servlet registers them, the last one to go
 * unregisters them.
 */
final class ScrapeMetrics implements OwnCollector {

  /** What has gone wrong; mostly, why something is missing from a response. */
  enum Cause {
    /** A collector threw something. */
    COLLECT,
    /** A collector returned what cannot be exposed, alone or beside the others. */
    MALFORMED,
    /** No thread could be started; the request's own has collected. */
    THREAD,
    /** A collector did not return in time. */
    TIMEOUT,
    /** The client has gone, or was too slow. */
    WRITE
  }

  private static final System.Logger LOG = System.getLogger(ScrapeMetrics.class.getName());

  /** All that the servlet answers. */
  private static final int[] STATUSES = {200, 400, 405, 500, 503};

  private static final int MAX_LOGGED = 100;

  private static final Family SCRAPES =
      Family.counter(
          "metrics_servlet_scrapes_total", "Scrapes answered, by status.", List.of("status"));
  private static final Family IN_FLIGHT =
      Family.gauge(
          "metrics_servlet_scrapes_in_flight",
          "Scrapes being served, this one included.",
          List.of());
  private static final Family ERRORS =
      Family.counter(
          "metrics_servlet_errors_total",
          "What went wrong in scrapes, by cause.",
          List.of("cause"));

  private static final Map<PrometheusRegistry, ScrapeMetrics> BY_REGISTRY = new HashMap<>();

  private final Map<Integer, Count> scrapes = new TreeMap<>();
  private final Map<Cause, Count> errors = new EnumMap<>(Cause.class);
  private final LongAdder inFlight = new LongAdder();
  private final Set<String> logged = ConcurrentHashMap.newKeySet();
  private int users;

  /** For the servlets that show the JVM's metrics. */
  private @Nullable JvmCollectors jvm;

  private ScrapeMetrics() {
    for (int status : STATUSES) {
      scrapes.put(status, new Count(Labels.of("status", Integer.toString(status))));
    }
    for (Cause cause : Cause.values()) {
      errors.put(cause, new Count(Labels.of("cause", label(cause))));
    }
  }

  /**
   * The metrics of this registry for one more servlet.
   *
   * @param jvmMetrics whether it wants the JVM's, too
   * @throws ServletException if something else has one of their names
   */
  static ScrapeMetrics join(PrometheusRegistry registry, String servlet, boolean jvmMetrics)
      throws ServletException {
    synchronized (BY_REGISTRY) {
      ScrapeMetrics metrics = BY_REGISTRY.get(registry);
      if (metrics == null) {
        metrics = new ScrapeMetrics();
        try {
          metrics.registerIn(registry);
        } catch (IllegalArgumentException
            | IllegalStateException e) { // the latter in older versions
          throw new ServletException(
              servlet + ": something else in this registry is called metrics_servlet_…: " + e, e);
        }
        BY_REGISTRY.put(registry, metrics);
      }
      metrics.users++;
      if (jvmMetrics && metrics.jvm == null) {
        try {
          metrics.jvm = new JvmCollectors();
        } catch (Throwable t) { // of any kind: their jar may be missing
          leave(registry);
          throw t;
        }
      }
      return metrics;
    }
  }

  /** A servlet of this registry no longer uses them. */
  static void leave(PrometheusRegistry registry) {
    synchronized (BY_REGISTRY) {
      ScrapeMetrics metrics = BY_REGISTRY.get(registry);
      if (metrics != null && --metrics.users == 0) {
        BY_REGISTRY.remove(registry);
        registry.unregister(metrics);
        if (metrics.jvm != null) {
          metrics.jvm.close();
        }
      }
    }
  }

  /** The JVM's metrics, if a servlet of this registry wants them. */
  @Nullable JvmCollectors jvm() {
    synchronized (BY_REGISTRY) {
      return jvm;
    }
  }

  void started() {
    inFlight.increment();
  }

  void ended() {
    inFlight.decrement();
  }

  /** A request was answered, served or not. */
  void answered(int status) {
    Count counted = scrapes.get(status);
    if (counted != null) { // always, unless client_java's handler learns to answer otherwise
      counted.increment();
    }
  }

  /** Counts a failure and logs the first of its kind. */
  void failed(Cause cause, String what, @Nullable Throwable failure) {
    Objects.requireNonNull(errors.get(cause)).increment();
    if (logged.size() < MAX_LOGGED && logged.add(cause + " " + what)) {
      String message =
          "A scrape lacks "
              + what
              + ". Further failures of this kind are counted only, in"
              + " metrics_servlet_errors_total{cause=\""
              + label(cause)
              + "\"}.";
      if (failure == null) {
        LOG.log(WARNING, message);
      } else {
        LOG.log(WARNING, message, failure);
      }
    }
  }

  private static String label(Cause cause) {
    return cause.name().toLowerCase(Locale.ROOT);
  }

  @Override
  public MetricSnapshots collect() {
    return new MetricSnapshots(
        new CounterSnapshot(SCRAPES.metadata(), collect(scrapes)),
        new GaugeSnapshot(
            IN_FLIGHT.metadata(),
            List.of(new GaugeDataPointSnapshot(inFlight.sum(), Labels.EMPTY, null))),
        new CounterSnapshot(ERRORS.metadata(), collect(errors)));
  }

  private static List<CounterDataPointSnapshot> collect(Map<?, Count> counts) {
    List<CounterDataPointSnapshot> collected = new ArrayList<>(counts.size());
    for (Count count : counts.values()) {
      collected.add(count.collect());
    }
    return collected;
  }

  @Override
  public List<Family> families() {
    return List.of(SCRAPES, IN_FLIGHT, ERRORS);
  }
}
