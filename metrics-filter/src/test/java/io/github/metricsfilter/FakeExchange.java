package io.github.metricsfilter;

import jakarta.servlet.AsyncContext;
import jakarta.servlet.AsyncEvent;
import jakarta.servlet.AsyncListener;
import jakarta.servlet.DispatcherType;
import jakarta.servlet.FilterChain;
import jakarta.servlet.FilterConfig;
import jakarta.servlet.ReadListener;
import jakarta.servlet.RequestDispatcher;
import jakarta.servlet.ServletContext;
import jakarta.servlet.ServletException;
import jakarta.servlet.ServletInputStream;
import jakarta.servlet.ServletOutputStream;
import jakarta.servlet.WriteListener;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.BufferedReader;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStreamWriter;
import java.io.PrintWriter;
import java.lang.reflect.InvocationHandler;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.nio.charset.Charset;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A request and its response, of a container that the filter doesn't know: without threads and a
 * network, so that a test sees at once what the filter makes of it.
 */
final class FakeExchange {

  final Map<String, Object> attributes = new HashMap<>();

  /** What the request and the response answer beside what is in here. */
  final Map<String, Object> answers =
      new HashMap<>(
          Map.of(
              "getMethod", "GET",
              "getScheme", "http",
              "getProtocol", "HTTP/1.1",
              "getRequestURI", "/posts",
              "getContextPath", "",
              "getServletPath", "/posts",
              "getContentLengthLong", -1L,
              "getDispatcherType", DispatcherType.REQUEST));

  /** Methods that throw. */
  final Set<String> broken = new HashSet<>();

  /** What the last cycle was started with. */
  @Nullable Object started;

  @Nullable Object startedWith;

  /** Whether the client has gone. */
  boolean fails;

  /** Methods of the streams that were called, other than those that read and write. */
  final List<String> called = new ArrayList<>();

  int status = 200;
  byte[] body = {};
  String charset = "UTF-8";
  final ByteArrayOutputStream written = new ByteArrayOutputStream();

  private boolean committed;
  private boolean asynchronous;
  private List<AsyncListener> listeners = new ArrayList<>();
  private @Nullable Input input;
  private @Nullable BufferedReader reader;
  private @Nullable PrintWriter writer;
  private final Output output = new Output();
  private final HttpServletRequest request = fake(HttpServletRequest.class, this::ofRequest);
  private final HttpServletResponse response = fake(HttpServletResponse.class, this::ofResponse);
  private final AsyncContext cycle =
      fake(
          AsyncContext.class,
          (proxy, method, arguments) ->
              method.getName().equals("addListener")
                  ? listeners.add((AsyncListener) arguments[0])
                  : null);

  /** Starts a filter as a container does. */
  static void init(PrometheusRequestFilter filter) throws ServletException {
    ServletContext context =
        fake(
            ServletContext.class,
            (proxy, method, arguments) -> method.getName().equals("getContextPath") ? "" : null);
    filter.init(
        fake(
            FilterConfig.class,
            (proxy, method, arguments) ->
                switch (method.getName()) {
                  case "getServletContext" -> context;
                  case "getFilterName" -> "filter";
                  default -> null;
                }));
  }

  /** Sends this through the filter. */
  void enter(PrometheusRequestFilter filter, FilterChain chain)
      throws IOException, ServletException {
    filter.doFilter(request, response, chain);
  }

  HttpServletRequest request() {
    return request;
  }

  /** The response is begun, with this status. */
  void sends(int status) {
    this.status = status;
    committed = true;
  }

  void completes() throws IOException {
    notifies("onComplete", null);
    asynchronous = false;
  }

  void notifies(String event, @Nullable Throwable failure) throws IOException {
    AsyncEvent told = new AsyncEvent(cycle, request, response, failure);
    for (AsyncListener listener : List.copyOf(listeners)) {
      switch (event) {
        case "onTimeout" -> listener.onTimeout(told);
        case "onError" -> listener.onError(told);
        default -> listener.onComplete(told);
      }
    }
  }

  static <T> T fake(Class<T> type, InvocationHandler answers) {
    return type.cast(Proxy.newProxyInstance(type.getClassLoader(), new Class<?>[] {type}, answers));
  }

  private @Nullable Object ofRequest(Object proxy, Method method, Object[] arguments)
      throws IOException {
    requireWhole(method.getName());
    return switch (method.getName()) {
      case "getAttribute" -> attributes.get((String) arguments[0]);
      case "setAttribute" -> attributes.put((String) arguments[0], arguments[1]);
      case "isAsyncStarted" -> asynchronous;
      case "getAsyncContext" -> cycle;
      case "startAsync" ->
          arguments == null ? starts(request, response) : starts(arguments[0], arguments[1]);
      case "getInputStream" -> input();
      case "getReader" -> reader();
      case "getCharacterEncoding" -> charset;
      case "getRequestDispatcher" -> arguments[0].equals("/none") ? null : dispatcher();
      default -> answers.get(method.getName());
    };
  }

  private AsyncContext starts(Object with, Object answer) throws IOException {
    started = with;
    startedWith = answer;
    asynchronous = true;
    List<AsyncListener> before = listeners;
    listeners = new ArrayList<>();
    for (AsyncListener listener : before) {
      listener.onStartAsync(new AsyncEvent(cycle, request, response));
    }
    return cycle;
  }

  private Input input() {
    if (input == null) {
      input = new Input(new ByteArrayInputStream(body));
    }
    return input;
  }

  private BufferedReader reader() {
    if (reader == null) {
      reader = new BufferedReader(new InputStreamReader(input(), Charset.forName(charset)));
    }
    return reader;
  }

  /** To a servlet that answers a text. */
  private RequestDispatcher dispatcher() {
    return fake(
        RequestDispatcher.class,
        (proxy, method, arguments) -> {
          boolean isForward = method.getName().equals("forward");
          if (isForward) {
            requireUncommitted();
            written.reset();
          }
          ((HttpServletResponse) arguments[1]).getOutputStream().print("dispatched");
          committed |= isForward;
          return null;
        });
  }

  private @Nullable Object ofResponse(Object proxy, Method method, Object[] arguments)
      throws IOException {
    requireWhole(method.getName());
    return switch (method.getName()) {
      case "getStatus" -> status;
      case "isCommitted" -> committed;
      case "getCharacterEncoding" -> charset;
      case "getOutputStream" -> output;
      case "getWriter" -> writer();
      default -> {
        changes(method.getName(), arguments);
        yield null;
      }
    };
  }

  private void changes(String method, Object[] arguments) {
    switch (method) {
      case "flushBuffer" -> committed = true;
      case "reset", "resetBuffer" -> {
        requireUncommitted();
        written.reset();
      }
      case "sendError" -> sends((int) arguments[0]);
      case "sendRedirect" -> sends(302);
      default -> {}
    }
  }

  private PrintWriter writer() {
    if (writer == null) {
      writer = new PrintWriter(new OutputStreamWriter(output, Charset.forName(charset)));
    }
    return writer;
  }

  private void requireUncommitted() {
    if (committed) {
      throw new IllegalStateException("committed");
    }
  }

  private void requireWhole(String method) {
    if (broken.contains(method)) {
      throw new IllegalStateException("recycled");
    }
  }

  private final class Input extends ServletInputStream {
    private final ByteArrayInputStream bytes;

    Input(ByteArrayInputStream bytes) {
      this.bytes = bytes;
    }

    @Override
    public int read() {
      return bytes.read();
    }

    @Override
    public int read(byte[] buffer, int offset, int length) {
      return bytes.read(buffer, offset, length);
    }

    @Override
    public int available() {
      return bytes.available();
    }

    @Override
    public boolean isFinished() {
      return bytes.available() == 0;
    }

    @Override
    public boolean isReady() {
      return bytes.available() > 1;
    }

    @Override
    public void setReadListener(ReadListener listener) {
      called.add("setReadListener");
    }

    @Override
    public void close() {
      called.add("close");
    }
  }

  /** Is full with twenty bytes, which begins the response. */
  private final class Output extends ServletOutputStream {

    @Override
    public void write(int b) throws IOException {
      if (fails) {
        throw new IOException("broken pipe");
      }
      written.write(b);
      committed |= written.size() >= 20;
    }

    @Override
    public boolean isReady() {
      return written.size() < 5;
    }

    @Override
    public void setWriteListener(WriteListener listener) {
      called.add("setWriteListener");
    }

    @Override
    public void flush() {
      called.add("flush");
      committed = true;
    }

    @Override
    public void close() {
      called.add("close");
      committed = true;
    }
  }
}
