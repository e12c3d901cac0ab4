package io.github.metricsfilter.containers;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.metricsfilter.PrometheusRequestFilter;
import io.github.metricsfilter.containers.Application.Handler;
import io.github.metricsfilter.containers.ContainerTest.Case;
import jakarta.servlet.AsyncContext;
import jakarta.servlet.AsyncEvent;
import java.io.IOException;
import java.util.concurrent.ExecutorService;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

@Proves(
    "A request that an error page answers is counted once, with the status that the page sent, whether or not the filter is mapped to ERROR.")
abstract class WhenAnErrorPageRuns extends Chapter {

  WhenAnErrorPageRuns(ContainerTest container) {
    super(container);
  }

  private Case givenPage(Ending ending, Ending.Place place, Handler page) throws Exception {
    ExecutorService background = background();
    return given(
        a -> {
          ending.in(place, background).accept(a);
          a.servlet("/page", page)
              .errorPage(409, "/page")
              .errorPage(500, "/page")
              .errorPage(503, "/page");
        });
  }

  private void assertCountedAsAnswered(Ending ending, Ending.Place place, Handler page)
      throws Exception {
    Case app = givenPage(ending, place, page);
    app.assertCountedByTheContainersWord(app.get("/posts"), "/app/posts GET");
  }

  @ParameterizedTest
  @MethodSource("endings")
  void thatKeepsTheStatus(Ending ending, Ending.Place place) throws Exception {
    assertCountedAsAnswered(
        ending, place, (request, response) -> response.getWriter().print("page"));
  }

  @ParameterizedTest
  @MethodSource("endings")
  void thatChangesTheStatus(Ending ending, Ending.Place place) throws Exception {
    assertCountedAsAnswered(ending, place, (request, response) -> response.setStatus(418));
  }

  @ParameterizedTest
  @MethodSource("endings")
  void thatThrows(Ending ending, Ending.Place place) throws Exception {
    assertCountedAsAnswered(
        ending, place, (request, response) -> raise(new IllegalStateException("page")));
  }

  /**
   * The page answers at its timeout, since a thread of its own could do so before the container has
   * got the page back, and then the answer is a matter of luck in Tomcat.
   */
  @ParameterizedTest
  @MethodSource("fewEndings")
  void thatGoesAsynchronous(Ending ending, Ending.Place place) throws Exception {
    Case app =
        givenPage(
            ending,
            place,
            (request, response) -> {
              AsyncContext cycle = request.startAsync(request, response);
              cycle.setTimeout(TIMEOUT_MILLIS);
              cycle.addListener(
                  new Listener() {
                    @Override
                    public void onTimeout(AsyncEvent event) throws IOException {
                      response.setStatus(507);
                      response.getWriter().print("page");
                      cycle.complete();
                    }
                  });
            });
    app.assertCountedByTheContainersWord(app.getAtOnce("/posts"), "/app/posts GET");
  }

  @Test
  void ofAnExceptionsType() throws Exception {
    Case app =
        given(
            a ->
                a.servlet("/posts", Ending.THROWS)
                    .servlet("/page", (request, response) -> response.setStatus(202))
                    .errorPage(IOException.class, "/page"));
    assertThat(app.get("/posts")).startsWith("HTTP/1.1 202");
    app.assertCountedOfStatusByTheContainersWord("202 /app/posts GET");
  }

  /** Pages beside those of the specification: the request that was made names the route. */
  @Test
  void thatForwards() throws Exception {
    Case app =
        given(
            a ->
                a.servlet("/posts", Ending.SENDS_AN_ERROR)
                    .servlet(
                        "/page",
                        (request, response) ->
                            request.getRequestDispatcher("/target").forward(request, response))
                    .servlet("/target", (request, response) -> response.setStatus(418))
                    .errorPage(409, "/page"));
    assertThat(app.get("/posts")).startsWith("HTTP/1.1 418");
    app.assertCountedOfStatusByTheContainersWord("418 /app/posts GET");
  }

  @Test
  void thatNamesTheRoute() throws Exception {
    Case app =
        given(
            a ->
                a.servlet(
                        "/posts",
                        (request, response) -> {
                          request.setAttribute(PrometheusRequestFilter.PATH_ATTRIBUTE, "/named");
                          response.sendError(409);
                        })
                    .servlet("/page", HELLO)
                    .errorPage(409, "/page"));
    assertThat(app.get("/posts")).startsWith("HTTP/1.1 409").contains("hello");
    app.assertCounted("409 /named GET");
  }

  /** The status of a page that isn't there is the container's. */
  @Test
  void thatIsMissing() throws Exception {
    Case app = given(a -> a.servlet("/posts", Ending.SENDS_AN_ERROR).errorPage(409, "/nowhere"));
    app.assertCountedByTheContainersWord(app.get("/posts"), "/app/posts GET");
  }

  /** Behind a filter that answers in its own way, and for what no servlet is there for. */
  @Test
  void ofAFilterAndOfTheDefaultServlet() throws Exception {
    Case app =
        given(
            a ->
                a.filter(
                        (request, response, chain) -> {
                          if (request.getRequestURI().endsWith("/refused")) {
                            response.sendError(403);
                          } else {
                            chain.doFilter(request, response);
                          }
                        })
                    .servlet("/refused", HELLO)
                    .servlet("/page", (request, response) -> response.setStatus(418))
                    .errorPage(403, "/page")
                    .errorPage(404, "/page"));
    assertThat(app.get("/refused")).startsWith("HTTP/1.1 418");
    assertThat(app.get("/none")).startsWith("HTTP/1.1 418");
    app.assertCountedOfStatusByTheContainersWord("418 /app/refused GET", "418 /app/* GET");
  }
}
