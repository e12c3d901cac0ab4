/**
 * Request metrics for servlet applications, in Prometheus.
 *
 * <p>{@link io.github.metricsfilter.PrometheusRequestFilter} observes every HTTP request exactly
 * once and {@link io.github.metricsfilter.MetricsServlet} serves what it recorded. As data: a
 * request enters the filter, the chain runs, the request is finished once, its series is found by
 * (path, method, status), and a scrape turns the series into client_java's snapshots. Nothing that
 * a scrape does makes a request wait.
 */
@NullMarked
package io.github.metricsfilter;

import org.jspecify.annotations.NullMarked;
