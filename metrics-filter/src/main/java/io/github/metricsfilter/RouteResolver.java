package io.github.metricsfilter;

import jakarta.servlet.http.HttpServletRequest;
import org.jspecify.annotations.Nullable;

/**
 * Tells the route of a request, for frameworks that the filter doesn't know.
 *
 * <p>A route is the pattern that matched the request, {@code /users/{id}} rather than {@code
 * /users/42}: whatever this returns becomes a value of the {@code path} label, of which at most
 * {@code max-paths} get series of their own, and none of more than 256 bytes in UTF-8.
 */
@FunctionalInterface
public interface RouteResolver {

  /**
   * Returns the route of this request, or null to let the filter find it. Called when the request
   * is finished, by the thread that finishes it; of an asynchronous request also when the chain
   * returns, and then no more once it has found one. What it throws is counted in {@code
   * metrics_filter_failures_total{cause="route"}}, the first is logged, and the request is recorded
   * as if this had returned null.
   */
  @Nullable String resolve(HttpServletRequest request);
}
