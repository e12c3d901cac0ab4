package io.github.metricsfilter;

import jakarta.servlet.http.HttpServletRequest;
import org.jspecify.annotations.Nullable;

/**
 * Names the route of a request, for frameworks that the filter doesn't know.
 *
 * <p>A route is the pattern that matched the request: {@code /users/{id}}, not {@code /users/42}.
 * Whatever this returns becomes a value of the {@code path} label. At most {@code max-paths} values
 * get series of their own; later ones, and values longer than 256 bytes in UTF-8, become {@code
 * _OTHER}.
 */
@FunctionalInterface
public interface RouteResolver {

  /**
   * Returns the route of this request, or null to let the filter find it.
   *
   * <p>Called when the chain has returned, by its thread. If an asynchronous request has no route
   * by then, this is called again when the request is over, by the thread that ends it. If this
   * throws, {@code metrics_filter_failures_total{cause="route"}} counts it, the first exception is
   * logged, and the request is recorded as if this had returned null.
   *
   * @param request the request as the filter got it
   */
  @Nullable String resolve(HttpServletRequest request);
}
