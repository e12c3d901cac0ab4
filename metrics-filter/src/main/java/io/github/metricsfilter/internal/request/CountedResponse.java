package io.github.metricsfilter.internal.request;

import jakarta.servlet.ServletOutputStream;
import jakarta.servlet.http.HttpServletResponse;
import jakarta.servlet.http.HttpServletResponseWrapper;
import java.io.IOException;
import java.io.PrintWriter;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** A response that counts the bytes of the body that the application writes and doesn't discard. */
final class CountedResponse extends HttpServletResponseWrapper {

  private final ByteCount written = new ByteCount();

  private @Nullable ServletOutputStream output;
  private @Nullable ServletOutputStream uncountedOutput;
  private @Nullable PrintWriter writer;
  private @Nullable PrintWriter uncountedWriter;
  private @Nullable String charset;

  CountedResponse(HttpServletResponse response) {
    super(response);
  }

  long bytes() {
    return written.bytes();
  }

  /** What was written so far isn't sent. */
  void forget() {
    written.reset();
  }

  // The container is asked each time, since after a reset or a forward it may have another.

  @Override
  public ServletOutputStream getOutputStream() throws IOException {
    ServletOutputStream containers = super.getOutputStream();
    if (output == null || uncountedOutput != containers) {
      uncountedOutput = containers;
      output = written.counting(containers);
    }
    return output;
  }

  @Override
  public PrintWriter getWriter() throws IOException {
    PrintWriter containers = super.getWriter();
    String containersCharset = getCharacterEncoding();
    if (writer == null
        || uncountedWriter != containers
        || !Objects.equals(charset, containersCharset)) {
      uncountedWriter = containers;
      charset = containersCharset;
      writer = written.counting(containers, containersCharset);
    }
    return writer;
  }

  @Override
  public void reset() {
    super.reset();
    forget();
  }

  @Override
  public void resetBuffer() {
    super.resetBuffer();
    forget();
  }

  // These discard what was written, in favour of a body that the container writes by itself.

  @Override
  public void sendError(int status) throws IOException {
    super.sendError(status);
    forget();
  }

  @Override
  public void sendError(int status, String message) throws IOException {
    super.sendError(status, message);
    forget();
  }

  @Override
  public void sendRedirect(String location) throws IOException {
    super.sendRedirect(location);
    forget();
  }

  // Of Servlet 6.1, which is not what this is compiled with: they override where they are there.

  /** As {@code HttpServletResponse} of Servlet 6.1 has it. */
  public void sendRedirect(String location, int status) throws IOException {
    sendRedirect(location, status, true);
  }

  /** As {@code HttpServletResponse} of Servlet 6.1 has it. */
  public void sendRedirect(String location, boolean clearBuffer) throws IOException {
    sendRedirect(location, SC_FOUND, clearBuffer);
  }

  /** As {@code HttpServletResponse} of Servlet 6.1 has it. */
  public void sendRedirect(String location, int status, boolean clearBuffer) throws IOException {
    Servlet61.sendRedirect((HttpServletResponse) getResponse(), location, status, clearBuffer);
    if (clearBuffer) {
      forget();
    }
  }
}
