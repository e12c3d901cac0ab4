package io.github.metricsfilter;

import jakarta.servlet.http.HttpServletMapping;
import jakarta.servlet.http.HttpServletRequest;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * Finds the path label of a request: its route, from the first source that knows one.
 *
 * <p>Labels found before are found again by the pattern alone, so that the context path isn't put
 * before it on each request. These maps hold admitted labels only and are therefore bounded like
 * them.
 */
final class RequestPath {

  /** The application's word on the route of a request, which goes before all others. */
  static final String ATTRIBUTE = "io.github.metricsfilter.path";

  private static final String SPRING_PATTERN =
      "org.springframework.web.servlet.HandlerMapping.bestMatchingPattern";

  private final RequestMetrics metrics;
  private final String contextPath;
  private final RouteResolver resolver;
  private final Map<String, PathLabel> bySpringPattern = new ConcurrentHashMap<>();
  private final Map<String, PathLabel> byServletPattern = new ConcurrentHashMap<>();

  RequestPath(RequestMetrics metrics, String contextPath, RouteResolver resolver) {
    this.metrics = metrics;
    this.contextPath = contextPath;
    this.resolver = resolver;
  }

  /**
   * The pattern of the servlet that the container chose for this request. To be read when the
   * request enters: a dispatch rewrites it. {@code /}, the default servlet's, if there is none.
   */
  static String servletPattern(HttpServletRequest request) {
    HttpServletMapping mapping = request.getHttpServletMapping();
    return mapping == null || mapping.getMappingMatch() == null ? "/" : mapping.getPattern();
  }

  /** The label of what the application or its framework says of this request's route, or null. */
  @Nullable PathLabel explicit(HttpServletRequest request) {
    Object attribute = request.getAttribute(ATTRIBUTE);
    if (attribute != null) {
      return metrics.path(attribute.toString());
    }
    String resolved = resolver.resolve(request);
    if (resolved != null) {
      return metrics.path(resolved);
    }
    Object springPattern = request.getAttribute(SPRING_PATTERN);
    return springPattern == null
        ? null
        : relative(bySpringPattern, springPattern.toString(), UnaryOperator.identity());
  }

  /** The label of a servlet pattern, see Servlet 6.0, section 12.2. */
  PathLabel mapped(String servletPattern) {
    return relative(byServletPattern, servletPattern, RequestPath::rooted);
  }

  private static String rooted(String servletPattern) {
    switch (servletPattern) {
      case "":
        return "/"; // the context root
      case "/":
        return "/*"; // the default servlet: all that nothing else matches
      default:
        return servletPattern.startsWith("/") ? servletPattern : "/" + servletPattern; // *.do
    }
  }

  private PathLabel relative(
      Map<String, PathLabel> known, String pattern, UnaryOperator<String> toPath) {
    PathLabel label = known.get(pattern);
    if (label == null) {
      label = metrics.path(contextPath + toPath.apply(pattern));
      if (!metrics.isOther(label)) {
        known.put(pattern, label);
      }
    }
    return label;
  }
}
