package io.github.metricsfilter.containers;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.metricsfilter.PrometheusRequestFilter;
import jakarta.servlet.AsyncContext;
import jakarta.servlet.http.HttpServletRequestWrapper;
import jakarta.servlet.http.HttpServletResponse;
import jakarta.servlet.http.HttpServletResponseWrapper;
import jakarta.servlet.http.HttpUpgradeHandler;
import jakarta.servlet.http.WebConnection;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The cases that hold in every container: these, and those that it inherits. */
public abstract class ContainerContract extends AsynchronousCases {

  // Dispatches

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
    app.counts("200 /app/posts GET");
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
    app.counts("409 /app/posts GET");
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
    app.counts("200 /app/posts GET");
  }

  // Error pages

  private Case givenErrorPage(Application.Handler page) throws Exception {
    return given(
        a ->
            a.servlet("/posts", (request, response) -> response.sendError(409))
                .servlet("/failing", (request, response) -> raise(new IOException("failure")))
                .servlet("/page", page)
                .errorPage(409, "/page")
                .errorPage(IOException.class, "/page"));
  }

  @Test
  void errorPageKeepsTheStatus() throws Exception {
    Case app = givenErrorPage((request, response) -> response.getWriter().print("page"));
    assertThat(app.get("/posts")).startsWith("HTTP/1.1 409").contains("page");
    assertThat(app.get("/failing")).startsWith("HTTP/1.1 500").contains("page");
    app.counts("409 /app/posts GET", "500 /app/failing GET");
  }

  /** Only where the filter sees the page, it can know. */
  @Test
  void errorPageChangesTheStatus() throws Exception {
    Case app =
        givenErrorPage(
            (request, response) -> {
              response.setStatus(202);
              response.getWriter().print("page");
            });
    assertThat(app.get("/posts")).startsWith("HTTP/1.1 202").contains("page");
    assertThat(app.get("/failing")).startsWith("HTTP/1.1 202").contains("page");
    app.counts(
        (seesErrorPages() ? "202" : "409") + " /app/posts GET",
        (seesErrorPages() ? "202" : "500") + " /app/failing GET");
  }

  @Test
  void errorPageFails() throws Exception {
    Case app =
        givenErrorPage(
            (request, response) -> {
              throw new IllegalStateException("page");
            });
    String sent = statusOf(app.get("/posts"));
    assertThat(app.get("/failing")).startsWith("HTTP/1.1 500");
    app.counts((seesErrorPages() ? sent : "409") + " /app/posts GET", "500 /app/failing GET");
  }

  @Test
  void errorPageOfAnAsynchronousRequest() throws Exception {
    ExecutorService background = background();
    Case app =
        given(
            a ->
                a.servlet(
                        "/posts",
                        (request, response) -> {
                          AsyncContext cycle = request.startAsync();
                          background.execute(
                              unchecked(
                                  () -> {
                                    response.sendError(409);
                                    cycle.complete();
                                  }));
                        })
                    .servlet("/page", (request, response) -> response.setStatus(202))
                    .errorPage(409, "/page"));
    assertThat(app.get("/posts")).startsWith("HTTP/1.1 202");
    app.counts("202 /app/posts GET");
  }

  // Clients that go away

  @Test
  void clientGoneWhileTheResponseIsWritten() throws Exception {
    CountDownLatch gone = new CountDownLatch(1);
    Case app = given((request, response) -> writeFor(gone, response));
    readTheBeginningOnly(app);
    gone.countDown();
    app.counts("200 /app/posts GET");
  }

  /** Begins, and goes on for more than any buffer holds when the client has gone. */
  private static void writeFor(CountDownLatch gone, HttpServletResponse response)
      throws IOException {
    begin(response);
    unchecked(gone::await).run();
    for (int i = 0; i < 10_000; i++) {
      response.getWriter().print("x".repeat(10_000));
      response.flushBuffer();
    }
  }

  private static void readTheBeginningOnly(Case app) throws IOException {
    Client client = new Client(app.port());
    client.send("GET /app/posts HTTP/1.1\r\nHost: test\r\n\r\n").readUntil("begun");
    client.abort();
  }

  @Test
  void clientGoneInADispatch() throws Exception {
    CountDownLatch gone = new CountDownLatch(1);
    Case app =
        given(
            a ->
                a.servlet(
                        "/posts", (request, response) -> request.startAsync().dispatch("/endless"))
                    .servlet("/endless", (request, response) -> writeFor(gone, response)));
    readTheBeginningOnly(app);
    gone.countDown();
    app.counts("200 /app/posts GET");
  }

  @Test
  void clientGoneWhileTheBodyIsRead() throws Exception {
    CountDownLatch entered = new CountDownLatch(1);
    Case app =
        given(
            (request, response) -> {
              entered.countDown();
              try {
                request.getInputStream().readAllBytes();
              } catch (IOException e) {
                throw new UncheckedIOException(e); // as frameworks do
              }
            });
    Client client = new Client(app.port());
    client.send(Client.request("POST", "/app/posts", "Content-Length: 100") + "body");
    entered.await();
    client.abort();
    app.counts(statusOfAbortedBody() + " /app/posts POST");
  }

  /** What the container would answer if the client were still there. */
  protected String statusOfAbortedBody() {
    return "500";
  }

  // Other filters, and the same one twice

  @Test
  void amongFiltersThatWrap() throws Exception {
    Consumer<Application> wrapping =
        a ->
            a.filter(
                (request, response, chain) ->
                    chain.doFilter(
                        new HttpServletRequestWrapper(request),
                        new HttpServletResponseWrapper(response)));
    ExecutorService background = background();
    Case app =
        given(
            wrapping,
            wrapping.andThen(
                a ->
                    a.servlet("/posts", HELLO)
                        .servlet("/error", (request, response) -> response.sendError(409))
                        .servlet(
                            "/async",
                            (request, response) -> {
                              AsyncContext cycle = request.startAsync(request, response);
                              background.execute(() -> complete(cycle));
                            })));
    assertThat(app.get("/posts")).startsWith("HTTP/1.1 200");
    assertThat(app.get("/error")).startsWith("HTTP/1.1 409");
    assertThat(app.get("/async")).startsWith("HTTP/1.1 201");
    app.counts("200 /app/posts GET", "409 /app/error GET", "201 /app/async GET");
  }

  @Test
  void registeredTwice() throws Exception {
    ExecutorService background = background();
    Case app =
        given(
            a -> {},
            a ->
                a.filter(newFilter(), setup.dispatchers(), "/*")
                    .filter(newFilter(), setup.dispatchers(), "/*"),
            a -> everyEnding(a, background));
    callEveryEnding(app);
  }

  @Test
  void mappedTwice() throws Exception {
    ExecutorService background = background();
    Case app =
        given(
            a -> {},
            a -> a.filter(newFilter(), setup.dispatchers(), "/*", "/posts", "/error", "/async"),
            a -> everyEnding(a, background));
    callEveryEnding(app);
  }

  private static void everyEnding(Application a, ExecutorService background) {
    a.servlet("/posts", HELLO)
        .servlet("/error", (request, response) -> response.sendError(409))
        .servlet("/page", (request, response) -> response.getWriter().print("page"))
        .errorPage(409, "/page")
        .servlet("/failing", (request, response) -> raise(new IOException("failure")))
        .servlet(
            "/async",
            (request, response) -> {
              AsyncContext cycle = request.startAsync();
              background.execute(() -> complete(cycle));
            });
  }

  private static void callEveryEnding(Case app) throws IOException {
    app.get("/posts");
    app.get("/error");
    app.get("/failing");
    app.get("/async");
    app.counts(
        "200 /app/posts GET", "409 /app/error GET", "500 /app/failing GET", "201 /app/async GET");
  }

  // The path attribute

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
    app.counts("200 /early GET", "409 /late GET", "200 /app/removed GET");
  }

  // Upgrade

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
    Case app =
        given(
            (request, response) -> {
              response.setStatus(HttpServletResponse.SC_SWITCHING_PROTOCOLS);
              response.setHeader("Upgrade", "goodbye");
              response.setHeader("Connection", "Upgrade");
              request.upgrade(Goodbye.class);
            });
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
    app.counts("101 /app/posts GET");
  }

  // All at once

  @Test
  void fiveThousandWhileScraped() throws Exception {
    int connections = 32;
    int rounds = 32;
    ExecutorService background = background();
    Case app =
        given(
            a -> {
              everyEnding(a, background);
              a.servlet(
                  "/forwarded",
                  (request, response) ->
                      request.getRequestDispatcher("/posts").forward(request, response));
            });
    List<Future<?>> clients = new ArrayList<>();
    for (int i = 0; i < connections; i++) {
      clients.add(
          background.submit(
              () -> {
                for (int j = 0; j < rounds; j++) {
                  for (String path : PATHS) {
                    Client.exchange(app.port(), Client.request("GET", "/app" + path));
                  }
                }
                return null;
              }));
    }
    AtomicBoolean stop = new AtomicBoolean();
    app.get("/posts"); // so that the first scrape finds the metrics
    Future<?> scraper =
        background.submit(
            () -> {
              Scrape last = scrape().isConsistent();
              while (!stop.get()) {
                last = scrape().isConsistent().follows(last);
              }
              return null;
            });
    for (Future<?> client : clients) {
      client.get();
    }
    stop.set(true);
    scraper.get();
    double each = connections * rounds;
    Map<String, Double> expected = new TreeMap<>();
    expected.put("200 /app/posts GET", each + 1);
    expected.put("409 /app/error GET", each);
    expected.put("500 /app/failing GET", each);
    expected.put("201 /app/async GET", each);
    expected.put("200 /app/forwarded GET", each);
    app.counts(expected);
  }

  private static final List<String> PATHS =
      List.of("/posts", "/error", "/failing", "/async", "/forwarded");
}
