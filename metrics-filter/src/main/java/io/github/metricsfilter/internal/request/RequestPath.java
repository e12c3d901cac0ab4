package io.github.metricsfilter.internal.request;

import io.github.metricsfilter.internal.series.PathLabel;
import io.github.metricsfilter.internal.series.PathLabels;
import io.github.metricsfilter.internal.series.PathLabels.Origin;
import jakarta.servlet.http.HttpServletMapping;
import jakarta.servlet.http.HttpServletRequest;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Finds the path label of a request: its route, from the first source that knows one.
 *
 * <p>Labels found before are found again by the pattern alone, so that the context path isn't put
 * before it on each request. These maps hold admitted labels only and are therefore bounded like
 * them.
 */
final class RequestPath {

  /** The pattern of no mapping, which stands for the path where that cannot be read. */
  static final String NONE = "/";

  private static final String SPRING_PATTERN =
      "org.springframework.web.servlet.HandlerMapping.bestMatchingPattern";

  private static final String SPRING_HANDLER =
      "org.springframework.web.servlet.HandlerMapping.bestMatchingHandler";

  private static final Pattern PARAMETERS = Pattern.compile(";[^/]*");

  private final PathLabels labels;
  private final boolean routes;
  private final int components;
  private final int skipped;
  private final boolean knowsSpring;
  private final String contextPath;
  private final Function<HttpServletRequest, @Nullable String> resolver;

  /** By the pattern behind the prefix of the servlet's mapping, which is empty as a rule. */
  private final Map<String, PathLabel> bySpringPattern = new ConcurrentHashMap<>();

  private final Map<String, PathLabel> byServletPattern = new ConcurrentHashMap<>();

  RequestPath(PathLabels labels, RequestSettings settings, String contextPath) {
    this.labels = labels;
    this.routes = settings.routes;
    this.components = settings.components;
    this.skipped = settings.stripContextPath ? UriPath.segments(contextPath) : 0;
    this.knowsSpring = settings.knowsSpring;
    this.contextPath = contextPath;
    this.resolver = settings.resolver;
  }

  /**
   * The pattern of the servlet that the container chose; {@link #NONE}, the default servlet's, if
   * it chose none or no label is made of it. To be read when the request enters, because a dispatch
   * rewrites it.
   */
  String servletPattern(HttpServletRequest request) {
    HttpServletMapping mapping = routes || knowsSpring ? request.getHttpServletMapping() : null;
    return mapping == null || mapping.getMappingMatch() == null ? NONE : mapping.getPattern();
  }

  /**
   * What the path label is made of if nobody names the route: the servlet's pattern, or the URI. To
   * be read when the request enters, because a dispatch rewrites it.
   *
   * @return a pattern's label if there is one already, which makes the end of the request shorter;
   *     else the string, for a label that may never be needed isn't admitted
   */
  Object atEntry(HttpServletRequest request, String servletPattern) {
    if (routes) {
      PathLabel known = byServletPattern.get(servletPattern);
      return known == null ? servletPattern : known;
    }
    return UriPath.of(request.getRequestURI(), skipped, components);
  }

  /** The label of what {@link #atEntry} has read. */
  PathLabel ofEntry(Object atEntry) {
    if (atEntry instanceof PathLabel) {
      return (PathLabel) atEntry;
    }
    return routes
        ? relative(byServletPattern, withoutParameters((String) atEntry), RequestPath::rooted)
        : labels.get((String) atEntry, Origin.URI);
  }

  /**
   * The label of what the application or its framework says of this request's route, or null.
   *
   * @param servletPattern that of the request when it entered
   * @param name the value of {@link PathLabels#ROUTE_ATTRIBUTE}
   */
  @Nullable PathLabel explicit(
      HttpServletRequest request, String servletPattern, @Nullable Object name) {
    if (name != null) {
      return labels.get(name.toString(), Origin.ROUTE);
    }
    String resolved = resolver.apply(request);
    if (resolved != null) {
      return labels.get(resolved, Origin.ROUTE);
    }
    Object springPattern = knowsSpring ? request.getAttribute(SPRING_PATTERN) : null;
    if (springPattern == null) {
      return null;
    }
    String prefix = prefix(servletPattern); // DispatcherServlet's is empty as a rule: no new string
    String pattern = springPattern.toString();
    if (request.getAttribute(SPRING_HANDLER) == null && isWholePath(request, prefix, pattern)) {
      return null;
    }
    return relative(
        bySpringPattern, prefix.isEmpty() ? pattern : prefix + pattern, UnaryOperator.identity());
  }

  /**
   * Whether a pattern isn't Spring's, which is relative to the servlet: Apache CXF leaves what the
   * client has asked for under the same name, or its own template behind the application's path.
   */
  private boolean isWholePath(HttpServletRequest request, String prefix, String pattern) {
    String servlet = contextPath + prefix;
    return pattern.equals(request.getRequestURI())
        || (!servlet.isEmpty() && pattern.startsWith(servlet + "/"));
  }

  /** What stands before the star of a path mapping; no other mapping takes a part of the path. */
  private static String prefix(String servletPattern) {
    String pattern = withoutParameters(servletPattern);
    return pattern.endsWith("/*") ? pattern.substring(0, pattern.length() - 2) : "";
  }

  /** See Servlet 6.0, section 12.2. */
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

  /**
   * A client's path parameters are no part of a pattern, but Open Liberty leaves them there. They
   * are cut before the pattern is looked up for the second time, under which it is then known: one
   * that a client has made up is never in the map.
   */
  private static String withoutParameters(String servletPattern) {
    return servletPattern.indexOf(';') < 0
        ? servletPattern
        : PARAMETERS.matcher(servletPattern).replaceAll("");
  }

  private PathLabel relative(
      Map<String, PathLabel> known, String pattern, UnaryOperator<String> toPath) {
    PathLabel label = known.get(pattern);
    if (label == null) {
      label = labels.get(contextPath + toPath.apply(pattern), Origin.ROUTE);
      if (!labels.isRefused(label)) {
        known.put(pattern, label);
      }
    }
    return label;
  }
}
