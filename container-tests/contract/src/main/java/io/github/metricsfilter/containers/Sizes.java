package io.github.metricsfilter.containers;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.metricsfilter.PrometheusRequestFilter.Exemplars;
import io.github.metricsfilter.PrometheusRequestFilter.Preset;
import io.github.metricsfilter.containers.Application.Handler;
import io.github.metricsfilter.containers.ContainerTest.Case;
import jakarta.servlet.AsyncContext;
import jakarta.servlet.ServletInputStream;
import jakarta.servlet.ServletOutputStream;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletRequestWrapper;
import jakarta.servlet.http.HttpServletResponse;
import jakarta.servlet.http.HttpServletResponseWrapper;
import java.io.IOException;
import java.io.PrintWriter;
import java.lang.reflect.Method;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.opentest4j.TestAbortedException;

@Proves(
    "With request-size and response-size the bytes that the application has read and written are observed, and the answer is the same.")
abstract class Sizes extends Chapter {

  private static final String TEXT = "Grüße, 世界\n".repeat(100);
  private static final byte[] BYTES = TEXT.getBytes(UTF_8);

  Sizes(ContainerTest container) {
    super(container);
  }

  private Case givenSizes(Consumer<Application> definition) throws Exception {
    return givenWith(b -> b.requestSize(true).responseSize(true), definition);
  }

  private Case givenSizes(Handler posts) throws Exception {
    return givenSizes(a -> a.servlet("/posts", posts));
  }

  private void assertSizes(String request, int requestBytes, int responseBytes) {
    awaitUntil(
        () -> {
          Scrape scrape = scrape();
          assertThat(scrape.value("http_response_size_bytes_count " + request)).isOne();
          assertThat(scrape.value("http_response_size_bytes_sum " + request))
              .as("response size")
              .isEqualTo(responseBytes);
          assertThat(scrape.value("http_request_size_bytes_sum " + request))
              .as("request size")
              .isEqualTo(requestBytes);
          assertThat(scrape.inFlight()).isZero();
        });
  }

  private static String post(String body) {
    int length = body.getBytes(UTF_8).length;
    return Client.request("POST", "/app/posts", "Content-Length: " + length)
        + new String(body.getBytes(UTF_8), ISO_8859_1);
  }

  /** What comes without being asked for costs nothing, and wraps nothing. */
  @ParameterizedTest
  @EnumSource(names = {"OTEL", "DEFAULT"})
  @NeedsTheContainersWord("the portable way hears of startAsync by wrapping the request")
  void notAskedFor(Preset preset) throws Exception {
    Case app =
        givenWith(
            b -> b.preset(preset).exemplars(Exemplars.ON).label("color", request -> "red"),
            CLASSES);
    assertThat(app.get("/posts")).startsWith("HTTP/1.1 200");
  }

  /** The other way round the request is wrapped, too, so that {@code startAsync} hears of it. */
  @Test
  @NeedsTheContainersWord("the portable way hears of startAsync by wrapping the request")
  void ofTheRequestOnly() throws Exception {
    Case app =
        givenWith(
            b -> b.requestSize(true),
            a ->
                a.servlet(
                    "/posts",
                    (request, response) -> response.getWriter().print(response.getClass())));
    assertThat(app.get("/posts")).startsWith("HTTP/1.1 200");
    app.assertCounted("200 /app/posts GET");
  }

  @Test
  void streams() throws Exception {
    Case app =
        givenSizes(
            (request, response) -> request.getInputStream().transferTo(response.getOutputStream()));
    String answer = app.exchange(post(TEXT));
    assertThat(Client.bodyOf(answer)).isEqualTo(BYTES);
    assertSizes("200 /app/posts POST", BYTES.length, BYTES.length);
  }

  @Test
  void readerAndWriter() throws Exception {
    Case app =
        givenSizes(
            (request, response) -> {
              request.setCharacterEncoding("UTF-8");
              response.setContentType("text/plain;charset=UTF-8");
              request.getReader().transferTo(response.getWriter());
            });
    String answer = app.exchange(post(TEXT));
    assertThat(Client.bodyOf(answer)).isEqualTo(BYTES);
    assertSizes("200 /app/posts POST", BYTES.length, BYTES.length);
  }

  /** Undertow's writer ends them as no other does. */
  @Test
  void lines() throws Exception {
    Case app =
        givenSizes(
            (request, response) -> {
              PrintWriter writer = response.getWriter();
              writer.println("one");
              writer.println(2);
              writer.println();
            });
    String answer = app.get("/posts");
    assertSizes("200 /app/posts GET", 0, Client.bodyOf(answer).length);
  }

  /** An application that sends events until its client has gone. */
  @Test
  void writerThatIsAskedForErrors() throws Exception {
    AtomicBoolean noticed = new AtomicBoolean();
    Case app =
        givenSizes(
            (request, response) -> {
              begin(response);
              PrintWriter writer = response.getWriter();
              for (int i = 0; i < 10_000 && !writer.checkError(); i++) {
                writer.print("x".repeat(10_000));
              }
              noticed.set(writer.checkError());
            });
    readTheBeginningOnly(app);
    app.assertCounted("200 /app/posts GET");
    assertThat(noticed).isTrue();
  }

  @Test
  void partOfARequest() throws Exception {
    Case app =
        givenSizes(
            (request, response) -> {
              request.getInputStream().readNBytes(10);
              response.getOutputStream().write(new byte[20]);
            });
    assertThat(app.exchange(post(TEXT))).startsWith("HTTP/1.1 200");
    assertSizes("200 /app/posts POST", 10, 20);
  }

  /** {@code read(ByteBuffer)} and {@code write(ByteBuffer)} came with Servlet 6.1. */
  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void byteBuffers(boolean direct) throws Exception {
    Method read = methodOf61(ServletInputStream.class, "read", ByteBuffer.class);
    Method write = methodOf61(ServletOutputStream.class, "write", ByteBuffer.class);
    Case app =
        givenSizes(
            (request, response) -> {
              ByteBuffer buffer =
                  direct ? ByteBuffer.allocateDirect(500) : ByteBuffer.allocate(500);
              int length = (int) invoke(read, request.getInputStream(), buffer);
              while (length >= 0) {
                buffer.position(0).limit(length); // where read leaves them is not agreed on
                invoke(write, response.getOutputStream(), buffer);
                buffer.clear();
                length = (int) invoke(read, request.getInputStream(), buffer);
              }
            });
    String answer = app.exchange(post(TEXT));
    assertThat(Client.bodyOf(answer)).isEqualTo(BYTES);
    assertSizes("200 /app/posts POST", BYTES.length, BYTES.length);
  }

  private static Method methodOf61(Class<?> type, String name, Class<?>... parameters) {
    try {
      return type.getMethod(name, parameters);
    } catch (NoSuchMethodException e) {
      throw new TestAbortedException("not in this version of the Servlet API: " + name, e);
    }
  }

  private static Object invoke(Method method, Object target, Object... arguments)
      throws IOException {
    try {
      return method.invoke(target, arguments);
    } catch (ReflectiveOperationException e) {
      throw new IOException(e);
    }
  }

  /** The writer is asked for, and so its encoding settled, before the forward sets another. */
  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void forwardedWithAnotherEncoding(boolean written) throws Exception {
    Case app =
        givenSizes(
            a ->
                a.servlet(
                        "/posts",
                        (request, response) -> {
                          PrintWriter writer = response.getWriter();
                          if (written) {
                            writer.print("discarded");
                          }
                          request.getRequestDispatcher("/target").forward(request, response);
                        })
                    .servlet(
                        "/target",
                        (request, response) -> {
                          response.setContentType("text/plain;charset=UTF-8");
                          response.getWriter().print(TEXT);
                        }));
    String answer = app.get("/posts");
    assertThat(answer).startsWith("HTTP/1.1 200");
    assertSizes("200 /app/posts GET", 0, Client.bodyOf(answer).length);
  }

  @Test
  void forwardedAfterWritingToTheStream() throws Exception {
    Case app =
        givenSizes(
            a ->
                a.servlet(
                        "/posts",
                        (request, response) -> {
                          response.getOutputStream().write(new byte[100]);
                          request.getRequestDispatcher("/target").forward(request, response);
                        })
                    .servlet(
                        "/target",
                        (request, response) -> response.getOutputStream().write(new byte[30])));
    String answer = app.get("/posts");
    assertThat(Client.bodyOf(answer)).hasSize(30);
    assertSizes("200 /app/posts GET", 0, 30);
  }

  @Test
  void included() throws Exception {
    Case app =
        givenSizes(
            a ->
                a.servlet(
                        "/posts",
                        (request, response) -> {
                          response.getWriter().print("whole");
                          request.getRequestDispatcher("/part").include(request, response);
                        })
                    .servlet("/part", (request, response) -> response.getWriter().print("part")));
    String answer = app.get("/posts");
    assertThat(Client.bodyOf(answer)).hasSize(9);
    assertSizes("200 /app/posts GET", 0, 9);
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void reset(boolean bufferOnly) throws Exception {
    Case app =
        givenSizes(
            (request, response) -> {
              response.getOutputStream().write(new byte[100]);
              if (bufferOnly) {
                response.resetBuffer();
              } else {
                response.reset();
              }
              response.getOutputStream().write(new byte[30]);
            });
    assertThat(Client.bodyOf(app.get("/posts"))).hasSize(30);
    assertSizes("200 /app/posts GET", 0, 30);
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1})
  void sentError(int messages) throws Exception {
    Case app =
        givenSizes(
            (request, response) -> {
              response.getOutputStream().write(new byte[100]);
              if (messages == 0) {
                response.sendError(409);
              } else {
                response.sendError(409, "conflict");
              }
            });
    assertThat(app.get("/posts")).startsWith("HTTP/1.1 409");
    assertSizes("409 /app/posts GET", 0, 0);
  }

  /** Statuses with which no body is sent. */
  @ParameterizedTest
  @ValueSource(ints = {204, 304})
  void writtenForNobody(int status) throws Exception {
    Case app =
        givenSizes(
            (request, response) -> {
              response.setStatus(status);
              response.getOutputStream().write(new byte[30]);
            });
    String answer = app.get("/posts");
    assertThat(answer).startsWith("HTTP/1.1 " + status).endsWith("\r\n\r\n");
    assertSizes(status + " /app/posts GET", 0, 0);
  }

  @Test
  void redirected() throws Exception {
    Case app =
        givenSizes(
            (request, response) -> {
              response.getOutputStream().write(new byte[100]);
              response.sendRedirect("/app/elsewhere");
            });
    assertThat(app.get("/posts")).startsWith("HTTP/1.1 302");
    assertSizes("302 /app/posts GET", 0, 0);
  }

  /** The forms of {@code sendRedirect} that came with Servlet 6.1. */
  @ParameterizedTest
  @EnumSource
  void redirected(Redirect redirect) throws Exception {
    Method method = methodOf61(HttpServletResponse.class, "sendRedirect", redirect.parameters);
    Case app =
        givenSizes(
            (request, response) -> {
              response.getOutputStream().write(new byte[100]);
              invoke(method, response, redirect.arguments);
            });
    String answer = app.get("/posts");
    assertThat(answer).startsWith("HTTP/1.1 " + redirect.status);
    assertSizes(redirect.status + " /app/posts GET", 0, redirect.clears ? 0 : 100);
  }

  /** With and without a status, and with and without what was written before. */
  enum Redirect {
    WITH_A_STATUS(303, true, "/app/elsewhere", 303),
    CLEARING(302, true, "/app/elsewhere", true),
    KEEPING(302, false, "/app/elsewhere", false),
    WITH_A_STATUS_CLEARING(303, true, "/app/elsewhere", 303, true),
    WITH_A_STATUS_KEEPING(303, false, "/app/elsewhere", 303, false);

    private final int status;
    private final boolean clears;

    @SuppressWarnings("ImmutableEnumChecker") // nobody writes to them
    private final Object[] arguments;

    @SuppressWarnings("ImmutableEnumChecker")
    private final Class<?>[] parameters;

    Redirect(int status, boolean clears, Object... arguments) {
      this.status = status;
      this.clears = clears;
      this.arguments = arguments;
      this.parameters =
          Arrays.stream(arguments)
              .map(
                  argument ->
                      argument instanceof Integer
                          ? int.class
                          : argument instanceof Boolean ? boolean.class : String.class)
              .toArray(Class<?>[]::new);
    }
  }

  /** What the application hands to {@code startAsync}. */
  enum Cycle {
    PLAIN,
    WITH_THE_SAME,
    WITH_WRAPPERS
  }

  @ParameterizedTest
  @EnumSource
  void asynchronous(Cycle kind) throws Exception {
    ExecutorService background = background();
    Case app =
        givenSizes(
            (request, response) -> {
              AsyncContext cycle = start(kind, request, response);
              background.execute(
                  unchecked(
                      () -> {
                        byte[] body = cycle.getRequest().getInputStream().readAllBytes();
                        cycle.getResponse().getOutputStream().write(body);
                        cycle.complete();
                      }));
            });
    String answer = app.exchange(post(TEXT));
    assertThat(Client.bodyOf(answer)).isEqualTo(BYTES);
    assertSizes("200 /app/posts POST", BYTES.length, BYTES.length);
  }

  @ParameterizedTest
  @EnumSource
  void readInADispatch(Cycle kind) throws Exception {
    Case app =
        givenSizes(
            a ->
                a.servlet(
                        "/posts",
                        (request, response) -> start(kind, request, response).dispatch("/target"))
                    .servlet(
                        "/target",
                        (request, response) ->
                            request.getInputStream().transferTo(response.getOutputStream())));
    String answer = app.exchange(post(TEXT));
    assertThat(Client.bodyOf(answer)).isEqualTo(BYTES);
    assertSizes("200 /app/posts POST", BYTES.length, BYTES.length);
    app.assertCounted("200 /app/posts POST");
  }

  private static AsyncContext start(
      Cycle kind, HttpServletRequest request, HttpServletResponse response) {
    return switch (kind) {
      case PLAIN -> request.startAsync();
      case WITH_THE_SAME -> request.startAsync(request, response);
      case WITH_WRAPPERS ->
          request.startAsync(
              new HttpServletRequestWrapper(request), new HttpServletResponseWrapper(response));
    };
  }

  @Test
  void nonBlocking() throws Exception {
    Case app = givenSizes(WhenItGoesAsynchronous::echo);
    String answer = app.exchange(post("x".repeat(5000)));
    assertThat(Client.bodyOf(answer)).hasSize(5000);
    assertSizes("200 /app/posts POST", 5000, 5000);
  }

  @ParameterizedTest
  @EnumSource(names = {"IN_THE_SERVLET", "IN_A_THREAD"})
  void overHttp2(Ending.Place place) throws Exception {
    ExecutorService background = background();
    Case app =
        givenSizes(
            a -> {
              place.add(
                  a,
                  (request, response) ->
                      request.getInputStream().transferTo(response.getOutputStream()),
                  background);
            });
    Http2Client client = new Http2Client(app.port());
    assertThat(client.post("/app/posts", BYTES)).isEqualTo(BYTES);
    assertSizes("200 /app/posts POST", BYTES.length, BYTES.length);
  }
}
