package io.github.metricsfilter.internal.request;

import jakarta.servlet.http.HttpServletRequest;
import java.util.List;
import java.util.function.Function;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** What is one filter's own: which requests it observes, and what it takes as their paths. */
public final class RequestSettings {

  final boolean routes;
  final int components;
  final boolean stripContextPath;
  final boolean knowsSpring;
  final Function<HttpServletRequest, @Nullable String> resolver;
  final List<UrlPattern> excluded;
  final @Nullable Predicate<HttpServletRequest> skipIf;
  final boolean portable;

  /**
   * Takes all of them.
   *
   * @param routes whether a request's path is its route, rather than its URI
   * @param components how many components of the URI it has; all of them if less than 1
   * @param stripContextPath whether the URI is taken without the context path
   * @param knowsSpring whether the pattern of Spring MVC is a route
   * @param resolver names the route, or returns null
   * @param excluded which paths within the application aren't observed
   * @param skipIf which requests aren't observed; null if there is nothing to ask
   * @param portable whether no container is asked for its own word, which tests force
   */
  public RequestSettings(
      boolean routes,
      int components,
      boolean stripContextPath,
      boolean knowsSpring,
      Function<HttpServletRequest, @Nullable String> resolver,
      List<UrlPattern> excluded,
      @Nullable Predicate<HttpServletRequest> skipIf,
      boolean portable) {
    this.routes = routes;
    this.components = components;
    this.stripContextPath = stripContextPath;
    this.knowsSpring = knowsSpring;
    this.resolver = resolver;
    this.excluded = List.copyOf(excluded);
    this.skipIf = skipIf;
    this.portable = portable;
  }
}
