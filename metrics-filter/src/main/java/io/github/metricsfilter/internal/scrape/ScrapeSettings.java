package io.github.metricsfilter.internal.scrape;

import io.prometheus.metrics.config.PrometheusProperties;
import java.util.concurrent.ThreadFactory;

/** How a servlet serves a registry. */
public final class ScrapeSettings {

  final boolean jvmMetrics;
  final boolean containerMetrics;
  final int maxConcurrentScrapes;
  final FamilyNames names;
  final PrometheusProperties properties;
  final ThreadFactory threads;

  /**
   * @param jvmMetrics whether the JVM's metrics are shown beside what is registered
   * @param containerMetrics whether the container's are
   * @param maxConcurrentScrapes how many scrapes there can be at a time, 1 or more
   * @param names what is served of the registry
   * @param properties client_java's own settings
   * @param threads where threads for collectors that could block come from; see {@link #THREADS}
   */
  public ScrapeSettings(
      boolean jvmMetrics,
      boolean containerMetrics,
      int maxConcurrentScrapes,
      FamilyNames names,
      PrometheusProperties properties,
      ThreadFactory threads) {
    this.jvmMetrics = jvmMetrics;
    this.containerMetrics = containerMetrics;
    this.maxConcurrentScrapes = maxConcurrentScrapes;
    this.names = names;
    this.properties = properties;
    this.threads = threads;
  }

  /** Daemon threads that inherit no thread-local variable, since these are the request's. */
  public static final ThreadFactory THREADS = ScrapeThreads::thread;
}
