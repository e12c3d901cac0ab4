package io.github.metricsfilter.benchmarks;

import io.prometheus.metrics.core.datapoints.CounterDataPoint;
import io.prometheus.metrics.core.datapoints.DistributionDataPoint;
import io.prometheus.metrics.core.metrics.Counter;
import io.prometheus.metrics.core.metrics.Gauge;
import io.prometheus.metrics.core.metrics.Histogram;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import io.prometheus.metrics.model.snapshots.Unit;
import jakarta.servlet.Filter;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.ServletRequest;
import jakarta.servlet.ServletResponse;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/** What one writes by hand with client_java, for the same three metrics. */
final class HandWrittenFilter implements Filter {

  private final Gauge active;
  private final Counter requests;
  private final Histogram durations;

  /** The data points that have been looked up. */
  private final @Nullable Map<Labels, DataPoints> kept;

  /**
   * @param keepsDataPoints whether those of a status, path and method are looked up once, instead
   *     of on each request
   */
  HandWrittenFilter(PrometheusRegistry registry, boolean keepsDataPoints) {
    kept = keepsDataPoints ? new ConcurrentHashMap<>() : null;
    active =
        Gauge.builder()
            .name("http_active_requests")
            .help("HTTP requests that have entered and are not yet finished.")
            .register(registry);
    requests =
        Counter.builder()
            .name("http_requests_total")
            .help("HTTP requests finished.")
            .labelNames("status", "path", "method")
            .register(registry);
    durations =
        Histogram.builder()
            .name("http_request_duration_seconds")
            .help("Time from a request's entry until it was finished.")
            .unit(Unit.SECONDS)
            .labelNames("status", "path", "method")
            .classicOnly()
            .register(registry);
  }

  @Override
  public void doFilter(ServletRequest request, ServletResponse response, FilterChain chain)
      throws IOException, ServletException {
    HttpServletRequest http = (HttpServletRequest) request;
    String path = http.getHttpServletMapping().getPattern();
    active.inc();
    long start = System.nanoTime();
    try {
      chain.doFilter(request, response);
    } finally {
      double seconds = (System.nanoTime() - start) / 1e9;
      active.dec();
      Labels labels =
          new Labels(((HttpServletResponse) response).getStatus(), path, http.getMethod());
      DataPoints points = kept == null ? lookUp(labels) : kept(kept, labels);
      points.count.inc();
      points.duration.observe(seconds);
    }
  }

  private DataPoints kept(Map<Labels, DataPoints> kept, Labels labels) {
    DataPoints known = kept.get(labels);
    return known == null ? kept.computeIfAbsent(labels, this::lookUp) : known;
  }

  private DataPoints lookUp(Labels labels) {
    String status = Integer.toString(labels.status);
    return new DataPoints(
        requests.labelValues(status, labels.path, labels.method),
        durations.labelValues(status, labels.path, labels.method));
  }

  private record Labels(int status, String path, String method) {}

  private record DataPoints(CounterDataPoint count, DistributionDataPoint duration) {}

  /** Records a request in series that are known; finding them is what costs and allocates. */
  Runnable known(int status, String path, String method) {
    DataPoints points = lookUp(new Labels(status, path, method));
    return () -> {
      long start = System.nanoTime();
      points.count.inc();
      points.duration.observe((System.nanoTime() - start) / 1e9);
    };
  }
}
