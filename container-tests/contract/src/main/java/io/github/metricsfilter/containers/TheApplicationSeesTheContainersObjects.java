package io.github.metricsfilter.containers;

import static java.util.Collections.list;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.metricsfilter.containers.Application.Handler;
import io.github.metricsfilter.containers.ContainerTest.Case;
import jakarta.servlet.AsyncContext;
import jakarta.servlet.AsyncEvent;
import jakarta.servlet.ServletRequest;
import jakarta.servlet.ServletRequestAttributeEvent;
import jakarta.servlet.ServletRequestAttributeListener;
import jakarta.servlet.ServletResponse;
import jakarta.servlet.http.HttpServletRequestWrapper;
import jakarta.servlet.http.HttpServletResponse;
import jakarta.servlet.http.HttpServletResponseWrapper;
import java.io.IOException;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

@Proves(
    "In the default configuration the application gets the container's own request, response and AsyncContext.")
@NeedsTheContainersWord("the portable way hears of startAsync by wrapping the request")
abstract class TheApplicationSeesTheContainersObjects extends Chapter {

  TheApplicationSeesTheContainersObjects(ContainerTest container) {
    super(container);
  }

  private static void show(HttpServletResponse response, Object... objects) throws IOException {
    for (Object object : objects) {
      response
          .getWriter()
          .println(object instanceof Boolean ? object : object.getClass().getName());
    }
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void requestAndResponse(boolean asyncSupported) throws Exception {
    Handler showing = (request, response) -> show(response, request, response);
    Case app =
        given(
            a -> {
              if (asyncSupported) {
                a.servlet("/posts", showing);
              } else {
                a.synchronousServlet("/posts", showing);
              }
            });
    assertThat(app.get("/posts")).startsWith("HTTP/1.1 200");
    app.assertCounted("200 /app/posts GET");
  }

  @Test
  void inADispatch() throws Exception {
    Case app =
        given(
            a ->
                a.servlet("/posts", (request, response) -> request.startAsync().dispatch("/target"))
                    .servlet("/target", (request, response) -> show(response, request, response)));
    assertThat(app.get("/posts")).startsWith("HTTP/1.1 200");
    app.assertCounted("200 /app/posts GET");
  }

  @Test
  void inAnErrorPage() throws Exception {
    Case app =
        given(
            a ->
                a.servlet("/posts", Ending.SENDS_AN_ERROR)
                    .servlet("/page", (request, response) -> show(response, request, response))
                    .errorPage(409, "/page"));
    assertThat(app.get("/posts")).startsWith("HTTP/1.1 409");
    app.assertCounted("409 /app/posts GET");
  }

  /** Of which the application may make its answer; on connections that stay and that don't. */
  @ParameterizedTest
  @EnumSource
  void attributes(Ending.Place place) throws Exception {
    ExecutorService background = background();
    Case app =
        given(
            a ->
                place.add(
                    a,
                    (request, response) -> {
                      Set<String> names = new TreeSet<>(list(request.getAttributeNames()));
                      response.getWriter().print(names + "!");
                    },
                    background));
    String closing = Client.request("GET", "/app/posts");
    app.exchange(closing);
    app.exchange(closing.replace("HTTP/1.1", "HTTP/1.0"));
    app.compared(
        port -> {
          try (Client client = new Client(port)) {
            return client.send(closing.replace("close", "keep-alive")).readUntil("!");
          }
        });
    String counted = statusOf(app.exchange(closing)) + " /app/posts GET";
    app.assertCounted(counted, counted, counted, counted);
  }

  @Test
  void cycleOfStartAsync() throws Exception {
    Case app =
        given(
            (request, response) -> {
              AsyncContext cycle = request.startAsync();
              show(
                  response,
                  cycle,
                  cycle == request.getAsyncContext(),
                  cycle.getRequest() == request,
                  cycle.getResponse() == response,
                  cycle.hasOriginalRequestAndResponse());
              cycle.complete();
            });
    assertThat(app.get("/posts")).contains("true");
    app.assertCounted("200 /app/posts GET");
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void cycleWithObjectsOfTheApplication(boolean wrapped) throws Exception {
    Case app =
        given(
            (request, response) -> {
              ServletRequest q = wrapped ? new HttpServletRequestWrapper(request) : request;
              ServletResponse p = wrapped ? new HttpServletResponseWrapper(response) : response;
              AsyncContext cycle = request.startAsync(q, p);
              show(
                  response,
                  cycle,
                  cycle == request.getAsyncContext(),
                  cycle.getRequest() == q,
                  cycle.getResponse() == p,
                  cycle.hasOriginalRequestAndResponse());
              cycle.complete();
            });
    assertThat(app.get("/posts")).startsWith("HTTP/1.1 200").contains("true");
    app.assertCounted("200 /app/posts GET");
  }

  /** As an application does that pushes to whoever is there. */
  @Test
  void setOfCyclesEndsEmpty() throws Exception {
    Set<AsyncContext> cycles = ConcurrentHashMap.newKeySet();
    ExecutorService background = background();
    Case app =
        given(
            (request, response) -> {
              AsyncContext cycle = request.startAsync();
              cycles.add(cycle);
              cycle.addListener(
                  new Listener() {
                    @Override
                    public void onComplete(AsyncEvent event) {
                      cycles.remove(event.getAsyncContext());
                    }
                  });
              background.execute(() -> complete(cycle));
            });
    assertThat(app.get("/posts")).startsWith("HTTP/1.1 201");
    awaitUntil(() -> assertThat(cycles).isEmpty());
    app.assertCounted("201 /app/posts GET");
  }

  /** The listener refuses what isn't the application's own. */
  private static ServletRequestAttributeListener refusing() {
    return new ServletRequestAttributeListener() {
      @Override
      public void attributeAdded(ServletRequestAttributeEvent event) {
        refuse(event);
      }

      @Override
      public void attributeReplaced(ServletRequestAttributeEvent event) {
        refuse(event);
      }

      @Override
      public void attributeRemoved(ServletRequestAttributeEvent event) {
        refuse(event);
      }

      private void refuse(ServletRequestAttributeEvent event) {
        if (event.getName().contains("metricsfilter")) {
          throw new IllegalStateException("no room for " + event.getName());
        }
      }
    };
  }

  /** Whether the request goes asynchronous or not, and whatever its end is. */
  @ParameterizedTest
  @MethodSource("fewEndings")
  void attributeListenerThatThrows(Ending ending, Ending.Place place) throws Exception {
    ExecutorService background = background();
    Case app = given(a -> ending.in(place, background).accept(a.listener(refusing())));
    app.assertCountedAsAnswered(app.get("/posts"), "/app/posts GET");
  }

  @Test
  void attributeListenerThatThrowsWhereAllIsWell() throws Exception {
    Case app =
        given(
            a ->
                a.listener(refusing())
                    .servlet("/posts", HELLO)
                    .synchronousServlet("/sync", HELLO)
                    .servlet("/async", (request, response) -> complete(request.startAsync())));
    assertThat(app.get("/posts")).startsWith("HTTP/1.1 200");
    assertThat(app.get("/sync")).startsWith("HTTP/1.1 200");
    assertThat(app.get("/async")).startsWith("HTTP/1.1 201");
    app.assertCounted("200 /app/posts GET", "200 /app/sync GET", "201 /app/async GET");
  }

  /** What a listener of the application sees of the application's own attributes. */
  @Test
  void attributeEvents() throws Exception {
    String name = "seen";
    ServletRequestAttributeListener listener =
        new ServletRequestAttributeListener() {
          @Override
          public void attributeAdded(ServletRequestAttributeEvent event) {
            if (event.getName().equals("mine")) {
              event
                  .getServletRequest()
                  .setAttribute(name, event.getServletRequest().getClass().getName());
            }
          }
        };
    Case app =
        given(
            a ->
                a.listener(listener)
                    .servlet(
                        "/posts",
                        (request, response) -> {
                          request.setAttribute("mine", true);
                          response.getWriter().print(request.getAttribute(name));
                        }));
    assertThat(app.get("/posts")).startsWith("HTTP/1.1 200");
    app.assertCounted("200 /app/posts GET");
  }
}
