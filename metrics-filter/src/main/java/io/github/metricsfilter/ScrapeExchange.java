package io.github.metricsfilter;

import io.prometheus.metrics.exporter.common.PrometheusHttpExchange;
import io.prometheus.metrics.exporter.common.PrometheusHttpRequest;
import io.prometheus.metrics.exporter.common.PrometheusHttpResponse;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.io.OutputStream;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Enumeration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * One scrape, as client_java's handler sees it.
 *
 * <p>The request is a copy, because a collector that blocks may look at it when the container has
 * long used the original for another request. Of the response nothing is sent before all of it is
 * encoded: so an exception never leaves half an exposition with a good status, and GET and HEAD
 * have the same headers, the length too.
 */
final class ScrapeExchange implements PrometheusHttpExchange {

  /** A parameter whose value client_java would put into the response. */
  static final class IllegalParameterException extends RuntimeException {
    private static final long serialVersionUID = 1L;
  }

  private static final Set<String> DEBUG = Set.of("openmetrics", "text", "prometheus-protobuf");

  private final Request request;
  private final HttpServletResponse response;
  private final ChunkedBuffer buffer = new ChunkedBuffer();
  private boolean sent;

  /**
   * @param sifted whether families that cannot be written are to be found and left out
   */
  ScrapeExchange(HttpServletRequest request, HttpServletResponse response, boolean sifted) {
    this.request = new Request(request, sifted);
    this.response = response;
    response.setHeader("X-Content-Type-Options", "nosniff"); // label values can look like HTML
  }

  @Override
  public Request getRequest() {
    return request;
  }

  @Override
  public PrometheusHttpResponse getResponse() {
    return new PrometheusHttpResponse() {
      @Override
      public void setHeader(String name, String value) {
        response.setHeader(name, value);
      }

      @Override
      public OutputStream sendHeadersAndGetBody(int status, int contentLength) throws IOException {
        response.setStatus(status);
        if (contentLength == 0) { // not encoded yet
          return buffer;
        }
        sent = true;
        return response.getOutputStream();
      }
    };
  }

  /** Sends what the handler has written, unless it was sent already. */
  void send() throws IOException {
    if (!sent) {
      response.setContentLengthLong(buffer.size());
      if (!request.method.equals("HEAD")) {
        buffer.writeTo(response.getOutputStream());
      }
    }
  }

  @Override
  public void handleException(IOException e) throws IOException {
    throw e;
  }

  @Override
  public void handleException(RuntimeException e) {
    // What the handler has set before it failed.
    response.setHeader("Content-Encoding", null);
    throw e;
  }

  @Override
  public void close() {}

  /** What client_java and multi-target collectors ask of the request. */
  static final class Request implements PrometheusHttpRequest {

    final boolean sifted;
    private final String method;
    private final String path;
    private final String query;
    private final Map<String, List<String>> headers = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);

    Request(HttpServletRequest request, boolean sifted) {
      this.sifted = sifted;
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

    @Override
    public String @Nullable [] getParameterValues(String name) {
      String[] values = PrometheusHttpRequest.super.getParameterValues(name);
      if (values != null && name.equals("debug") && !DEBUG.contains(values[0])) {
        throw new IllegalParameterException();
      }
      return values;
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
}
