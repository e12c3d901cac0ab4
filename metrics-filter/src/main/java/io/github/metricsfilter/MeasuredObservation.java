package io.github.metricsfilter;

import io.prometheus.metrics.tracer.common.SpanContext;
import io.prometheus.metrics.tracer.initializer.SpanContextSupplier;
import jakarta.servlet.AsyncContext;
import jakarta.servlet.ServletException;
import jakarta.servlet.ServletInputStream;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import jakarta.servlet.http.Part;
import java.io.BufferedReader;
import java.io.IOException;
import java.util.Collection;
import java.util.Enumeration;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A request of which more is shown than its end: the trace that it belongs to, the bytes of its
 * body and of its response's. Only made where one of these is asked for.
 */
final class MeasuredObservation extends RequestObservation {

  private final boolean sizes;
  private final @Nullable Trace trace;
  private final ByteCount read = new ByteCount();
  private @Nullable ServletInputStream input;
  private @Nullable BufferedReader reader;

  MeasuredObservation(
      PrometheusRequestFilter filter, HttpServletRequest request, HttpServletResponse response) {
    super(
        filter,
        request,
        filter.metrics().settings().responseSize ? new CountedResponse(response) : response);
    RequestMetrics metrics = filter.metrics();
    sizes = metrics.settings().requestSize || metrics.settings().responseSize;
    trace = metrics.settings().exemplars ? currentTrace(metrics, startNanos) : null;
  }

  /** The span that surrounds the filter; it may have ended when the request is finished. */
  private static @Nullable Trace currentTrace(RequestMetrics metrics, long startNanos) {
    try {
      SpanContext context = SpanContextSupplier.getSpanContext();
      if (context != null && context.isCurrentSpanSampled()) {
        String traceId = context.getCurrentTraceId();
        String spanId = context.getCurrentSpanId();
        if (traceId != null && spanId != null) {
          return new Trace(traceId, spanId, startNanos);
        }
      }
    } catch (Throwable t) { // of any kind: a tracer must not change the request's outcome
      metrics.failed("Finding the current span", t);
    }
    return null;
  }

  @Override
  @Nullable Trace trace() {
    return trace;
  }

  @Override
  long requestBytes() {
    return read.bytes();
  }

  /** A container sends no body in answer to HEAD, whatever the application writes. */
  @Override
  long responseBytes() {
    return response instanceof CountedResponse && !"HEAD".equals(getMethod())
        ? ((CountedResponse) response).bytes()
        : 0;
  }

  /** An asynchronous cycle keeps the wrappers that count, where it would get the container's. */
  @Override
  public AsyncContext startAsync() {
    return sizes ? startAsyncWith(this, response) : super.startAsync();
  }

  @Override
  public ServletInputStream getInputStream() throws IOException {
    if (input == null) {
      input = read.counting(super.getInputStream());
    }
    return input;
  }

  @Override
  public BufferedReader getReader() throws IOException {
    if (reader == null) {
      BufferedReader containers = super.getReader();
      reader = new BufferedReader(read.counting(containers, getCharacterEncoding()));
    }
    return reader;
  }

  // Containers read a form's body by themselves; what they read is the whole of it.

  @Override
  public @Nullable String getParameter(String name) {
    return formRead(super.getParameter(name));
  }

  @Override
  public Map<String, String[]> getParameterMap() {
    return formRead(super.getParameterMap());
  }

  @Override
  public Enumeration<String> getParameterNames() {
    return formRead(super.getParameterNames());
  }

  @Override
  public String @Nullable [] getParameterValues(String name) {
    return formRead(super.getParameterValues(name));
  }

  @Override
  public Collection<Part> getParts() throws IOException, ServletException {
    return formRead(super.getParts());
  }

  @Override
  public Part getPart(String name) throws IOException, ServletException {
    return formRead(super.getPart(name));
  }

  private <T> T formRead(T answer) {
    String type = getContentType();
    if (input == null
        && reader == null
        && type != null
        && (type.startsWith("application/x-www-form-urlencoded")
            || type.startsWith("multipart/form-data"))) {
      read.atLeast(getContentLengthLong());
    }
    return answer;
  }
}
