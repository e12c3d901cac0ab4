package io.github.metricsfilter.internal.scrape;

import io.prometheus.metrics.config.PrometheusProperties;
import io.prometheus.metrics.exporter.common.PrometheusScrapeHandler;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import io.prometheus.metrics.model.registry.PrometheusScrapeRequest;
import io.prometheus.metrics.model.snapshots.MetricSnapshots;
import java.io.IOException;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * client_java's handler, for one scrape at a time: what it believes to be its registry is this, and
 * asks the scrape.
 */
final class Handler extends PrometheusRegistry {

  private final PrometheusScrapeHandler handler;
  private @Nullable Scrape scrape;

  Handler(PrometheusProperties properties) {
    handler = new PrometheusScrapeHandler(properties, this);
  }

  void handle(Scrape scrape, ScrapeExchange exchange) throws IOException {
    this.scrape = scrape;
    try {
      handler.handleRequest(exchange);
    } finally {
      this.scrape = null; // which holds all that was collected
    }
  }

  @Override
  public MetricSnapshots scrape(@Nullable PrometheusScrapeRequest request) {
    return families(null);
  }

  @Override
  public MetricSnapshots scrape(
      Predicate<String> names, @Nullable PrometheusScrapeRequest request) {
    return families(names);
  }

  private MetricSnapshots families(@Nullable Predicate<String> names) {
    return scrape == null ? new MetricSnapshots() : scrape.families(names);
  }
}
