package io.github.metricsfilter.containers;

import io.github.metricsfilter.containers.ContainerTest.Case;
import jakarta.servlet.AsyncContext;
import jakarta.servlet.ReadListener;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.Closeable;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

@Proves(
    "A request whose client has gone is counted once, with the status that was sent before, if one was.")
abstract class WhenTheClientGoesAway extends Chapter {

  WhenTheClientGoesAway(ContainerTest container) {
    super(container);
  }

  @Test
  void clientGoneWhileTheResponseIsWritten() throws Exception {
    CountDownLatch gone = new CountDownLatch(1);
    Case app = given((request, response) -> writeFor(gone, response));
    readTheBeginningOnly(app);
    gone.countDown();
    app.assertCounted("200 /app/posts GET");
  }

  /** Begins, and goes on for more than any buffer holds when the client has gone. */
  private static void writeFor(CountDownLatch gone, HttpServletResponse response)
      throws IOException {
    begin(response);
    await(gone);
    for (int i = 0; i < 10_000; i++) {
      response.getWriter().print("x".repeat(10_000));
      response.flushBuffer();
    }
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
    app.assertCounted("200 /app/posts GET");
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
    await(entered);
    client.abort();
    app.assertCountedWhateverTheStatus("/app/posts POST");
  }

  @Test
  void clientGoneWhilePending() throws Exception {
    ExecutorService background = background();
    CountDownLatch entered = new CountDownLatch(1);
    CountDownLatch gone = new CountDownLatch(1);
    Case app =
        given(
            (request, response) -> {
              AsyncContext cycle = request.startAsync();
              begin(response);
              background.execute(
                  unchecked(
                      () -> {
                        await(gone);
                        try {
                          for (int i = 0; i < 1000; i++) {
                            begin(response);
                          }
                        } catch (IOException | IllegalStateException e) {
                          // as it should be
                        }
                        completeUnlessOver(cycle);
                      }));
              entered.countDown();
            });
    Client client = new Client(app.port());
    client.send("GET /app/posts HTTP/1.1\r\nHost: test\r\n\r\n").readUntil("begun");
    await(entered);
    client.abort();
    gone.countDown();
    app.assertCounted("200 /app/posts GET");
  }

  /** As JAX-RS does with a request that is suspended for too long: its answer can't be sent. */
  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void clientGoneBeforeAThreadSendsAnError(boolean withPage) throws Exception {
    ExecutorService background = background();
    CountDownLatch entered = new CountDownLatch(1);
    CountDownLatch gone = new CountDownLatch(1);
    Case app =
        given(
            a -> {
              a.servlet(
                  "/posts",
                  (request, response) -> {
                    AsyncContext cycle = request.startAsync();
                    cycle.setTimeout(0);
                    background.execute(
                        unchecked(
                            () -> {
                              await(gone);
                              response.sendError(503);
                              cycle.complete();
                            }));
                    entered.countDown();
                  });
              if (withPage) {
                a.servlet("/page", HELLO).errorPage(503, "/page");
              }
            });
    Client client = new Client(app.port());
    client.send("GET /app/posts HTTP/1.1\r\nHost: test\r\n\r\n");
    await(entered);
    client.abort();
    gone.countDown();
    app.assertCountedWhateverTheStatus("/app/posts GET");
  }

  /** The client ends its half of the connection, and so still reads what the container says. */
  private static String sendPartOfABody(int port, String header) throws IOException {
    try (Client client = new Client(port)) {
      return client
          .send(Client.request("POST", "/app/posts", header))
          .send("4\r\nbody")
          .endOfRequest()
          .readAll();
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"Content-Length: 100", "Transfer-Encoding: chunked"})
  void bodyBreaksOff(String header) throws Exception {
    Case app = given(WhenItThrows.readingTheBody());
    String answer = app.compared(port -> sendPartOfABody(port, header));
    app.assertCountedByTheContainersWord(answer, "/app/posts POST");
  }

  @ParameterizedTest
  @ValueSource(strings = {"Content-Length: 100", "Transfer-Encoding: chunked"})
  void bodyBreaksOffInsideAFramework(String header) throws Exception {
    Case app =
        given(
            (request, response) -> {
              try {
                request.getInputStream().readAllBytes();
              } catch (IOException e) {
                throw new ServletException(e);
              }
            });
    String answer = app.compared(port -> sendPartOfABody(port, header));
    app.assertCountedByTheContainersWord(answer, "/app/posts POST");
  }

  @ParameterizedTest
  @ValueSource(strings = {"Content-Length: 100", "Transfer-Encoding: chunked"})
  void bodyBreaksOffInADispatch(String header) throws Exception {
    Case app =
        given(
            a ->
                a.servlet("/posts", (request, response) -> request.startAsync().dispatch("/read"))
                    .servlet(
                        "/read", (request, response) -> request.getInputStream().readAllBytes()));
    String answer = app.compared(port -> sendPartOfABody(port, header));
    app.assertCountedByTheContainersWord(answer, "/app/posts POST");
  }

  @ParameterizedTest
  @ValueSource(strings = {"Content-Length: 100", "Transfer-Encoding: chunked"})
  void bodyBreaksOffBeforeAnErrorPage(String header) throws Exception {
    Case app =
        given(
            WhenItThrows.readingTheBody()
                .andThen(
                    a ->
                        a.servlet("/page", (request, response) -> response.setStatus(418))
                            .errorPage(400, "/page")
                            .errorPage(500, "/page")));
    String answer = app.compared(port -> sendPartOfABody(port, header));
    app.assertCountedByTheContainersWord(answer, "/app/posts POST");
  }

  // HTTP/2, where a client takes back one request and goes on with the connection

  @Test
  void answeredOverHttp2() throws Exception {
    Case app =
        given(
            a ->
                a.servlet("/posts", HELLO)
                    .servlet("/error", Ending.SENDS_AN_ERROR)
                    .servlet("/failing", Ending.THROWS)
                    .servlet("/async", (request, response) -> complete(request.startAsync()))
                    // Pages that Jetty itself makes now and then fail: see docs/containers.md.
                    .servlet("/page", HELLO)
                    .errorPage(409, "/page")
                    .errorPage(500, "/page"));
    Http2Client client = new Http2Client(app.port());
    List<String> counted = new ArrayList<>();
    for (String path : List.of("/posts", "/error", "/failing", "/async")) {
      counted.add(client.status("/app" + path) + " /app" + path + " GET");
    }
    app.assertCounted(counted.toArray(String[]::new));
  }

  @ParameterizedTest
  @EnumSource(names = {"IN_THE_SERVLET", "IN_A_DISPATCH", "IN_A_THREAD"})
  void resetWhileTheResponseIsWritten(Ending.Place place) throws Exception {
    CountDownLatch gone = new CountDownLatch(1);
    ExecutorService background = background();
    Case app =
        given(
            a -> {
              place.add(a, (request, response) -> writeFor(gone, response), background);
            });
    Http2Client client = new Http2Client(app.port());
    client.begun("/app/posts", "begun").close();
    gone.countDown();
    app.assertCounted("200 /app/posts GET");
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void resetWhilePending(boolean begun) throws Exception {
    CountDownLatch read = new CountDownLatch(begun ? 1 : 0);
    CountDownLatch entered = new CountDownLatch(1);
    Case app =
        given(
            a ->
                a.servlet(
                    "/posts",
                    (request, response) -> {
                      if (begun) {
                        begin(response);
                      }
                      await(read);
                      request.startAsync().setTimeout(TIMEOUT_MILLIS);
                      entered.countDown();
                    }));
    Http2Client client = new Http2Client(app.port());
    if (begun) {
      Closeable answer = client.begun("/app/posts", "begun");
      read.countDown();
      await(entered);
      answer.close();
      app.assertCounted("200 /app/posts GET");
    } else {
      client.resetWhen("/app/posts", entered);
      app.assertCountedWhateverTheStatus("/app/posts GET");
    }
  }

  /** The first bytes of a connection, up to a GET of /app/posts that is its stream 1. */
  private static final String HTTP_2_GET =
      "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"
          + "\0\0\0\4\0\0\0\0\0"
          + "\0\0\24\1\5\0\0\0\1\202\206\1\4test\4\12/app/posts";

  /** Widens the window of this stream by nothing, which HTTP/2 forbids. */
  private static final String WINDOW_OF_NOTHING = "\0\0\4\10\0\0\0\0\1\0\0\0\0";

  private static final String RESET = "\0\0\4\3\0\0\0\0\1";

  /** The container closes the stream, while the application goes on. */
  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void protocolBrokenWhilePending(boolean begun) throws Exception {
    CountDownLatch entered = new CountDownLatch(1);
    CountDownLatch gone = new CountDownLatch(1);
    ExecutorService background = background();
    Case app =
        given(
            a ->
                a.servlet(
                    "/posts",
                    (request, response) -> {
                      AsyncContext cycle = request.startAsync();
                      if (begun) {
                        begin(response);
                      }
                      background.execute(
                          unchecked(
                              () -> {
                                await(gone);
                                completeUnlessOver(cycle);
                              }));
                      entered.countDown();
                    }));
    try (Client client = new Client(app.port())) {
      client.send(HTTP_2_GET);
      await(entered);
      if (begun) {
        client.readUntil("begun");
      }
      client.send(WINDOW_OF_NOTHING).readUntil(RESET);
      gone.countDown();
      if (begun) {
        app.assertCounted("200 /app/posts GET");
      } else {
        app.assertCountedWhateverTheStatus("/app/posts GET");
      }
    }
  }

  private static void completeUnlessOver(AsyncContext cycle) {
    try {
      cycle.complete();
    } catch (IllegalStateException e) { // the container has done so already, as Tomcat
    }
  }

  /** As a gRPC client does that gives up its stream. */
  @Test
  void resetWhileTheBodyIsRead() throws Exception {
    CountDownLatch entered = new CountDownLatch(1);
    Case app =
        given(
            a ->
                a.servlet(
                    "/posts",
                    (request, response) -> {
                      AsyncContext cycle = request.startAsync();
                      cycle.setTimeout(0);
                      request
                          .getInputStream()
                          .setReadListener(new CompletingReader(request, cycle));
                      entered.countDown();
                    }));
    Http2Client client = new Http2Client(app.port());
    client.resetUploadWhen("/app/posts", entered);
    app.assertCountedWhateverTheStatus("/app/posts POST");
  }

  /** Reads what comes, and completes the cycle when nothing more can. */
  private static final class CompletingReader implements ReadListener {

    private final HttpServletRequest request;
    private final AsyncContext cycle;

    CompletingReader(HttpServletRequest request, AsyncContext cycle) {
      this.request = request;
      this.cycle = cycle;
    }

    @Override
    public void onDataAvailable() throws IOException {
      byte[] buffer = new byte[1024];
      while (request.getInputStream().isReady() && !request.getInputStream().isFinished()) {
        request.getInputStream().read(buffer);
      }
    }

    @Override
    public void onAllDataRead() {
      cycle.complete();
    }

    @Override
    public void onError(Throwable failure) {
      cycle.complete();
    }
  }
}
