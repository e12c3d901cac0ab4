package io.github.metricsfilter.internal.scrape;

import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;

/** What a client is told. */
final class Answer {

  private final HttpServletResponse response;
  private int status = 200; // as the servlet API has it

  Answer(HttpServletResponse response) {
    this.response = response;
    response.setHeader("X-Content-Type-Options", "nosniff"); // label values can look like HTML
  }

  /** Sets a header, for good: not all containers let us take one back. */
  void header(String name, String value) {
    response.setHeader(name, value);
  }

  void status(int status) {
    this.status = status;
    response.setStatus(status);
  }

  /** What the client gets, or has got, if the request ends by returning. */
  int status() {
    return status;
  }

  /** What it gets if the request ends by an exception, which the container makes a 500 of. */
  int statusAfterException() {
    return response.isCommitted() ? status : 500;
  }

  void length(long bytes) {
    response.setContentLengthLong(bytes);
  }

  OutputStream body() throws IOException {
    return response.getOutputStream();
  }

  /** Not by sendError: the container's page may show the URI. */
  void explain(int status, String reason) throws IOException {
    byte[] body = (reason + "\n").getBytes(StandardCharsets.US_ASCII);
    status(status);
    response.setContentType("text/plain; charset=utf-8");
    response.setContentLength(body.length);
    response.getOutputStream().write(body);
  }
}
