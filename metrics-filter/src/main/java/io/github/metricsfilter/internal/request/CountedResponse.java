package io.github.metricsfilter.internal.request;

import jakarta.servlet.ServletOutputStream;
import jakarta.servlet.http.HttpServletResponse;
import jakarta.servlet.http.HttpServletResponseWrapper;
import java.io.IOException;
import java.io.PrintWriter;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A response that counts the bytes of the body that the application writes and doesn't discard; and
 * that sees, if that is asked for, with which call of the application the container has begun to
 * send it. What is written goes into a buffer first, so that this is a call after which the
 * response is committed. After {@code sendError} it is, too, though nothing was sent: that is left
 * to the end of the request.
 */
final class CountedResponse extends HttpServletResponseWrapper {

  private final ByteCount written = new Written();
  private final boolean countsBody;

  /** What is to be told of the first byte; null if there is nothing, or nothing more, to tell. */
  private @Nullable Observation untold;

  /** When the call began that is under way, or has failed; 0 if there is none. */
  private long callNanos;

  private @Nullable ServletOutputStream output;
  private @Nullable ServletOutputStream uncountedOutput;
  private @Nullable PrintWriter writer;
  private @Nullable PrintWriter uncountedWriter;
  private @Nullable String charset;

  /**
   * @param countsBody whether bytes that are written count
   * @param untold what is to be told when the response is begun, if that is asked for
   */
  CountedResponse(HttpServletResponse response, boolean countsBody, @Nullable Observation untold) {
    super(response);
    this.countsBody = countsBody;
    this.untold = untold;
  }

  long bytes() {
    return countsBody ? written.bytes() : 0;
  }

  private final class Written extends ByteCount {

    /** A call may take as long as the client takes to read, so its beginning is what counts. */
    @Override
    void before() {
      if (untold != null) {
        callNanos = System.nanoTime();
      }
    }

    /** Nothing is thrown: the application's call has succeeded. */
    @Override
    void after() {
      try {
        end();
      } catch (Throwable t) { // of any kind, of a wrapper behind this
        giveUp(t);
      }
      callNanos = 0;
    }
  }

  private void giveUp(Throwable failure) {
    Observation observation = untold;
    if (observation != null) {
      untold = null;
      observation.troubled("Watching for the first byte of a response", failure);
    }
  }

  /** The request is over: a call that has failed may have sent something nevertheless. */
  void end() {
    Observation observation = untold;
    if (observation != null && callNanos != 0 && isCommitted()) {
      untold = null;
      observation.sending(callNanos);
    }
  }

  /** A forward is over, which the container ends by sending what was written. */
  void forwarded() {
    written.before();
    written.after();
  }

  @Override
  public void flushBuffer() throws IOException {
    written.before();
    super.flushBuffer();
    written.after();
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
    untold = null;
    forget();
  }

  @Override
  public void sendError(int status, String message) throws IOException {
    super.sendError(status, message);
    untold = null;
    forget();
  }

  @Override
  public void sendRedirect(String location) throws IOException {
    written.before();
    super.sendRedirect(location);
    written.after();
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
    written.before();
    Servlet61.sendRedirect((HttpServletResponse) getResponse(), location, status, clearBuffer);
    written.after();
    if (clearBuffer) {
      forget();
    }
  }
}
