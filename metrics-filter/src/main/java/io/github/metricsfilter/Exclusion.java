package io.github.metricsfilter;

import io.github.metricsfilter.FaultMetrics.Cause;
import jakarta.servlet.http.HttpServletRequest;
import java.util.List;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** The requests that aren't observed at all, decided when they enter. */
final class Exclusion {

  private final List<UrlPattern> patterns;
  private final @Nullable Predicate<HttpServletRequest> skipIf;
  private final RequestMetrics metrics;

  Exclusion(Settings settings, RequestMetrics metrics) {
    this.patterns = settings.excludePaths;
    this.skipIf = settings.skipIf;
    this.metrics = metrics;
  }

  boolean applies(HttpServletRequest request) {
    return (!patterns.isEmpty() && matches(request)) || (skipIf != null && skips(skipIf, request));
  }

  /** On the whole path within the application, decoded and normalised by the container. */
  private boolean matches(HttpServletRequest request) {
    String info = request.getPathInfo();
    String path = info == null ? request.getServletPath() : request.getServletPath() + info;
    for (UrlPattern pattern : patterns) {
      if (pattern.matches(path)) {
        return true;
      }
    }
    return false;
  }

  private boolean skips(Predicate<HttpServletRequest> predicate, HttpServletRequest request) {
    try {
      return predicate.test(request);
    } catch (Throwable t) { // of any kind: a callback must not change the request's outcome
      metrics.failed(Cause.SKIP, "skipIf", t);
      return false;
    }
  }
}
