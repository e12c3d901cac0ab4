package io.github.metricsfilter.internal.scrape;

import io.prometheus.metrics.exporter.common.PrometheusHttpRequest;
import jakarta.servlet.http.HttpServletRequest;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.Collections;
import java.util.Enumeration;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.BiFunction;
import org.jspecify.annotations.Nullable;

/**
 * What client_java and multi-target collectors ask of the request. A copy, because a collector that
 * blocks may look at it when the container has long used the original for another request.
 */
final class ScrapeRequest implements PrometheusHttpRequest {

  private static final double COLLECTING = 0.8;

  /** Prometheus's, in seconds. */
  private static final double DEFAULT_TIMEOUT = 10;

  /** Nobody who wants an answer waits for less, so to announce less is to announce nothing. */
  private static final double MIN_TIMEOUT = 0.1;

  /** Who announces more has so much: a place must not be taken for ever. */
  private static final double MAX_TIMEOUT = 3600;

  /**
   * As client_java has it since 1.9. Each name that is asked for is compared with that of each
   * metric, and some containers let a query have a megabyte.
   */
  private static final int MAX_QUERY_LENGTH = 64 * 1024;

  private final String method;
  private final String path;
  private final String query;
  private final Map<String, List<String>> headers = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);

  private final Negotiation negotiation;

  /**
   * @param negotiating of the values of {@code Accept} and {@code Accept-Encoding}
   */
  ScrapeRequest(
      HttpServletRequest request, BiFunction<List<String>, List<String>, Negotiation> negotiating) {
    method = request.getMethod();
    path = path(request);
    query = request.getQueryString() == null ? "" : request.getQueryString();
    for (String name : list(request.getHeaderNames())) {
      headers.put(name, list(request.getHeaders(name)));
    }
    negotiation =
        negotiating.apply(
            headers.getOrDefault("Accept", List.of()),
            headers.getOrDefault("Accept-Encoding", List.of()));
    headers.put("Accept", List.of(negotiation.accept()));
    headers.put("Accept-Encoding", negotiation.gzip() ? List.of("gzip") : List.of());
  }

  /** As client_java's servlet has it: decoded, and without path parameters. */
  private static String path(HttpServletRequest request) {
    String info = request.getPathInfo();
    return request.getContextPath() + request.getServletPath() + (info == null ? "" : info);
  }

  /** Both are null where a container doesn't let servlets see the headers. */
  private static List<String> list(@Nullable Enumeration<String> values) {
    return values == null ? List.of() : Collections.list(values);
  }

  @Override
  public String getQueryString() {
    return query;
  }

  @Override
  public Enumeration<String> getHeaders(String name) {
    return Collections.enumeration(headers.getOrDefault(name, List.of()));
  }

  @Override
  public String getMethod() {
    return method;
  }

  @Override
  public String getRequestPath() {
    return path;
  }

  /** What was decided of the format; the headers say the same. */
  Negotiation negotiation() {
    return negotiation;
  }

  /** Whether client_java can decode the query, whichever parameter it, or a collector, asks for. */
  boolean isReadable() {
    if (query.length() > MAX_QUERY_LENGTH) {
      return false;
    }
    try {
      URLDecoder.decode(query, StandardCharsets.UTF_8); // values, too: it decodes only those asked
      getParameterValues("debug");
      return true;
    } catch (RuntimeException undecodable) { // or of client_java's, not public: it is too long
      return false;
    }
  }

  /** Whether a person wants to read the answer, in a format that {@code Accept} doesn't name. */
  boolean isDebug() {
    return getParameter("debug") != null;
  }

  /**
   * Whether client_java would neither fail nor put a part of the query into the response.
   *
   * @param formats what it can write for people
   */
  boolean isLegal(List<String> formats) {
    String debug = getParameter("debug");
    return debug == null || formats.contains(debug);
  }

  /** Whether a collector can't tell this request from the other. */
  boolean asksTheSameAs(ScrapeRequest other) {
    return path.equals(other.path) && query.equals(other.query);
  }

  /**
   * How long collecting may take: the most of the time that Prometheus waits for the answer, or of
   * its default if it doesn't say. The rest is for the response.
   */
  long collectingNanos() {
    return (long) (COLLECTING * timeoutSeconds() * 1e9);
  }

  private double timeoutSeconds() {
    try {
      String header = getHeader("X-Prometheus-Scrape-Timeout-Seconds");
      double seconds = header == null ? DEFAULT_TIMEOUT : Double.parseDouble(header);
      return seconds >= MIN_TIMEOUT && seconds < Double.POSITIVE_INFINITY
          ? Math.min(seconds, MAX_TIMEOUT)
          : DEFAULT_TIMEOUT;
    } catch (NumberFormatException e) {
      return DEFAULT_TIMEOUT;
    }
  }
}
