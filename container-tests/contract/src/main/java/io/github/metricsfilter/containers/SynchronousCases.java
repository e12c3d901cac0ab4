package io.github.metricsfilter.containers;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.metricsfilter.containers.Application.Handler;
import jakarta.servlet.ServletException;
import jakarta.servlet.UnavailableException;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Requests that are finished when the chain returns or fails. */
abstract class SynchronousCases extends ContainerTest {

  static final Handler HELLO = (request, response) -> response.getWriter().print("hello");

  // A request that returns

  @Test
  void returned() throws Exception {
    Case app = given(HELLO);
    assertThat(app.get("/posts")).startsWith("HTTP/1.1 200").endsWith("hello");
    app.counts("200 /app/posts GET");
  }

  @Test
  void returnedWithoutAsyncSupport() throws Exception {
    Case app = given(a -> a.synchronousServlet("/posts", HELLO));
    assertThat(app.get("/posts")).startsWith("HTTP/1.1 200").endsWith("hello");
    app.counts("200 /app/posts GET");
  }

  @Test
  void head() throws Exception {
    Case app = given(HELLO);
    assertThat(app.send("HEAD", "/posts")).startsWith("HTTP/1.1 200").endsWith("\r\n\r\n");
    app.counts("200 /app/posts HEAD");
  }

  @Test
  void postWithBody() throws Exception {
    Case app =
        given(
            (request, response) -> {
              response.setStatus(201);
              request.getInputStream().transferTo(response.getOutputStream());
            });
    String answer =
        app.exchange(Client.request("POST", "/app/posts", "Content-Length: 4") + "body");
    assertThat(answer).startsWith("HTTP/1.1 201").contains("body");
    app.counts("201 /app/posts POST");
  }

  @Test
  void streamed() throws Exception {
    Case app =
        given(
            (request, response) -> {
              for (int i = 0; i < 5; i++) {
                response.getOutputStream().write(("part " + i).getBytes(UTF_8));
                response.flushBuffer();
              }
            });
    assertThat(app.get("/posts")).contains("part 0", "part 4");
    app.counts("200 /app/posts GET");
  }

  @ParameterizedTest
  @ValueSource(ints = {202, 204, 299, 304, 400, 404, 503})
  void status(int status) throws Exception {
    Case app = given((request, response) -> response.setStatus(status));
    assertThat(app.get("/posts")).startsWith("HTTP/1.1 " + status);
    app.counts(status + " /app/posts GET");
  }

  @Test
  void statusOutOfRange() throws Exception {
    Case app = given((request, response) -> response.setStatus(999));
    assertThat(app.get("/posts")).startsWith("HTTP/1.1 999");
    app.counts("unknown /app/posts GET");
  }

  @ParameterizedTest
  @ValueSource(ints = {400, 404, 409, 500, 503})
  void sendError(int status) throws Exception {
    Case app = given((request, response) -> response.sendError(status));
    assertThat(app.get("/posts")).startsWith("HTTP/1.1 " + status);
    app.counts(status + " /app/posts GET");
  }

  @Test
  void redirect() throws Exception {
    Case app = given((request, response) -> response.sendRedirect("/app/new"));
    assertThat(app.get("/posts")).startsWith("HTTP/1.1 302").contains("/app/new");
    app.counts("302 /app/posts GET");
  }

  @Test
  void notFoundByTheDefaultServlet() throws Exception {
    Case app = given(HELLO);
    assertThat(app.get("/random/1")).startsWith("HTTP/1.1 404");
    assertThat(app.get("/random/2")).startsWith("HTTP/1.1 404");
    app.counts("404 /app/* GET", "404 /app/* GET");
  }

  @ParameterizedTest
  @ValueSource(strings = {"PROPFIND", "get", "Get", "X-Y"})
  void unknownMethod(String method) throws Exception {
    Case app = given(HELLO);
    assertThat(app.send(method, "/posts")).startsWith("HTTP/1.1 200");
    app.counts("200 /app/posts _OTHER");
  }

  @ParameterizedTest
  @ValueSource(strings = {"PUT", "DELETE", "OPTIONS", "PATCH"})
  void knownMethod(String method) throws Exception {
    Case app = given(HELLO);
    assertThat(app.send(method, "/posts")).startsWith("HTTP/1.1 200");
    app.counts("200 /app/posts " + method);
  }

  @Test
  void keptAlive() throws Exception {
    Case app = given(HELLO);
    try (Client client = new Client(app.port())) {
      String request = "GET /app/posts HTTP/1.1\r\nHost: test\r\n\r\n";
      client.send(request).readUntil("hello");
      client.send(request).readUntil("hello");
      client.send(request).readUntil("hello");
    }
    app.counts("200 /app/posts GET", "200 /app/posts GET", "200 /app/posts GET");
  }

  @Test
  void pipelined() throws Exception {
    Case app =
        given(
            a ->
                a.servlet("/posts", HELLO)
                    .servlet("/gone", (request, response) -> response.setStatus(410)));
    String first = "GET /app/posts HTTP/1.1\r\nHost: test\r\n\r\n";
    String second = "HEAD /app/gone HTTP/1.1\r\nHost: test\r\n\r\n";
    assertThat(app.exchange(first + second + Client.request("GET", "/app/posts")))
        .containsSubsequence("HTTP/1.1 200", "hello", "HTTP/1.1 410", "HTTP/1.1 200", "hello");
    app.counts("200 /app/posts GET", "410 /app/gone HEAD", "200 /app/posts GET");
  }

  // A request that fails

  /** What an application may throw; answered with 500. */
  static Stream<Throwable> failures() {
    return Stream.of(
        new IllegalStateException("failure"),
        new ServletException("failure"),
        new IOException("failure"),
        new AssertionError("failure"));
  }

  static void raise(Throwable throwable) throws IOException, ServletException {
    if (throwable instanceof IOException e) {
      throw e;
    } else if (throwable instanceof ServletException e) {
      throw e;
    } else if (throwable instanceof Error e) {
      throw e;
    }
    throw (RuntimeException) throwable;
  }

  @ParameterizedTest
  @MethodSource("failures")
  void failed(Throwable failure) throws Exception {
    AtomicReference<Throwable> passed = new AtomicReference<>();
    AtomicReference<Throwable> arrived = new AtomicReference<>();
    Case app =
        given(
            a ->
                a.filter(
                    (request, response, chain) -> {
                      try {
                        chain.doFilter(request, response);
                      } catch (Throwable t) {
                        arrived.set(t);
                        throw t;
                      }
                    }),
            a ->
                a.filter(
                        (request, response, chain) -> {
                          try {
                            chain.doFilter(request, response);
                          } catch (Throwable t) {
                            passed.set(t);
                            throw t;
                          }
                        })
                    .servlet("/posts", (request, response) -> raise(failure)));
    assertThat(app.get("/posts")).startsWith("HTTP/1.1 500");
    assertThat(rootOf(arrived.get())).isSameAs(failure);
    assertThat(rootOf(passed.get())).isSameAs(failure);
    app.counts("500 /app/posts GET");
  }

  /** Tomcat wraps an Error in a ServletException, from filter to filter. */
  private static @Nullable Throwable rootOf(@Nullable Throwable throwable) {
    return throwable == null || throwable.getCause() == null ? throwable : throwable.getCause();
  }

  @ParameterizedTest
  @MethodSource("failures")
  void failedAfterCommit(Throwable failure) throws Exception {
    Case app =
        given(
            (request, response) -> {
              response.setStatus(207);
              response.getWriter().print("begun");
              response.flushBuffer();
              raise(failure);
            });
    assertThat(app.get("/posts")).startsWith("HTTP/1.1 207").contains("begun");
    app.counts("207 /app/posts GET");
  }

  @ParameterizedTest
  @MethodSource("failures")
  void failedAfterAnErrorWasSent(Throwable failure) throws Exception {
    Case app =
        given(
            (request, response) -> {
              response.setStatus(409);
              response.getWriter().print("begun");
              response.flushBuffer();
              raise(failure);
            });
    assertThat(app.get("/posts")).startsWith("HTTP/1.1 409").contains("begun");
    app.counts("409 /app/posts GET");
  }

  @ParameterizedTest
  @MethodSource("failures")
  void failedAfterSendError(Throwable failure) throws Exception {
    Case app =
        given(
            (request, response) -> {
              response.sendError(409);
              raise(failure);
            });
    String status = statusOf(app.get("/posts"));
    app.counts(status + " /app/posts GET");
  }

  @Test
  void statusAfterSendError() throws Exception {
    Case app =
        given(
            (request, response) -> {
              response.sendError(409);
              response.setStatus(200);
            });
    assertThat(app.get("/posts")).startsWith("HTTP/1.1 409");
    app.counts("409 /app/posts GET");
  }

  /** Which status the client has received. */
  static String statusOf(String answer) {
    return answer.substring("HTTP/1.1 ".length(), "HTTP/1.1 200".length());
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void unavailable(boolean permanent) throws Exception {
    Case app = given((request, response) -> makeUnavailable(permanent));
    String status = permanent ? "404" : "503";
    assertThat(app.get("/posts")).startsWith("HTTP/1.1 " + status);
    app.counts(status + " /app/posts GET");
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void unavailableAfterCommit(boolean permanent) throws Exception {
    Case app =
        given(
            (request, response) -> {
              begin(response);
              makeUnavailable(permanent);
            });
    assertThat(app.get("/posts")).startsWith("HTTP/1.1 200").contains("begun");
    app.counts("200 /app/posts GET");
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void unavailableFilter(boolean permanent) throws Exception {
    Case app =
        given(
            a ->
                a.filter((request, response, chain) -> makeUnavailable(permanent))
                    .servlet("/posts", HELLO));
    app.counts(statusOf(app.get("/posts")) + " /app/posts GET");
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void unavailableWithin(boolean permanent) throws Exception {
    Case app =
        given(
            (request, response) -> {
              try {
                makeUnavailable(permanent);
              } catch (ServletException e) {
                throw new ServletException(e);
              }
            });
    app.counts(statusOf(app.get("/posts")) + " /app/posts GET");
  }

  private static void makeUnavailable(boolean permanent) throws ServletException {
    throw permanent ? new UnavailableException("gone") : new UnavailableException("busy", 60);
  }

  static void begin(HttpServletResponse response) throws IOException {
    response.getWriter().print("begun");
    response.flushBuffer();
  }

  static final String UNDECODABLE = "/posts?name=%zz&%c3%28";

  static final String UNDECODABLE_BODY =
      Client.request("POST", "/app/posts", "Transfer-Encoding: chunked") + "not a chunk\r\n";

  static Consumer<Application> readingTheBody() {
    return a ->
        a.servlet(
            "/posts",
            (request, response) -> {
              request.getInputStream().readAllBytes();
              response.getWriter().print("read");
            });
  }

  static Consumer<Application> undecodable() {
    return a ->
        a.servlet(
            "/posts",
            (request, response) -> response.getWriter().print(request.getParameter("name")));
  }

  @Test
  void undecodableBody() throws Exception {
    Case app = given(readingTheBody());
    assertThat(app.exchange(UNDECODABLE_BODY)).startsWith("HTTP/1.1 400");
    app.counts("400 /app/posts POST");
  }

  @Test
  void undecodableQuery() throws Exception {
    Case app = given(undecodable());
    app.counts(statusOf(app.get(UNDECODABLE)) + " /app/posts GET");
  }

  // Routes

  @Test
  void everyKindOfMapping() throws Exception {
    Case app =
        given(
            a ->
                a.servlet("/exact", HELLO)
                    .servlet("/prefix/*", HELLO)
                    .servlet("*.do", HELLO)
                    .servlet("*.jsp", HELLO)
                    .servlet("", HELLO));
    for (String path :
        new String[] {
          "/exact", "/prefix", "/prefix/", "/prefix/a/b?c=d", "/a/b.do", "/page.jsp", "/", "/none"
        }) {
      app.get(path);
    }
    app.counts(
        "200 /app/exact GET",
        "200 /app/prefix/* GET",
        "200 /app/prefix/* GET",
        "200 /app/prefix/* GET",
        "200 /app/*.do GET",
        "200 /app/*.jsp GET",
        "200 /app/ GET",
        "404 /app/* GET");
  }
}
