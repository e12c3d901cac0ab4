package io.github.metricsfilter.containers;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.metricsfilter.PrometheusRequestFilter.Preset;
import io.github.metricsfilter.containers.ContainerTest.Case;
import jakarta.servlet.AsyncContext;
import jakarta.servlet.DispatcherType;
import jakarta.servlet.Filter;
import jakarta.servlet.FilterChain;
import jakarta.servlet.FilterConfig;
import jakarta.servlet.ServletContext;
import jakarta.servlet.ServletException;
import jakarta.servlet.ServletRequest;
import jakarta.servlet.ServletRequestWrapper;
import jakarta.servlet.ServletResponse;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletRequestWrapper;
import jakarta.servlet.http.HttpServletResponse;
import jakarta.servlet.http.HttpServletResponseWrapper;
import java.io.IOException;
import java.lang.reflect.Proxy;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import java.util.logging.Handler;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

@Proves(
    "Other filters, however often they call the chain, and the way in which the filter was registered change neither the answer nor the count.")
abstract class WhateverStandsAroundIt extends Chapter {

  WhateverStandsAroundIt(ContainerTest container) {
    super(container);
  }

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
    app.assertCounted("200 /app/posts GET", "409 /app/error GET", "201 /app/async GET");
  }

  /** As a framework may hand it on, that is no wrapper. */
  @ParameterizedTest
  @EnumSource(names = {"IN_THE_SERVLET", "IN_A_DISPATCH", "IN_A_THREAD"})
  void responseBehindWhichThereIsNoneOfTheContainers(Ending.Place place) throws Exception {
    ExecutorService background = background();
    Case app =
        given(
            a -> a.filter((request, response, chain) -> chain.doFilter(request, proxyOf(response))),
            a -> place.add(a, (request, response) -> response.setStatus(202), background));
    assertThat(app.get("/posts")).startsWith("HTTP/1.1 202");
    app.assertCounted("202 /app/posts GET");
  }

  private static HttpServletResponse proxyOf(HttpServletResponse response) {
    return (HttpServletResponse)
        Proxy.newProxyInstance(
            HttpServletResponse.class.getClassLoader(),
            new Class<?>[] {HttpServletResponse.class},
            (proxy, method, arguments) -> method.invoke(response, arguments));
  }

  @Test
  void registeredTwice() throws Exception {
    ExecutorService background = background();
    Case app =
        given(
            a -> {},
            a ->
                a.filter(container().newFilter(), setup().dispatchers(), "/*")
                    .filter(container().newFilter(), setup().dispatchers(), "/*"),
            a -> everyEnding(a, background));
    callEveryEnding(app);
  }

  @Test
  void mappedTwice() throws Exception {
    ExecutorService background = background();
    Case app =
        given(
            a -> {},
            a ->
                a.filter(
                    container().newFilter(),
                    setup().dispatchers(),
                    "/*",
                    "/posts",
                    "/error",
                    "/async"),
            a -> everyEnding(a, background));
    callEveryEnding(app);
  }

  /** Each has metrics, and an observation, of its own. */
  @Test
  void besideAFilterWithOtherNames() throws Exception {
    ExecutorService background = background();
    Case app =
        given(
            a -> {},
            a -> {
              container().addFilter(a, container().newFilter());
              container().addFilter(a, container().newFilter(b -> b.metricPrefix("other_")));
            },
            a -> everyEnding(a, background));
    callEveryEnding(app);
    awaitUntil(
        () -> {
          Scrape scrape = scrape();
          assertThat(scrape.family("other_http_requests_total")).isEqualTo(scrape.requests());
          assertThat(scrape.value("other_http_active_requests")).isZero();
        });
  }

  private static void callEveryEnding(Case app) throws IOException {
    app.get("/posts");
    app.get("/error");
    app.get("/failing");
    app.get("/async");
    app.assertCounted(
        "200 /app/posts GET", "409 /app/error GET", "500 /app/failing GET", "201 /app/async GET");
  }

  /** The response is on its way by then, and its status stands. */
  @Test
  void goesAsynchronousBeforeItAndTimesOut() throws Exception {
    Case app =
        given(
            a ->
                a.afterChain(
                    (request, response) -> request.startAsync().setTimeout(TIMEOUT_MILLIS)),
            a ->
                a.servlet(
                    "/posts",
                    (request, response) -> {
                      response.setStatus(207);
                      begin(response);
                    }));
    assertThat(app.getAtOnce("/posts")).startsWith("HTTP/1.1 207").contains("begun");
    app.assertCounted("207 /app/posts GET");
  }

  /**
   * As a filter does that rewrites URLs, or one that lets requests wait for their turn. What comes
   * after that is a later dispatch.
   */
  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void handedOnByAFilterBeforeItIsNotCounted(boolean suspended) throws Exception {
    Case app =
        given(
            a ->
                a.filter(
                    (request, response, chain) -> {
                      if (!request.getServletPath().equals("/old")) {
                        chain.doFilter(request, response);
                      } else if (suspended) {
                        request.startAsync().dispatch("/posts");
                      } else {
                        request.getRequestDispatcher("/posts").forward(request, response);
                      }
                    }),
            a -> a.servlet("/posts", HELLO));
    assertThat(app.get("/posts")).startsWith("HTTP/1.1 200").contains("hello");
    assertThat(app.get("/old")).startsWith("HTTP/1.1 200").contains("hello");
    app.assertCounted("200 /app/posts GET");
  }

  /** As a filter does that tries again. */
  @Test
  void chainCalledTwice() throws Exception {
    Case app =
        given(
            a ->
                a.filter(
                    (request, response, chain) -> {
                      chain.doFilter(request, response);
                      chain.doFilter(request, response);
                    }),
            a -> a.servlet("/posts", HELLO).synchronousServlet("/sync", HELLO));
    assertThat(app.get("/posts")).startsWith("HTTP/1.1 200");
    assertThat(app.get("/sync")).startsWith("HTTP/1.1 200");
    app.assertCounted("200 /app/posts GET", "200 /app/sync GET");
  }

  @Test
  void chainCalledAgainAfterAFailure() throws Exception {
    AtomicInteger calls = new AtomicInteger();
    Case app =
        given(
            a ->
                a.filter(
                    (request, response, chain) -> {
                      try {
                        chain.doFilter(request, response);
                      } catch (IOException | ServletException e) {
                        chain.doFilter(request, response);
                      }
                    }),
            a ->
                a.servlet(
                    "/posts",
                    (request, response) -> {
                      if (calls.getAndIncrement() % 2 == 0) {
                        throw new IOException("failure");
                      }
                      response.getWriter().print("hello");
                    }));
    assertThat(app.get("/posts")).startsWith("HTTP/1.1 200");
    app.assertCountedOfStatusByTheContainersWord("200 /app/posts GET");
  }

  /** An exception that passed through the filter, and became an answer further out. */
  @Test
  void exceptionAnsweredByAFilterBeforeIt() throws Exception {
    Case app =
        given(
            a ->
                a.filter(
                    (request, response, chain) -> {
                      try {
                        chain.doFilter(request, response);
                      } catch (IOException | ServletException e) {
                        response.setStatus(418);
                      }
                    }),
            a -> a.servlet("/posts", Ending.THROWS));
    assertThat(app.get("/posts")).startsWith("HTTP/1.1 418");
    app.assertCountedOfStatusByTheContainersWord("418 /app/posts GET");
  }

  /** As a filter does that compares a digest of the answer with what the client has. */
  @Test
  void answerReplacedByAFilterBeforeIt() throws Exception {
    Case app =
        given(
            a ->
                a.afterChain(
                    (request, response) -> {
                      response.resetBuffer();
                      response.setStatus(304);
                    }),
            a -> a.servlet("/posts", HELLO));
    assertThat(app.get("/posts")).startsWith("HTTP/1.1 304").endsWith("\r\n\r\n");
    app.assertCountedOfStatusByTheContainersWord("304 /app/posts GET");
  }

  /** A filter of the container's that hands on to ours, which is initialised when it is needed. */
  private static final class Delegating implements Filter {

    private final Filter delegate;
    private final boolean initialises;
    private boolean initialised;
    private @Nullable FilterConfig config;

    Delegating(Filter delegate, boolean initialises) {
      this.delegate = delegate;
      this.initialises = initialises;
    }

    @Override
    public void init(FilterConfig config) {
      this.config = config;
    }

    @Override
    public void doFilter(ServletRequest request, ServletResponse response, FilterChain chain)
        throws IOException, ServletException {
      initialise();
      delegate.doFilter(request, response, chain);
    }

    private synchronized void initialise() throws ServletException {
      if (initialises && !initialised) {
        initialised = true;
        delegate.init(config);
      }
    }

    @Override
    public void destroy() {
      delegate.destroy();
    }
  }

  private void addLateFilter(Application a) {
    container().addFilter(a, new Delegating(container().newFilter(), true));
  }

  /** As with Spring Boot's Jetty, whose context has started by then. */
  @ParameterizedTest
  @MethodSource("fewEndings")
  void initialisedAtTheFirstRequest(Ending ending, Ending.Place place) throws Exception {
    ExecutorService background = background();
    Case app =
        given(
            a -> {},
            this::addLateFilter,
            a -> {
              ending.in(place, background).accept(a);
              a.servlet("/page", (request, response) -> response.setStatus(418))
                  .errorPage(409, "/page");
            });
    app.assertCountedByTheContainersWord(app.get("/posts"), "/app/posts GET");
  }

  /** A dispatch that fails once a part is on its way, where the filter came late. */
  @Test
  void initialisedLateAndFailedInADispatchAfterAFlush() throws Exception {
    Case app =
        given(
            a -> {},
            this::addLateFilter,
            a ->
                a.servlet("/posts", (request, response) -> request.startAsync().dispatch("/last"))
                    .servlet("/last", Ending.THROWS_AFTER_A_FLUSH));
    assertThat(app.get("/posts")).startsWith("HTTP/1.1 207");
    assertThat(app.get("/posts")).startsWith("HTTP/1.1 207");
    app.assertCounted("207 /app/posts GET", "207 /app/posts GET");
  }

  @Test
  void neverInitialised() throws Exception {
    List<LogRecord> logged = new CopyOnWriteArrayList<>();
    Logger logger = Logger.getLogger("io.github.metricsfilter");
    Handler handler =
        new Handler() {
          @Override
          public void publish(LogRecord entry) {
            if (entry.getLevel().intValue() >= Level.WARNING.intValue()) {
              logged.add(entry);
            }
          }

          @Override
          public void flush() {}

          @Override
          public void close() {}
        };
    logger.addHandler(handler);
    container().afterwards(() -> logger.removeHandler(handler));
    Case app =
        given(
            a -> {},
            a -> container().addFilter(a, new Delegating(container().newFilter(), false)),
            a ->
                a.servlet("/posts", HELLO)
                    .servlet("/error", Ending.SENDS_AN_ERROR)
                    .servlet("/async", (request, response) -> complete(request.startAsync()))
                    .servlet("/page", (request, response) -> response.setStatus(418))
                    .errorPage(409, "/page"));
    assertThat(app.get("/posts")).startsWith("HTTP/1.1 200").contains("hello");
    assertThat(app.get("/error")).startsWith("HTTP/1.1 418");
    assertThat(app.get("/async")).startsWith("HTTP/1.1 201");
    assertThat(logged).singleElement().asString().isNotEmpty();
    assertThat(logged.get(0).getMessage()).contains("init");
  }

  /** What a request may refuse that a filter before ours hands on. */
  enum Refusal {
    NO_SERVLET_CONTEXT {
      @Override
      HttpServletRequest of(HttpServletRequest request) {
        return new HttpServletRequestWrapper(request) {
          @Override
          public @Nullable ServletContext getServletContext() {
            return null;
          }
        };
      }
    },
    NO_ATTRIBUTES {
      @Override
      HttpServletRequest of(HttpServletRequest request) {
        return new HttpServletRequestWrapper(request) {
          @Override
          public Object getAttribute(String name) {
            throw new IllegalStateException("getAttribute");
          }

          @Override
          public void setAttribute(String name, Object value) {
            throw new IllegalStateException("setAttribute");
          }

          @Override
          public void removeAttribute(String name) {
            throw new IllegalStateException("removeAttribute");
          }
        };
      }
    },
    NO_SCHEME {
      @Override
      HttpServletRequest of(HttpServletRequest request) {
        return new HttpServletRequestWrapper(request) {
          @Override
          public String getScheme() {
            throw new IllegalStateException("getScheme");
          }
        };
      }
    },
    NO_DISPATCHER_TYPE {
      @Override
      HttpServletRequest of(HttpServletRequest request) {
        return new HttpServletRequestWrapper(request) {
          @Override
          public @Nullable DispatcherType getDispatcherType() {
            return null;
          }
        };
      }
    },
    NO_METHOD {
      @Override
      HttpServletRequest of(HttpServletRequest request) {
        return new HttpServletRequestWrapper(request) {
          @Override
          public @Nullable String getMethod() {
            return null;
          }
        };
      }
    };

    abstract HttpServletRequest of(HttpServletRequest request);
  }

  /** Restores the request, so that what is behind can work with it. */
  private static void restore(
      HttpServletRequest request, HttpServletResponse response, FilterChain chain)
      throws IOException, ServletException {
    ServletRequest inner = request;
    while (inner instanceof ServletRequestWrapper wrapper) {
      inner = wrapper.getRequest();
    }
    chain.doFilter(inner, response);
  }

  static Stream<Arguments> refusals() {
    return Arrays.stream(Refusal.values())
        .flatMap(
            refusal ->
                Stream.of(
                    Arguments.of(refusal, Preset.DEFAULT, false),
                    Arguments.of(refusal, Preset.DEFAULT, true),
                    Arguments.of(refusal, Preset.OTEL, false)));
  }

  @ParameterizedTest
  @MethodSource("refusals")
  void requestThatRefuses(Refusal refusal, Preset preset, boolean sizes) throws Exception {
    ExecutorService background = background();
    Case app =
        given(
            a ->
                a.filter(
                    (request, response, chain) -> chain.doFilter(refusal.of(request), response)),
            a ->
                container()
                    .addFilter(
                        a,
                        container()
                            .newFilter(
                                b -> b.preset(preset).requestSize(sizes).responseSize(sizes))),
            a -> {
              a.filter(WhateverStandsAroundIt::restore);
              everyEnding(a, background);
            });
    for (String path : ENDINGS) {
      app.get(path);
    }
    awaitUntil(() -> assertThat(scrape().inFlight()).isZero());
    double counted = scrape().requests().values().stream().mapToDouble(Double::doubleValue).sum();
    assertThat(counted).isLessThanOrEqualTo(ENDINGS.size());
  }

  static final List<String> ENDINGS = List.of("/posts", "/error", "/failing", "/async");

  static void everyEnding(Application a, ExecutorService background) {
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
}
