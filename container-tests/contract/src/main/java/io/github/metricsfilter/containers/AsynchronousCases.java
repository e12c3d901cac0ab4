package io.github.metricsfilter.containers;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.metricsfilter.PrometheusRequestFilter;
import jakarta.servlet.AsyncContext;
import jakarta.servlet.AsyncEvent;
import jakarta.servlet.AsyncListener;
import jakarta.servlet.DispatcherType;
import jakarta.servlet.ReadListener;
import jakarta.servlet.ServletInputStream;
import jakarta.servlet.ServletOutputStream;
import jakarta.servlet.ServletRequest;
import jakarta.servlet.WriteListener;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletRequestWrapper;
import jakarta.servlet.http.HttpServletResponse;
import jakarta.servlet.http.HttpServletResponseWrapper;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Requests that are finished when their last asynchronous cycle completes. */
abstract class AsynchronousCases extends SynchronousCases {

  private static final int TIMEOUT_MILLIS = 50;

  /** What an application does in a thread of its own. */
  @FunctionalInterface
  interface Work {
    void run() throws Exception;
  }

  static Runnable unchecked(Work work) {
    return () -> {
      try {
        work.run();
      } catch (Exception e) {
        throw new IllegalStateException(e);
      }
    };
  }

  /** Answers and completes, in whatever thread. */
  static void complete(AsyncContext cycle) {
    unchecked(
            () -> {
              ((HttpServletResponse) cycle.getResponse()).setStatus(201);
              cycle.getResponse().getWriter().print("later");
              cycle.complete();
            })
        .run();
  }

  private static void join(Future<?> future) {
    unchecked(future::get).run();
  }

  @Test
  void completedLater() throws Exception {
    ExecutorService background = background();
    CountDownLatch returned = new CountDownLatch(1);
    Case app =
        given(
            a ->
                a.filter(
                    (request, response, chain) -> {
                      chain.doFilter(request, response);
                      returned.countDown();
                    }),
            a ->
                a.servlet(
                    "/posts",
                    (request, response) -> {
                      AsyncContext cycle = request.startAsync();
                      background.execute(
                          unchecked(
                              () -> {
                                returned.await();
                                complete(cycle);
                              }));
                    }));
    assertThat(app.get("/posts")).startsWith("HTTP/1.1 201").contains("later");
    app.counts("201 /app/posts GET");
  }

  @Test
  void completedInTheSameThread() throws Exception {
    Case app = given((request, response) -> complete(request.startAsync()));
    assertThat(app.get("/posts")).startsWith("HTTP/1.1 201").contains("later");
    app.counts("201 /app/posts GET");
  }

  @Test
  void completedBeforeTheChainReturns() throws Exception {
    ExecutorService background = background();
    Case app =
        given(
            (request, response) -> {
              AsyncContext cycle = request.startAsync();
              join(background.submit(() -> complete(cycle)));
            });
    assertThat(app.get("/posts")).startsWith("HTTP/1.1 201").contains("later");
    app.counts("201 /app/posts GET");
  }

  @Test
  void completedAtOnceByThousands() throws Exception {
    int connections = 16;
    int requests = 250;
    ExecutorService background = background();
    Case app =
        given(
            (request, response) -> {
              AsyncContext cycle = request.startAsync();
              background.execute(() -> complete(cycle));
            });
    List<Future<?>> clients = new ArrayList<>();
    for (int i = 0; i < connections; i++) {
      clients.add(
          background.submit(
              () -> {
                try (Client client = new Client(app.port())) {
                  for (int j = 0; j < requests; j++) {
                    client.send("GET /app/posts HTTP/1.1\r\nHost: test\r\n\r\n").readUntil("later");
                  }
                }
                return null;
              }));
    }
    for (Future<?> client : clients) {
      client.get();
    }
    app.counts(Map.of("201 /app/posts GET", (double) connections * requests));
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void dispatched(boolean fromAnotherThread) throws Exception {
    ExecutorService background = background();
    Case app =
        given(
            a ->
                a.servlet(
                        "/posts",
                        (request, response) -> {
                          AsyncContext cycle = request.startAsync();
                          if (fromAnotherThread) {
                            join(background.submit(() -> cycle.dispatch("/target")));
                          } else {
                            cycle.dispatch("/target");
                          }
                        })
                    .servlet("/target", HELLO));
    assertThat(app.get("/posts")).startsWith("HTTP/1.1 200").contains("hello");
    app.counts("200 /app/posts GET");
  }

  @Test
  void dispatchedToItself() throws Exception {
    Case app =
        given(
            (request, response) -> {
              if (request.getDispatcherType() == DispatcherType.REQUEST) {
                request.startAsync(request, response).dispatch();
              } else {
                response.getWriter().print("hello");
              }
            });
    assertThat(app.get("/posts?a=b")).startsWith("HTTP/1.1 200").contains("hello");
    app.counts("200 /app/posts GET");
  }

  @Test
  void dispatchedTwice() throws Exception {
    Case app =
        given(
            a ->
                a.servlet("/posts", (request, response) -> request.startAsync().dispatch("/second"))
                    .servlet(
                        "/second", (request, response) -> request.startAsync().dispatch("/third"))
                    .servlet("/third", HELLO));
    assertThat(app.get("/posts")).startsWith("HTTP/1.1 200").contains("hello");
    app.counts("200 /app/posts GET");
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void restarted(boolean inAnotherThread) throws Exception {
    ExecutorService background = background();
    Case app =
        given(
            a ->
                a.servlet("/posts", (request, response) -> request.startAsync().dispatch("/second"))
                    .servlet(
                        "/second",
                        (request, response) -> {
                          AsyncContext cycle = request.startAsync();
                          if (inAnotherThread) {
                            join(background.submit(() -> complete(cycle)));
                          } else {
                            complete(cycle);
                          }
                        }));
    assertThat(app.get("/posts")).startsWith("HTTP/1.1 201").contains("later");
    app.counts("201 /app/posts GET");
  }

  @Test
  void failedInADispatch() throws Exception {
    Case app =
        given(
            a ->
                a.servlet("/posts", (request, response) -> request.startAsync().dispatch("/target"))
                    .servlet("/target", (request, response) -> raise(new IOException("failure"))));
    assertThat(app.get("/posts")).startsWith("HTTP/1.1 500");
    app.counts("500 /app/posts GET");
  }

  @Test
  void timedOut() throws Exception {
    Case app = given((request, response) -> request.startAsync().setTimeout(TIMEOUT_MILLIS));
    assertThat(app.get("/posts")).startsWith("HTTP/1.1 500");
    app.counts("500 /app/posts GET");
  }

  @Test
  void timedOutAfterCommit() throws Exception {
    Case app =
        given(
            (request, response) -> {
              begin(response);
              request.startAsync().setTimeout(TIMEOUT_MILLIS);
            });
    assertThat(app.get("/posts")).startsWith("HTTP/1.1 200").contains("begun");
    app.counts("200 /app/posts GET");
  }

  @Test
  void timeoutHandled() throws Exception {
    Case app =
        given(
            (request, response) -> {
              AsyncContext cycle = request.startAsync();
              cycle.setTimeout(TIMEOUT_MILLIS);
              cycle.addListener(
                  new Listener() {
                    @Override
                    public void onTimeout(AsyncEvent event) {
                      complete(event.getAsyncContext());
                    }
                  });
            });
    assertThat(app.get("/posts")).startsWith("HTTP/1.1 201").contains("later");
    app.counts("201 /app/posts GET");
  }

  @Test
  void timeoutDispatched() throws Exception {
    Case app =
        given(
            a ->
                a.servlet(
                        "/posts",
                        (request, response) -> {
                          AsyncContext cycle = request.startAsync();
                          cycle.setTimeout(TIMEOUT_MILLIS);
                          cycle.addListener(
                              new Listener() {
                                @Override
                                public void onTimeout(AsyncEvent event) {
                                  event.getAsyncContext().dispatch("/target");
                                }
                              });
                        })
                    .servlet("/target", (request, response) -> response.setStatus(203)));
    assertThat(app.get("/posts")).startsWith("HTTP/1.1 203");
    app.counts("203 /app/posts GET");
  }

  @Test
  void sentErrorLater() throws Exception {
    ExecutorService background = background();
    Case app =
        given(
            (request, response) -> {
              AsyncContext cycle = request.startAsync();
              background.execute(
                  unchecked(
                      () -> {
                        response.sendError(409);
                        cycle.complete();
                      }));
            });
    assertThat(app.get("/posts")).startsWith("HTTP/1.1 409");
    app.counts("409 /app/posts GET");
  }

  @Test
  void failedInTheAsyncThread() throws Exception {
    Case app =
        given(
            (request, response) -> {
              AsyncContext cycle = request.startAsync();
              cycle.setTimeout(TIMEOUT_MILLIS);
              cycle.start(
                  () -> {
                    throw new IllegalStateException("failure");
                  });
            });
    assertThat(statusOfFailure(app)).isEqualTo("500");
    app.counts("500 /app/posts GET");
  }

  @ParameterizedTest
  @MethodSource("failures")
  void failedAfterStartAsync(Throwable failure) throws Exception {
    Case app =
        given(
            (request, response) -> {
              request.startAsync().addListener(new Listener());
              raise(failure);
            });
    assertThat(statusOfFailure(app)).isEqualTo("500");
    app.counts("500 /app/posts GET");
  }

  /** What the client receives, the same without the filter and with it, when a cycle has failed. */
  protected String statusOfFailure(Case app) throws IOException {
    return statusOf(app.get("/posts"));
  }

  @Test
  void failedAfterStartAsyncWithoutListener() throws Exception {
    Case app =
        given(
            (request, response) -> {
              request.startAsync().setTimeout(TIMEOUT_MILLIS);
              raise(new IOException("failure"));
            });
    assertThat(statusOfUnheardFailure(app)).isEqualTo("500");
    app.counts("500 /app/posts GET");
  }

  /** Likewise, where the application doesn't listen. */
  protected String statusOfUnheardFailure(Case app) throws IOException {
    return statusOfFailure(app);
  }

  @ParameterizedTest
  @MethodSource("failures")
  void failedAfterStartAsyncAndCommit(Throwable failure) throws Exception {
    Case app =
        given(
            (request, response) -> {
              begin(response);
              request.startAsync().addListener(new Listener());
              raise(failure);
            });
    assertThat(app.get("/posts")).startsWith("HTTP/1.1 200").contains("begun");
    app.counts("200 /app/posts GET");
  }

  @Test
  void startedByAFilter() throws Exception {
    ExecutorService background = background();
    Case app =
        given(
            a ->
                a.filter(
                        (request, response, chain) -> {
                          AsyncContext cycle = request.startAsync();
                          background.execute(() -> complete(cycle));
                        })
                    .servlet("/posts", HELLO));
    assertThat(app.get("/posts")).startsWith("HTTP/1.1 201").contains("later");
    app.counts("201 /app/posts GET");
  }

  @Test
  void startedWithWrappers() throws Exception {
    ExecutorService background = background();
    Case app =
        given(
            (request, response) -> {
              AsyncContext cycle =
                  request.startAsync(
                      new HttpServletRequestWrapper(request),
                      new HttpServletResponseWrapper(response));
              background.execute(() -> complete(cycle));
            });
    assertThat(app.get("/posts")).startsWith("HTTP/1.1 201").contains("later");
    app.counts("201 /app/posts GET");
  }

  /** What the application hands to {@code startAsync}, and where it sets the attribute. */
  enum PathSetter {
    CAPTURED_REQUEST,
    OF_PLAIN_CYCLE,
    OF_CYCLE_WITH_REQUEST
  }

  @ParameterizedTest
  @EnumSource
  void pathSetInTheAsyncThread(PathSetter setter) throws Exception {
    ExecutorService background = background();
    Case app =
        given(
            (request, response) -> {
              AsyncContext cycle =
                  setter == PathSetter.OF_CYCLE_WITH_REQUEST
                      ? request.startAsync(request, response)
                      : request.startAsync();
              background.execute(
                  unchecked(
                      () -> {
                        ServletRequest named =
                            setter == PathSetter.CAPTURED_REQUEST ? request : cycle.getRequest();
                        named.setAttribute(PrometheusRequestFilter.PATH_ATTRIBUTE, "/late");
                        cycle.getResponse().getWriter().print("later");
                        cycle.getResponse().getWriter().close();
                        cycle.complete();
                      }));
            });
    assertThat(app.get("/posts")).startsWith("HTTP/1.1 200").contains("later");
    app.counts("200 /late GET");
  }

  @Test
  void nonBlockingRead() throws Exception {
    Case app = given(AsynchronousCases::echo);
    String head = Client.request("POST", "/app/posts", "Content-Length: 10");
    String answer =
        app.compared(
            port -> {
              try (Client client = new Client(port)) {
                return client.send(head).send("first").send("later").readAll();
              }
            });
    assertThat(answer).startsWith("HTTP/1.1 200").contains("firstlater");
    app.counts("200 /app/posts POST");
  }

  private static void echo(HttpServletRequest request, HttpServletResponse response)
      throws IOException {
    AsyncContext cycle = request.startAsync();
    ServletInputStream in = request.getInputStream();
    StringBuilder body = new StringBuilder();
    in.setReadListener(
        new ReadListener() {
          @Override
          public void onDataAvailable() throws IOException {
            while (in.isReady() && !in.isFinished()) {
              int next = in.read();
              if (next >= 0) {
                body.append((char) next);
              }
            }
          }

          @Override
          public void onAllDataRead() throws IOException {
            response.getWriter().print(body);
            cycle.complete();
          }

          @Override
          public void onError(Throwable t) {
            cycle.complete();
          }
        });
  }

  @Test
  void nonBlockingWrite() throws Exception {
    int parts = 200;
    byte[] part = "0123456789".repeat(1000).getBytes(UTF_8);
    Case app =
        given(
            (request, response) -> {
              response.setContentLength(parts * part.length);
              AsyncContext cycle = request.startAsync();
              ServletOutputStream out = response.getOutputStream();
              out.setWriteListener(
                  new WriteListener() {
                    private int written;

                    @Override
                    public void onWritePossible() throws IOException {
                      while (out.isReady()) {
                        if (written == parts) {
                          cycle.complete();
                          return;
                        }
                        out.write(part);
                        written++;
                      }
                    }

                    @Override
                    public void onError(Throwable t) {
                      cycle.complete();
                    }
                  });
            });
    assertThat(app.get("/posts")).startsWith("HTTP/1.1 200").hasSizeGreaterThan(2_000_000);
    app.counts("200 /app/posts GET");
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
                        gone.await();
                        try {
                          for (int i = 0; i < 1000; i++) {
                            begin(response);
                          }
                        } catch (IOException | IllegalStateException e) {
                          // as it should be
                        }
                        try {
                          cycle.complete();
                        } catch (IllegalStateException e) {
                          // Tomcat has done so already
                        }
                      }));
              entered.countDown();
            });
    Client client = new Client(app.port());
    client.send("GET /app/posts HTTP/1.1\r\nHost: test\r\n\r\n").readUntil("begun");
    entered.await();
    client.abort();
    gone.countDown();
    app.counts("200 /app/posts GET");
  }

  /** As when the application gives up in the middle of a download. */
  @Test
  void completedBeforeAllIsWritten() throws Exception {
    ExecutorService background = background();
    Case app =
        given(
            (request, response) -> {
              response.setContentLength(100);
              AsyncContext cycle = request.startAsync();
              background.execute(
                  unchecked(
                      () -> {
                        begin(response);
                        cycle.complete();
                      }));
            });
    assertThat(app.get("/posts")).startsWith("HTTP/1.1 200").contains("begun");
    app.counts("200 /app/posts GET");
  }

  @Test
  void containerStoppedWhilePending() throws Exception {
    Case app = given(HELLO); // keeps the metrics registered
    app.get("/posts");
    Container stopped = start();
    stopped.deploy(
        new Application("/app")
            .filter(newFilter(), setup.dispatchers(), "/*")
            .servlet("/pending", (request, response) -> request.startAsync().setTimeout(0))
            .servlet(
                "/begun",
                (request, response) -> {
                  request.startAsync().setTimeout(0);
                  begin(response);
                }));
    try (Client pending = new Client(stopped.port());
        Client begun = new Client(stopped.port())) {
      pending.send(Client.request("GET", "/app/pending"));
      begun.send(Client.request("GET", "/app/begun")).readUntil("begun");
      await(() -> assertThat(scrape().value("http_active_requests")).isEqualTo(2));
      stopped.stop();
      app.counts("200 /app/posts GET", "500 /app/pending GET", "200 /app/begun GET");
      checkAnswerWhenStopped(pending.readAll());
    }
  }

  /** What the client of a suspended request receives when the container stops. */
  protected void checkAnswerWhenStopped(String answer) {
    assertThat(answer).startsWith("HTTP/1.1 500");
  }

  /** A listener that does nothing. */
  static class Listener implements AsyncListener {

    @Override
    public void onComplete(AsyncEvent event) throws IOException {}

    @Override
    public void onTimeout(AsyncEvent event) throws IOException {}

    @Override
    public void onError(AsyncEvent event) throws IOException {}

    @Override
    public void onStartAsync(AsyncEvent event) throws IOException {}
  }
}
