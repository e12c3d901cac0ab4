package io.github.metricsfilter.internal.pools;

import io.github.metricsfilter.internal.series.LabelValue;
import io.prometheus.metrics.model.snapshots.GaugeSnapshot;
import io.prometheus.metrics.model.snapshots.GaugeSnapshot.GaugeDataPointSnapshot;
import io.prometheus.metrics.model.snapshots.Labels;
import io.prometheus.metrics.model.snapshots.MetricSnapshot;
import io.prometheus.metrics.model.snapshots.MetricSnapshots;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The pools that one scrape finds, each with a name of its own.
 *
 * <p>Names are the same after a restart, and there are no more of them than pools. What a container
 * makes up for a pool that nobody has named is left out: a running number, a hash code, a port that
 * the system chose. Pools that then have the same name are numbered from the second on, in the
 * order in which they were made, if the container tells it.
 */
final class Pools {

  /** Tomcat's http-nio-auto-1-37465, Jetty's qtp1830908236, XNIO's XNIO-1. */
  private static final Pattern MADE_UP =
      Pattern.compile("(.*-auto(?=-)|qtp(?=\\d)|XNIO(?=-))-?(\\d+)(?:-\\d+)?");

  /** No id. */
  static final long NONE = -1;

  /** One pool; several MBeans can tell of it. */
  static final class Pool {

    private final String name;
    private final long age;
    private final Map<PoolMetric, Double> values = new EnumMap<>(PoolMetric.class);

    private Pool(String name, long age) {
      this.name = name;
      this.age = age;
    }

    /**
     * Its threads, if it tells how many there are: a pool of virtual threads says a negative
     * number, and its maximum then means nothing.
     */
    void threads(double busy, double all, double max) {
      if (all >= 0) {
        add(PoolMetric.THREADS_BUSY, busy);
        add(PoolMetric.THREADS, all);
        add(PoolMetric.THREADS_MAX, max > 0 ? max : Double.NaN);
      }
    }

    /** The requests that wait for one of its threads. */
    void queued(double requests) {
      add(PoolMetric.REQUESTS_QUEUED, requests);
    }

    /** Connections, beside those that it has already, likewise. */
    void connections(double open, double max) {
      if (open >= 0) {
        add(PoolMetric.CONNECTIONS, open);
        add(PoolMetric.CONNECTIONS_MAX, max > 0 ? max : Double.NaN);
      }
    }

    /** Containers tell what they don't know by a negative number, if at all. */
    private void add(PoolMetric metric, double value) {
      if (value >= 0) {
        boolean unlimited = value >= Integer.MAX_VALUE;
        values.merge(metric, unlimited ? Double.POSITIVE_INFINITY : value, Double::sum);
      }
    }
  }

  private final Map<String, Pool> pools = new HashMap<>();

  /**
   * The pool of this key.
   *
   * @param key the same for all that tell of it, and of no other
   * @param name as the container calls it
   * @param id if the container gives increasing ones; else {@link #NONE}
   */
  Pool pool(String key, String name, long id) {
    return pools.computeIfAbsent(
        key,
        any -> {
          Matcher madeUp = MADE_UP.matcher(name);
          return madeUp.matches()
              ? new Pool(madeUp.group(1), id < 0 ? number(madeUp.group(2)) : id)
              : new Pool(name, id);
        });
  }

  /** A pool that isn't shown. */
  static Pool nobodys() {
    return new Pool("", NONE);
  }

  private static long number(String digits) {
    return Long.parseLong(digits.substring(0, Math.min(digits.length(), 18)));
  }

  /** One family for each metric that a pool has. */
  MetricSnapshots families() {
    Map<String, Pool> named = named();
    List<MetricSnapshot> families = new ArrayList<>();
    for (PoolMetric metric : PoolMetric.values()) {
      List<GaugeDataPointSnapshot> values = new ArrayList<>();
      named.forEach(
          (name, pool) -> {
            Double value = pool.values.get(metric);
            if (value != null && !value.isInfinite()) {
              values.add(
                  new GaugeDataPointSnapshot(value, Labels.of(PoolMetric.LABEL, name), null));
            }
          });
      if (!values.isEmpty()) {
        families.add(new GaugeSnapshot(metric.family().metadata(), values));
      }
    }
    return new MetricSnapshots(families);
  }

  private Map<String, Pool> named() {
    List<Map.Entry<String, Pool>> sorted = new ArrayList<>(pools.entrySet());
    sorted.removeIf(entry -> entry.getValue().values.isEmpty());
    sorted.sort(
        Comparator.comparing((Map.Entry<String, Pool> entry) -> entry.getValue().name)
            .thenComparing(entry -> entry.getValue().age)
            .thenComparing(entry -> entry.getKey()));
    Map<String, Pool> named = new LinkedHashMap<>();
    for (Map.Entry<String, Pool> entry : sorted) {
      String name = LabelValue.of(entry.getValue().name);
      String numbered = name;
      for (int i = 2; named.containsKey(numbered); i++) {
        numbered = name + "-" + i;
      }
      named.put(numbered, entry.getValue());
    }
    return named;
  }
}
