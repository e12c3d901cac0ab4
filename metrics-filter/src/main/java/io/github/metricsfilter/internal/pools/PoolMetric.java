package io.github.metricsfilter.internal.pools;

import io.github.metricsfilter.internal.series.Family;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/** What is shown of a pool. */
enum PoolMetric {
  THREADS_BUSY("threads_busy", "Threads that are busy with requests."),
  THREADS("threads_current", "Threads, busy and idle."),
  THREADS_MAX("threads_max", "How many threads there may be."),
  REQUESTS_QUEUED("requests_queued", "Requests that wait for a thread."),
  CONNECTIONS("connections_current", "Open connections."),
  CONNECTIONS_MAX("connections_max", "How many connections there may be.");

  static final String LABEL = "pool";

  private static final Map<PoolMetric, Family> FAMILIES = new EnumMap<>(PoolMetric.class);

  static {
    for (PoolMetric metric : values()) {
      String name = "servlet_container_" + metric.suffix;
      FAMILIES.put(metric, Family.gauge(name, metric.help, List.of(LABEL)));
    }
  }

  private final String suffix;
  private final String help;

  PoolMetric(String suffix, String help) {
    this.suffix = suffix;
    this.help = help;
  }

  /** All of them, in this order. */
  static List<Family> families() {
    return List.copyOf(FAMILIES.values());
  }

  @SuppressWarnings("NullAway") // all are there
  Family family() {
    return FAMILIES.get(this);
  }
}
