package io.github.metricsfilter.containers;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.metricsfilter.PrometheusRequestFilter;
import io.github.metricsfilter.containers.Application.Handler;
import io.github.metricsfilter.containers.ContainerTest.Case;
import jakarta.servlet.AsyncContext;
import jakarta.servlet.AsyncEvent;
import jakarta.servlet.DispatcherType;
import jakarta.servlet.ReadListener;
import jakarta.servlet.ServletException;
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
import java.util.TreeMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.function.Function;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

@Proves("An asynchronous request is counted once, when the container has ended its last cycle.")
abstract class WhenItGoesAsynchronous extends Chapter {

  WhenItGoesAsynchronous(ContainerTest container) {
    super(container);
  }

  @Test
  void completedLater() throws Exception {
    ExecutorService background = background();
    CountDownLatch returned = new CountDownLatch(1);
    Case app =
        given(
            a -> a.afterChain((request, response) -> returned.countDown()),
            a ->
                a.servlet(
                    "/posts",
                    (request, response) -> {
                      AsyncContext cycle = request.startAsync();
                      background.execute(
                          unchecked(
                              () -> {
                                await(returned);
                                complete(cycle);
                              }));
                    }));
    assertThat(app.get("/posts")).startsWith("HTTP/1.1 201").contains("later");
    app.assertCounted("201 /app/posts GET");
  }

  @Test
  void completedInTheSameThread() throws Exception {
    Case app = given((request, response) -> complete(request.startAsync()));
    assertThat(app.get("/posts")).startsWith("HTTP/1.1 201").contains("later");
    app.assertCounted("201 /app/posts GET");
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
    app.assertCounted("201 /app/posts GET");
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
    app.assertCounted("200 /app/posts GET");
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
    app.assertCounted("200 /app/posts GET");
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
    app.assertCounted("200 /app/posts GET");
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
    app.assertCounted("201 /app/posts GET");
  }

  @Test
  void failedInADispatch() throws Exception {
    Case app =
        given(
            a ->
                a.servlet("/posts", (request, response) -> request.startAsync().dispatch("/target"))
                    .servlet("/target", (request, response) -> raise(new IOException("failure"))));
    assertThat(app.getAtOnce("/posts")).startsWith("HTTP/1.1 500");
    app.assertCounted("500 /app/posts GET");
  }

  @Test
  void timedOut() throws Exception {
    Case app = given((request, response) -> request.startAsync().setTimeout(TIMEOUT_MILLIS));
    assertThat(app.getAtOnce("/posts")).startsWith("HTTP/1.1 500");
    app.assertCounted("500 /app/posts GET");
  }

  @Test
  void timedOutAfterCommit() throws Exception {
    Case app =
        given(
            (request, response) -> {
              begin(response);
              request.startAsync().setTimeout(TIMEOUT_MILLIS);
            });
    assertThat(app.getAtOnce("/posts")).startsWith("HTTP/1.1 200").contains("begun");
    app.assertCounted("200 /app/posts GET");
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
    assertThat(app.getAtOnce("/posts")).startsWith("HTTP/1.1 201").contains("later");
    app.assertCounted("201 /app/posts GET");
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
    assertThat(app.getAtOnce("/posts")).startsWith("HTTP/1.1 203");
    app.assertCounted("203 /app/posts GET");
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
    assertThat(app.getAtOnce("/posts")).startsWith("HTTP/1.1 409");
    app.assertCounted("409 /app/posts GET");
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
    app.assertCountedAsAnswered(app.getAtOnce("/posts"), "/app/posts GET");
  }

  @Test
  void failedAfterStartAsync() throws Exception {
    Map<String, Throwable> failures = new TreeMap<>();
    failures().forEach(failure -> failures.put("/" + failure.getClass().getSimpleName(), failure));
    Case app =
        given(
            a ->
                failures.forEach(
                    (path, failure) ->
                        a.servlet(
                            path,
                            (request, response) -> {
                              request.startAsync().addListener(new Listener());
                              raise(failure);
                            })));
    app.assertCountedAsAnswered(app.getAllAtOnce(List.copyOf(failures.keySet())));
  }

  @Test
  void failedAfterStartAsyncWithoutListener() throws Exception {
    Case app =
        given(
            (request, response) -> {
              request.startAsync().setTimeout(TIMEOUT_MILLIS);
              raise(new IOException("failure"));
            });
    app.assertCountedAsAnswered(app.getAtOnce("/posts"), "/app/posts GET");
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
    app.assertCounted("200 /app/posts GET");
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
    app.assertCounted("201 /app/posts GET");
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
    app.assertCounted("201 /app/posts GET");
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
    app.assertCounted("200 /late GET");
  }

  @Test
  void nonBlockingRead() throws Exception {
    Case app = given(WhenItGoesAsynchronous::echo);
    String head = Client.request("POST", "/app/posts", "Content-Length: 10");
    String answer =
        app.compared(
            port -> {
              try (Client client = new Client(port)) {
                return client.send(head).send("first").send("later").readAll();
              }
            });
    assertThat(answer).startsWith("HTTP/1.1 200").contains("firstlater");
    app.assertCounted("200 /app/posts POST");
  }

  static void echo(HttpServletRequest request, HttpServletResponse response) throws IOException {
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
    app.assertCounted("200 /app/posts GET");
  }

  /** Of a request that has been read already, as one without a body has. */
  @ParameterizedTest
  @MethodSource("failures")
  @NeedsTheContainersWord("Tomcat tells nobody of it")
  void failedInAReadListener(Throwable failure) throws Exception {
    Case app =
        given(
            (request, response) -> {
              request.startAsync().setTimeout(TIMEOUT_MILLIS);
              request.getInputStream().setReadListener(new FailingReader(failure));
            });
    app.assertCountedAsAnswered(app.getAtOnce("/posts"), "/app/posts GET");
  }

  private static final class FailingReader implements ReadListener {

    private final Throwable failure;

    FailingReader(Throwable failure) {
      this.failure = failure;
    }

    @Override
    public void onDataAvailable() {}

    @Override
    public void onAllDataRead() throws IOException {
      raiseUnlessServletException(failure);
    }

    @Override
    public void onError(Throwable t) {}
  }

  @ParameterizedTest
  @MethodSource("failures")
  void failedInAWriteListenerAfterAFlush(Throwable failure) throws Exception {
    Case app =
        given(
            (request, response) -> {
              response.setStatus(207);
              request.startAsync().setTimeout(TIMEOUT_MILLIS);
              ServletOutputStream out = response.getOutputStream();
              out.setWriteListener(
                  new WriteListener() {
                    @Override
                    public void onWritePossible() throws IOException {
                      out.print("begun");
                      if (out.isReady()) {
                        out.flush();
                      }
                      raiseUnlessServletException(failure);
                    }

                    @Override
                    public void onError(Throwable t) {}
                  });
            });
    String answer = app.getAtOnce("/posts");
    assertThat(answer).startsWith("HTTP/1.1 207").contains("begun");
    app.assertCountedByTheContainersWord(answer, "/app/posts GET");
  }

  /** As {@link #raise}, in a listener, which may throw no ServletException. */
  private static void raiseUnlessServletException(Throwable failure) throws IOException {
    try {
      raise(failure);
    } catch (ServletException e) {
      throw new IllegalStateException(e);
    }
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
    app.assertCounted("200 /app/posts GET");
  }

  /** What a listener of the application does about a timeout or an error. */
  enum Remedy {
    NONE {
      @Override
      void apply(AsyncEvent event) {}
    },
    SENDS_AN_ERROR {
      @Override
      void apply(AsyncEvent event) throws IOException {
        ((HttpServletResponse) event.getSuppliedResponse()).sendError(409);
      }
    },
    SENDS_AN_ERROR_AND_COMPLETES {
      @Override
      void apply(AsyncEvent event) throws IOException {
        ((HttpServletResponse) event.getSuppliedResponse()).sendError(409);
        event.getAsyncContext().complete();
      }
    },
    COMPLETES {
      @Override
      void apply(AsyncEvent event) {
        complete(event.getAsyncContext());
      }
    },
    DISPATCHES {
      @Override
      void apply(AsyncEvent event) {
        event.getAsyncContext().dispatch("/target");
      }
    },
    DISPATCHES_TO_A_FAILURE {
      @Override
      void apply(AsyncEvent event) {
        event.getAsyncContext().dispatch("/failing");
      }
    };

    abstract void apply(AsyncEvent event) throws IOException;
  }

  private static AsyncContext startCycle(
      HttpServletRequest request, HttpServletResponse response, Remedy remedy) {
    AsyncContext cycle = request.startAsync(request, response);
    cycle.setTimeout(TIMEOUT_MILLIS);
    cycle.addListener(
        new Listener() {
          @Override
          public void onTimeout(AsyncEvent event) throws IOException {
            remedy.apply(event);
          }

          @Override
          public void onError(AsyncEvent event) throws IOException {
            remedy.apply(event);
          }
        },
        request,
        response);
    return cycle;
  }

  private static void addTargets(Application a, boolean errorPage) {
    a.servlet("/target", (request, response) -> response.setStatus(419))
        .servlet("/failing", Ending.THROWS)
        .servlet("/page", (request, response) -> response.setStatus(418));
    if (errorPage) {
      a.errorPage(409, "/page").errorPage(500, "/page");
    }
  }

  /** That each remedy's request, in whatever way it needs it, is counted as it was answered. */
  private void assertCountedWithEachRemedy(boolean errorPage, Function<Remedy, Handler> needing)
      throws Exception {
    List<String> paths = new ArrayList<>();
    Case app =
        given(
            a -> {
              for (Remedy remedy : Remedy.values()) {
                a.servlet("/" + remedy, needing.apply(remedy));
              }
              addTargets(a, errorPage);
            });
    for (Remedy remedy : Remedy.values()) {
      paths.add("/" + remedy);
    }
    app.assertCountedByTheContainersWord(app.getAllAtOnce(paths));
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void timedOutWithARemedy(boolean errorPage) throws Exception {
    assertCountedWithEachRemedy(
        errorPage, remedy -> (request, response) -> startCycle(request, response, remedy));
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void failedWithARemedy(boolean errorPage) throws Exception {
    assertCountedWithEachRemedy(
        errorPage,
        remedy ->
            (request, response) -> {
              startCycle(request, response, remedy);
              raise(new IOException("failure"));
            });
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void failedInTheAsyncThreadWithARemedy(boolean errorPage) throws Exception {
    assertCountedWithEachRemedy(
        errorPage,
        remedy ->
            (request, response) ->
                startCycle(request, response, remedy)
                    .start(
                        () -> {
                          throw new IllegalStateException("failure");
                        }));
  }

  /** The timeout, if not the container, ends what the application has forgotten. */
  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void sentErrorButNeverCompleted(boolean errorPage) throws Exception {
    Case app =
        given(
            a -> {
              a.servlet(
                  "/posts",
                  (request, response) -> {
                    request.startAsync().setTimeout(TIMEOUT_MILLIS);
                    response.sendError(409);
                  });
              addTargets(a, errorPage);
            });
    app.assertCountedByTheContainersWord(app.getAtOnce("/posts"), "/app/posts GET");
  }

  @Test
  void sentErrorInADispatchButNeverCompleted() throws Exception {
    Case app =
        given(
            a ->
                a.servlet("/posts", (request, response) -> request.startAsync().dispatch("/last"))
                    .servlet(
                        "/last",
                        (request, response) -> {
                          request.startAsync().setTimeout(TIMEOUT_MILLIS);
                          response.sendError(409);
                        }));
    app.assertCountedByTheContainersWord(app.getAtOnce("/posts"), "/app/posts GET");
  }
}
