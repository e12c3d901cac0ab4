package io.github.metricsfilter.internal.scrape;

import io.prometheus.metrics.exporter.common.PrometheusHttpExchange;
import io.prometheus.metrics.exporter.common.PrometheusHttpRequest;
import io.prometheus.metrics.exporter.common.PrometheusHttpResponse;
import java.io.IOException;
import java.io.OutputStream;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * A scrape's request and response, as client_java's handler sees them.
 *
 * <p>Nothing is sent before all of it is encoded, no header either, which not all containers let us
 * take back: so an exception never leaves half an exposition with a good status, and GET and HEAD
 * have the same headers, the length too.
 */
final class ScrapeExchange implements PrometheusHttpExchange {

  private final ScrapeRequest request;
  private final Answer answer;
  private final BooleanSupplier sendable;
  private final ChunkedBuffer buffer = new ChunkedBuffer();
  private final Map<String, String> headers = new LinkedHashMap<>();
  private int status = 200;
  private boolean sent;
  private @Nullable RuntimeException failure;

  /**
   * @param sendable whether what the handler has encoded is what the client is to get
   */
  ScrapeExchange(ScrapeRequest request, Answer answer, BooleanSupplier sendable) {
    this.request = request;
    this.answer = answer;
    this.sendable = sendable;
  }

  @Override
  public PrometheusHttpRequest getRequest() {
    return request;
  }

  @Override
  public PrometheusHttpResponse getResponse() {
    return new PrometheusHttpResponse() {
      @Override
      public void setHeader(String name, String value) {
        headers.put(
            name,
            name.equalsIgnoreCase("Content-Type")
                ? request.negotiation().contentType(value)
                : value);
      }

      @Override
      public OutputStream sendHeadersAndGetBody(int status, int contentLength) throws IOException {
        ScrapeExchange.this.status = status;
        if (contentLength == 0 || !sendable.getAsBoolean()) { // not encoded yet, or not to be sent
          return buffer;
        }
        sent = true;
        sendHeaders();
        return answer.body();
      }
    };
  }

  private void sendHeaders() {
    answer.status(status);
    headers.forEach(answer::header);
  }

  /** Sends what the handler has written, unless it was sent already. */
  void send() throws IOException {
    if (!sent) {
      sendHeaders();
      answer.length(buffer.size());
      if (!request.getMethod().equals("HEAD")) {
        buffer.writeTo(answer.body());
      }
    }
  }

  /** Whether the client has got something, or should have. */
  boolean isSent() {
    return sent;
  }

  /** What kept the handler from encoding; nothing is sent then. */
  @Nullable RuntimeException failure() {
    return failure;
  }

  @Override
  public void handleException(IOException e) throws IOException {
    throw e;
  }

  @Override
  public void handleException(RuntimeException e) {
    if (sent) { // it is the container's, and there is nothing to be done for this response
      throw e;
    }
    failure = e;
  }

  @Override
  public void close() {}
}
