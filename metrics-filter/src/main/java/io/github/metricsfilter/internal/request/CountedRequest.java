package io.github.metricsfilter.internal.request;

import jakarta.servlet.AsyncContext;
import jakarta.servlet.RequestDispatcher;
import jakarta.servlet.ServletException;
import jakarta.servlet.ServletInputStream;
import jakarta.servlet.ServletRequest;
import jakarta.servlet.ServletResponse;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletRequestWrapper;
import jakarta.servlet.http.HttpServletResponse;
import jakarta.servlet.http.Part;
import java.io.BufferedReader;
import java.io.IOException;
import java.util.Collection;
import java.util.Enumeration;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A request that counts the bytes of the body that the application reads, if that is asked for, and
 * keeps the {@link CountedResponse} beside it where the application would get the container's.
 */
final class CountedRequest extends HttpServletRequestWrapper {

  private final HttpServletResponse response;
  private final @Nullable ByteCount read;
  private @Nullable ServletInputStream input;
  private @Nullable BufferedReader reader;

  /** The container's, of which {@link #reader} counts. */
  private @Nullable BufferedReader uncounted;

  /**
   * Whether the container makes its reader: Undertow's reads from the stream of the request that
   * the application has, which would count the same bytes again.
   */
  private boolean makesReader;

  /**
   * @param response what the chain writes to
   * @param countsBody whether bytes that are read count
   */
  CountedRequest(HttpServletRequest request, HttpServletResponse response, boolean countsBody) {
    super(request);
    this.response = response;
    this.read = countsBody ? new ByteCount() : null;
  }

  long bytes() {
    return read == null ? 0 : read.bytes();
  }

  /** An asynchronous cycle keeps the wrappers that count, where it would get the container's. */
  @Override
  public AsyncContext startAsync() {
    return super.startAsync(this, response);
  }

  /**
   * A forward discards what was written before, not everywhere by our response. It does by ours on
   * Grizzly, where an asynchronous dispatch asks here, too, and takes no dispatcher but its own.
   */
  @Override
  public @Nullable RequestDispatcher getRequestDispatcher(String path) {
    RequestDispatcher dispatcher = super.getRequestDispatcher(path);
    return dispatcher == null
            || !(response instanceof CountedResponse)
            || Grizzly.is(Container.innermost(getRequest()))
        ? dispatcher
        : new ForgettingDispatcher(dispatcher, (CountedResponse) response);
  }

  private static final class ForgettingDispatcher implements RequestDispatcher {

    private final RequestDispatcher dispatcher;
    private final CountedResponse counted;

    ForgettingDispatcher(RequestDispatcher dispatcher, CountedResponse counted) {
      this.dispatcher = dispatcher;
      this.counted = counted;
    }

    @Override
    public void forward(ServletRequest request, ServletResponse response)
        throws ServletException, IOException {
      if (!response.isCommitted()) { // else it is refused
        counted.forget();
      }
      dispatcher.forward(request, response);
      counted.forwarded();
    }

    @Override
    public void include(ServletRequest request, ServletResponse response)
        throws ServletException, IOException {
      dispatcher.include(request, response);
    }
  }

  @Override
  public ServletInputStream getInputStream() throws IOException {
    ServletInputStream containers = super.getInputStream();
    if (read == null || makesReader) {
      return containers;
    }
    if (input == null) {
      input = read.counting(containers);
    }
    return input;
  }

  private BufferedReader containersReader() throws IOException {
    makesReader = true;
    try {
      return super.getReader();
    } finally {
      makesReader = false;
    }
  }

  @Override
  public BufferedReader getReader() throws IOException {
    BufferedReader containers = containersReader();
    if (read == null) {
      return containers;
    }
    if (reader == null || uncounted != containers) {
      uncounted = containers;
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
    if (read != null && input == null && reader == null) {
      String type = getContentType();
      if (type != null
          && (type.startsWith("application/x-www-form-urlencoded")
              || type.startsWith("multipart/form-data"))) {
        read.atLeast(getContentLengthLong());
      }
    }
    return answer;
  }
}
