package io.github.metricsfilter.containers;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.metricsfilter.PrometheusRequestFilter.Preset;
import io.github.metricsfilter.containers.ContainerTest.Case;
import io.prometheus.metrics.model.snapshots.HistogramSnapshot;
import jakarta.servlet.RequestDispatcher;
import jakarta.servlet.ServletException;
import jakarta.servlet.UnavailableException;
import java.io.IOException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

@Proves(
    "An exception passes through the filter as it is, and the request is counted with the status that the container made of it.")
abstract class WhenItThrows extends Chapter {

  static final String UNDECODABLE = "/posts?name=%zz&%c3%28";

  static final String UNDECODABLE_BODY =
      Client.request("POST", "/app/posts", "Transfer-Encoding: chunked") + "not a chunk\r\n";

  WhenItThrows(ContainerTest container) {
    super(container);
  }

  @ParameterizedTest
  @MethodSource("endings")
  void withoutAnErrorPage(Ending ending, Ending.Place place) throws Exception {
    Case app = given(ending.in(place, background()));
    app.assertCountedByTheContainersWord(app.get("/posts"), "/app/posts GET");
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
    app.assertCounted("500 /app/posts GET");
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
    app.assertCounted("207 /app/posts GET");
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
    app.assertCounted("409 /app/posts GET");
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void unavailable(boolean permanent) throws Exception {
    Case app = given((request, response) -> makeUnavailable(permanent));
    String status = permanent ? "404" : "503";
    assertThat(app.get("/posts")).startsWith("HTTP/1.1 " + status);
    app.assertCounted(status + " /app/posts GET");
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
    app.assertCounted("200 /app/posts GET");
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void unavailableFilter(boolean permanent) throws Exception {
    Case app =
        given(
            a ->
                a.filter((request, response, chain) -> makeUnavailable(permanent))
                    .servlet("/posts", HELLO));
    app.assertCountedByTheContainersWord(app.get("/posts"), "/app/posts GET");
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
    app.assertCountedByTheContainersWord(app.get("/posts"), "/app/posts GET");
  }

  private static void makeUnavailable(boolean permanent) throws ServletException {
    throw permanent ? new UnavailableException("gone") : new UnavailableException("busy", 60);
  }

  @Test
  void undecodableBody() throws Exception {
    Case app = given(readingTheBody());
    assertThat(app.exchange(UNDECODABLE_BODY)).startsWith("HTTP/1.1 400");
    app.assertCounted("400 /app/posts POST");
  }

  @Test
  void undecodableQuery() throws Exception {
    Case app =
        given((request, response) -> response.getWriter().print(request.getParameter("name")));
    app.assertCountedAsAnswered(app.get(UNDECODABLE), "/app/posts GET");
  }

  static Consumer<Application> readingTheBody() {
    return a ->
        a.servlet(
            "/posts",
            (request, response) -> {
              request.getInputStream().readAllBytes();
              response.getWriter().print("read");
            });
  }

  /** Some containers close the connection, as they would without the filter. */
  @ParameterizedTest
  @EnumSource(names = {"IN_THE_SERVLET", "IN_A_DISPATCH"})
  void outOfMemory(Ending.Place place) throws Exception {
    ExecutorService background = background();
    Case app =
        given(
            a ->
                place.add(
                    a, (request, response) -> raise(new OutOfMemoryError("failure")), background));
    app.assertCountedAsAnswered(app.get("/posts"), "/app/posts GET");
  }

  /** Likewise, where the container doesn't take it for any other Error. */
  @ParameterizedTest
  @EnumSource(names = {"IN_THE_SERVLET", "IN_A_DISPATCH"})
  @SuppressWarnings("removal")
  void threadDeath(Ending.Place place) throws Exception {
    ExecutorService background = background();
    Case app =
        given(a -> place.add(a, (request, response) -> raise(new ThreadDeath()), background));
    app.assertCountedAsAnswered(app.get("/posts"), "/app/posts GET");
  }

  /**
   * As Spring MVC tells of an exception that it has handled. Tomcat replaces an answer of which it
   * has sent nothing; of that of a thread, if the thread is faster than the end of the chain.
   */
  @ParameterizedTest
  @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "IN_A_THREAD")
  void handledButTold(Ending.Place place) throws Exception {
    ExecutorService background = background();
    Case app =
        given(
            a ->
                place.add(
                    a,
                    (request, response) -> {
                      request.setAttribute(
                          RequestDispatcher.ERROR_EXCEPTION, new IOException("failure"));
                      response.setStatus(422);
                      response.getWriter().print("handled");
                    },
                    background));
    app.assertCountedByTheContainersWord(app.get("/posts"), "/app/posts GET");
  }

  /** Whoever has wrapped it on its way, and whether or not the filter has seen it. */
  @ParameterizedTest
  @ValueSource(strings = {"/posts", "/forwarding", "/dispatching"})
  void errorTypeOfThePresetOtel(String path) throws Exception {
    Case app =
        givenWith(
            b -> b.preset(Preset.OTEL),
            a ->
                a.servlet("/posts", (request, response) -> raise(new IOException("failure")))
                    .servlet(
                        "/forwarding",
                        (request, response) ->
                            request.getRequestDispatcher("/posts").forward(request, response))
                    .servlet(
                        "/dispatching",
                        (request, response) -> request.startAsync().dispatch("/posts")));
    assertThat(app.get(path)).startsWith("HTTP/1.1 500");
    awaitUntil(
        () ->
            assertThat(container().registry().scrape().stream())
                .filteredOn(HistogramSnapshot.class::isInstance)
                .flatExtracting(family -> ((HistogramSnapshot) family).getDataPoints())
                .extracting(series -> series.getLabels().get("error_type"))
                .containsExactly(IOException.class.getName()));
  }
}
