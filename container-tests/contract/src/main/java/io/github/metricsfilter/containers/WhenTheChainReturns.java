package io.github.metricsfilter.containers;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.metricsfilter.PrometheusRequestFilter;
import io.github.metricsfilter.PrometheusRequestFilter.PathMode;
import io.github.metricsfilter.containers.ContainerTest.Case;
import jakarta.servlet.ServletRequest;
import jakarta.servlet.http.HttpUpgradeHandler;
import jakarta.servlet.http.WebConnection;
import java.nio.charset.StandardCharsets;
import java.util.Collections;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

@Proves(
    "A request that the chain has answered is counted once, with the status that its client got.")
abstract class WhenTheChainReturns extends Chapter {

  WhenTheChainReturns(ContainerTest container) {
    super(container);
  }

  @Test
  void returned() throws Exception {
    Case app = given(HELLO);
    assertThat(app.get("/posts")).startsWith("HTTP/1.1 200").endsWith("hello");
    app.assertCounted("200 /app/posts GET");
  }

  @Test
  void returnedWithoutAsyncSupport() throws Exception {
    Case app = given(a -> a.synchronousServlet("/posts", HELLO));
    assertThat(app.get("/posts")).startsWith("HTTP/1.1 200").endsWith("hello");
    app.assertCounted("200 /app/posts GET");
  }

  @Test
  void head() throws Exception {
    Case app = given(HELLO);
    assertThat(app.send("HEAD", "/posts")).startsWith("HTTP/1.1 200").endsWith("\r\n\r\n");
    app.assertCounted("200 /app/posts HEAD");
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
    app.assertCounted("201 /app/posts POST");
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
    app.assertCounted("200 /app/posts GET");
  }

  /** What containers answer then differs. */
  @ParameterizedTest
  @ValueSource(ints = {3, 100})
  void bodyOfAnotherLengthThanAnnounced(int length) throws Exception {
    Case app =
        given(
            (request, response) -> {
              response.setContentLength(length);
              response.getOutputStream().print("hello");
            });
    app.assertCountedByTheContainersWord(app.get("/posts"), "/app/posts GET");
  }

  @ParameterizedTest
  @ValueSource(ints = {202, 204, 299, 304, 400, 404, 503})
  void status(int status) throws Exception {
    Case app = given((request, response) -> response.setStatus(status));
    assertThat(app.get("/posts")).startsWith("HTTP/1.1 " + status);
    app.assertCounted(status + " /app/posts GET");
  }

  @Test
  void statusOutOfRange() throws Exception {
    Case app = given((request, response) -> response.setStatus(999));
    assertThat(app.get("/posts")).startsWith("HTTP/1.1 999");
    app.assertCounted("unknown /app/posts GET");
  }

  @ParameterizedTest
  @ValueSource(ints = {400, 404, 409, 500, 503})
  void sendError(int status) throws Exception {
    Case app = given((request, response) -> response.sendError(status));
    assertThat(app.get("/posts")).startsWith("HTTP/1.1 " + status);
    app.assertCounted(status + " /app/posts GET");
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
    app.assertCounted("409 /app/posts GET");
  }

  @Test
  void redirect() throws Exception {
    Case app = given((request, response) -> response.sendRedirect("/app/new"));
    assertThat(app.get("/posts")).startsWith("HTTP/1.1 302").contains("/app/new");
    app.assertCounted("302 /app/posts GET");
  }

  @Test
  void notFoundByTheDefaultServlet() throws Exception {
    Case app = given(HELLO);
    assertThat(app.get("/random/1")).startsWith("HTTP/1.1 404");
    assertThat(app.get("/random/2")).startsWith("HTTP/1.1 404");
    app.assertCounted("404 /app/* GET", "404 /app/* GET");
  }

  @ParameterizedTest
  @ValueSource(strings = {"PROPFIND", "get", "Get", "X-Y"})
  void unknownMethod(String method) throws Exception {
    Case app = given(HELLO);
    assertThat(app.send(method, "/posts")).startsWith("HTTP/1.1 200");
    app.assertCounted("200 /app/posts _OTHER");
  }

  @ParameterizedTest
  @ValueSource(strings = {"PUT", "DELETE", "OPTIONS", "PATCH"})
  void knownMethod(String method) throws Exception {
    Case app = given(HELLO);
    assertThat(app.send(method, "/posts")).startsWith("HTTP/1.1 200");
    app.assertCounted("200 /app/posts " + method);
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
    app.assertCounted("200 /app/posts GET", "200 /app/posts GET", "200 /app/posts GET");
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
    app.assertCounted("200 /app/posts GET", "410 /app/gone HEAD", "200 /app/posts GET");
  }

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
    app.assertCounted(
        "200 /app/exact GET",
        "200 /app/prefix/* GET",
        "200 /app/prefix/* GET",
        "200 /app/prefix/* GET",
        "200 /app/*.do GET",
        "200 /app/*.jsp GET",
        "200 /app/ GET",
        "404 /app/* GET");
  }

  /** Containers refuse some of these; what they let through is one resource. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "/app//a/b",
        "//app/a/b",
        "/%61pp/a/b/c",
        "/app;x=1/a/b/c",
        "/app/a;x=1/b",
        "/./app/a/b",
        "/x/../app/a/b",
        "/%2e/app/a/b",
        "/x/%2e%2E/app/a/b",
        "/app/x/../a/b",
        "/app/x/%2e%2e/a/b",
      })
  void contextPathStripped(String uri) throws Exception {
    Case app =
        given(
            a -> {},
            a ->
                container()
                    .addFilter(
                        a,
                        container()
                            .newFilter(
                                b -> b.pathMode(PathMode.COMPONENTS).stripContextPath(true))),
            a -> a.servlet("/*", HELLO));
    assertThat(app.get("/a/b/c")).startsWith("HTTP/1.1 200");
    boolean reached = app.exchange(Client.request("GET", uri)).startsWith("HTTP/1.1 200");
    app.assertCounted(Map.of("200 /a GET", reached ? 2.0 : 1.0));
  }

  @Test
  void forwarded() throws Exception {
    Case app =
        given(
            a ->
                a.servlet(
                        "/posts",
                        (request, response) ->
                            request.getRequestDispatcher("/target").forward(request, response))
                    .servlet("/target", HELLO));
    assertThat(app.get("/posts")).startsWith("HTTP/1.1 200").contains("hello");
    app.assertCounted("200 /app/posts GET");
  }

  @Test
  void forwardedTwiceToAnError() throws Exception {
    Case app =
        given(
            a ->
                a.servlet(
                        "/posts",
                        (request, response) ->
                            request.getRequestDispatcher("/second").forward(request, response))
                    .servlet(
                        "/second",
                        (request, response) ->
                            request.getRequestDispatcher("/third").forward(request, response))
                    .servlet("/third", (request, response) -> response.sendError(409)));
    assertThat(app.get("/posts")).startsWith("HTTP/1.1 409");
    app.assertCounted("409 /app/posts GET");
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void included(boolean error) throws Exception {
    Case app =
        given(
            a ->
                a.servlet(
                        "/posts",
                        (request, response) -> {
                          request.getRequestDispatcher("/part").include(request, response);
                          response.getWriter().print("whole");
                        })
                    .servlet(
                        "/part",
                        (request, response) -> {
                          if (error) {
                            response.sendError(409);
                          } else {
                            response.getWriter().print("part");
                          }
                        }));
    assertThat(app.get("/posts")).startsWith("HTTP/1.1 200").contains("whole");
    app.assertCounted("200 /app/posts GET");
  }

  @Test
  void pathSetEarlyOrLate() throws Exception {
    String attribute = PrometheusRequestFilter.PATH_ATTRIBUTE;
    Case app =
        given(
            a ->
                a.filter(
                    (request, response, chain) -> {
                      request.setAttribute(attribute, "/early");
                      chain.doFilter(request, response);
                    }),
            a ->
                a.servlet("/posts", HELLO)
                    .servlet(
                        "/late",
                        (request, response) -> {
                          request.setAttribute(attribute, "/late");
                          response.sendError(409);
                        })
                    .synchronousServlet(
                        "/removed", (request, response) -> request.removeAttribute(attribute)));
    app.get("/posts");
    app.get("/late");
    app.get("/removed");
    app.assertCounted("200 /early GET", "409 /late GET", "200 /app/removed GET");
  }

  /** Says goodbye in a protocol of its own. */
  public static final class Goodbye implements HttpUpgradeHandler {

    @Override
    public void init(WebConnection connection) {
      try (connection) {
        connection.getOutputStream().write("goodbye".getBytes(StandardCharsets.UTF_8));
        connection.getOutputStream().flush();
      } catch (Exception e) {
        throw new IllegalStateException(e);
      }
    }

    @Override
    public void destroy() {}
  }

  /** Counted when the chain returns, with the 101 that ends HTTP on this connection. */
  @Test
  void upgraded() throws Exception {
    Case app = given(upgradesTo("goodbye", Goodbye.class));
    String request =
        "GET /app/posts HTTP/1.1\r\nHost: test\r\nUpgrade: goodbye\r\nConnection: Upgrade\r\n\r\n";
    String answer =
        app.compared(
            port -> {
              try (Client client = new Client(port)) {
                return client.send(request).readUntil("goodbye");
              }
            });
    assertThat(answer).startsWith("HTTP/1.1 101");
    app.assertCounted("101 /app/posts GET");
  }

  /** An application may remove what the filter has put there. */
  @ParameterizedTest
  @EnumSource
  void allAttributesRemoved(Ending.Place place) throws Exception {
    ExecutorService background = background();
    Case app =
        given(
            a ->
                place.add(
                    a,
                    (request, response) -> {
                      removeAllAttributes(request);
                      response.setStatus(203);
                    },
                    background));
    app.assertCountedAsAnswered(app.get("/posts"), "/app/posts GET");
  }

  @ParameterizedTest
  @EnumSource
  void allAttributesRemovedBeforeAnError(Ending.Place place) throws Exception {
    ExecutorService background = background();
    Case app =
        given(
            a -> {
              place.add(
                  a,
                  (request, response) -> {
                    removeAllAttributes(request);
                    response.sendError(409);
                  },
                  background);
              a.servlet("/page", (request, response) -> removeAllAttributes(request))
                  .errorPage(409, "/page");
            });
    app.assertCountedByTheContainersWord(app.get("/posts"), "/app/posts GET");
  }

  private static void removeAllAttributes(ServletRequest request) {
    Collections.list(request.getAttributeNames()).forEach(request::removeAttribute);
  }
}
