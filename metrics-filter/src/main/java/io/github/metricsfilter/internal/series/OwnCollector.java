package io.github.metricsfilter.internal.series;

import io.prometheus.metrics.model.registry.MultiCollector;

/**
 * A collector of this library's own, of which a scrape can know more than of the application's: it
 * throws nothing, and may never have to be waited for.
 */
public interface OwnCollector extends MultiCollector {

  /**
   * Whether to collect is to read numbers that are there, without calling, or waiting for, anything
   * else. The answer never changes.
   */
  default boolean isPrompt() {
    return true;
  }
}
