package io.github.metricsfilter.internal.scrape;

import io.prometheus.metrics.exporter.common.PrometheusHttpRequest;
import jakarta.servlet.http.HttpServletRequest;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Enumeration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/**
 * What client_java and multi-target collectors ask of the request. A copy, because a collector that
 * blocks may look at it when the container has long used the original for another request.
 */
final class ScrapeRequest implements PrometheusHttpRequest {

  private static final Set<String> DEBUG = Set.of("openmetrics", "text", "prometheus-protobuf");

  private final String method;
  private final String path;
  private final String query;
  private final Map<String, List<String>> headers = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);

  ScrapeRequest(HttpServletRequest request) {
    method = request.getMethod();
    path = request.getRequestURI();
    query = request.getQueryString() == null ? "" : request.getQueryString();
    for (String name : Collections.list(request.getHeaderNames())) {
      headers.put(name, new ArrayList<>(Collections.list(request.getHeaders(name))));
    }
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

  /** Whether client_java can decode the query. */
  boolean isReadable() {
    try {
      getParameterValues("debug");
      return true;
    } catch (RuntimeException undecodable) { // of client_java's, and not public
      return false;
    }
  }

  /** Whether client_java would not put a part of the query into the response. */
  boolean isLegal() {
    String debug = getParameter("debug");
    return debug == null || DEBUG.contains(debug);
  }

  /** How long Prometheus waits for the answer, in seconds; 10, its default, if it doesn't say. */
  double timeoutSeconds() {
    try {
      String header = getHeader("X-Prometheus-Scrape-Timeout-Seconds");
      double seconds = header == null ? 10 : Double.parseDouble(header);
      return seconds > 0 && seconds <= 60 ? seconds : 10;
    } catch (NumberFormatException e) {
      return 10;
    }
  }
}
