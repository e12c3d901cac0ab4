package io.github.metricsfilter;

import jakarta.servlet.ServletOutputStream;
import jakarta.servlet.http.HttpServletResponse;
import jakarta.servlet.http.HttpServletResponseWrapper;
import java.io.IOException;
import java.io.PrintWriter;
import org.jspecify.annotations.Nullable;

/** A response that counts the bytes of the body that the application writes and doesn't discard. */
final class CountedResponse extends HttpServletResponseWrapper {

  private final ByteCount written = new ByteCount();
  private @Nullable ServletOutputStream output;
  private @Nullable PrintWriter writer;

  CountedResponse(HttpServletResponse response) {
    super(response);
  }

  long bytes() {
    return written.bytes();
  }

  @Override
  public ServletOutputStream getOutputStream() throws IOException {
    if (output == null) {
      output = written.counting(super.getOutputStream());
    }
    return output;
  }

  @Override
  public PrintWriter getWriter() throws IOException {
    if (writer == null) {
      PrintWriter containers = super.getWriter();
      writer = written.counting(containers, getCharacterEncoding());
    }
    return writer;
  }

  @Override
  public void reset() {
    super.reset();
    written.reset();
    output = null; // after this, the other of stream and writer may be taken
    writer = null;
  }

  @Override
  public void resetBuffer() {
    super.resetBuffer();
    written.reset();
  }

  // These discard what was written, in favour of a body that the container writes by itself.

  @Override
  public void sendError(int status) throws IOException {
    super.sendError(status);
    written.reset();
  }

  @Override
  public void sendError(int status, String message) throws IOException {
    super.sendError(status, message);
    written.reset();
  }

  @Override
  public void sendRedirect(String location) throws IOException {
    super.sendRedirect(location);
    written.reset();
  }
}
