/**
 * Request metrics for servlet applications, in Prometheus.
 *
 * <p>{@link io.github.metricsfilter.PrometheusRequestFilter} observes every HTTP request once and
 * {@link io.github.metricsfilter.MetricsServlet} serves what it recorded. As data: a request enters
 * the filter, the chain runs, the container says that the request is over, it is recorded under its
 * route, method and status, and a scrape turns what was recorded into client_java's snapshots. What
 * happens behind that is in packages named {@code internal}, which are no API.
 */
@NullMarked
package io.github.metricsfilter;

import org.jspecify.annotations.NullMarked;
