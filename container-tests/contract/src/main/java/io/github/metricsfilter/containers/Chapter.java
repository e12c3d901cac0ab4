package io.github.metricsfilter.containers;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.github.metricsfilter.PrometheusRequestFilter;
import io.github.metricsfilter.containers.Application.Handler;
import io.github.metricsfilter.containers.ContainerTest.Case;
import io.github.metricsfilter.containers.ContainerTest.Setup;
import jakarta.servlet.AsyncContext;
import jakarta.servlet.AsyncEvent;
import jakarta.servlet.AsyncListener;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletResponse;
import jakarta.servlet.http.HttpUpgradeHandler;
import java.io.IOException;
import java.lang.reflect.Method;
import java.util.Arrays;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Future;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.awaitility.core.ThrowingRunnable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.TestInfo;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;
import org.junit.jupiter.params.provider.Arguments;

/** Cases about one thing that may happen to a request, in the container that a test has started. */
@TestInstance(Lifecycle.PER_CLASS) // so that the setup is known when the arguments are provided
abstract class Chapter {

  static final Handler HELLO = (request, response) -> response.getWriter().print("hello");

  /** Answers with what the application sees: the container's own objects, or wrappers. */
  static final Handler CLASSES =
      (request, response) ->
          response.getWriter().print(request.getClass() + " " + response.getClass());

  /** Goes on in another protocol, as the handler does. */
  static Handler upgradesTo(String protocol, Class<? extends HttpUpgradeHandler> handler) {
    return (request, response) -> {
      response.setStatus(HttpServletResponse.SC_SWITCHING_PROTOCOLS);
      response.setHeader("Upgrade", protocol);
      response.setHeader("Connection", "Upgrade");
      request.upgrade(handler);
    };
  }

  /** Long enough for an answer to be on its way, short enough to be waited for. */
  static final int TIMEOUT_MILLIS = 50;

  private final ContainerTest container;

  Chapter(ContainerTest container) {
    this.container = container;
  }

  @BeforeEach
  void onlyWhatThisContainerCanDo(TestInfo test) {
    Method method = test.getTestMethod().orElseThrow();
    if (setup() == Setup.PORTABLE) {
      excuse(method.getAnnotation(NeedsTheContainersWord.class));
      for (Class<?> c = getClass(); c != Object.class; c = c.getSuperclass()) {
        excuse(c.getAnnotation(NeedsTheContainersWord.class));
      }
    }
    for (Differs difference : Differs.Of.test(container.getClass())) {
      if (applies(difference, method, test.getDisplayName())) {
        assumeTrue(difference.inTheAnswerByLuck(), difference.because());
        container.leaveTheAnswerToLuck();
      }
    }
  }

  private static void excuse(NeedsTheContainersWord need) {
    assumeTrue(need == null, () -> "only the container can tell: " + need.value());
  }

  private boolean applies(Differs difference, Method method, String displayed) {
    return difference.in().isInstance(this)
        && Arrays.asList(difference.from()).contains(method.getName())
        && Arrays.asList(difference.setups()).contains(setup())
        && Pattern.compile(difference.with()).matcher(displayed).find();
  }

  final ContainerTest container() {
    return container;
  }

  final Setup setup() {
    return container.setup;
  }

  final boolean isPortable() {
    return setup() == Setup.PORTABLE;
  }

  final Case given(Handler posts) throws Exception {
    return container.given(posts);
  }

  final Case given(Consumer<Application> definition) throws Exception {
    return container.given(definition);
  }

  final Case given(Consumer<Application> before, Consumer<Application> behind) throws Exception {
    return container.given(before, behind);
  }

  final Case given(
      Consumer<Application> before, Consumer<Application> filter, Consumer<Application> behind)
      throws Exception {
    return container.given(before, filter, behind);
  }

  /** An application behind a filter with these settings. */
  final Case givenWith(
      UnaryOperator<PrometheusRequestFilter.Builder> settings, Consumer<Application> behind)
      throws Exception {
    return given(a -> {}, a -> container.addFilter(a, container.newFilter(settings)), behind);
  }

  /** Likewise, of one servlet. */
  final Case givenWith(UnaryOperator<PrometheusRequestFilter.Builder> settings, Handler posts)
      throws Exception {
    return givenWith(settings, a -> a.servlet("/posts", posts));
  }

  final Scrape scrape() throws IOException {
    return container.scrape();
  }

  final ExecutorService background() {
    return container.background();
  }

  final void awaitUntil(ThrowingRunnable assertion) {
    container.awaitUntil(assertion);
  }

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

  /** Until this has happened, but not for ever: a case that waits in vain must fail. */
  static void await(CountDownLatch moment) {
    unchecked(() -> assertThat(moment.await(10, SECONDS)).as("it has happened").isTrue()).run();
  }

  static void join(Future<?> future) {
    unchecked(future::get).run();
  }

  /** Takes this time, not less. */
  static void take(double seconds) {
    long end = System.nanoTime() + (long) (seconds * 1e9);
    for (long left = end - System.nanoTime(); left > 0; left = end - System.nanoTime()) {
      LockSupport.parkNanos(left);
    }
  }

  /** Sends a part of the answer. */
  static void begin(HttpServletResponse response) throws IOException {
    response.getWriter().print("begun");
    response.flushBuffer();
  }

  /** A client that goes away when it has read what {@link #begin} sends. */
  static void readTheBeginningOnly(Case app) throws IOException {
    Client client = new Client(app.port());
    client.send("GET /app/posts HTTP/1.1\r\nHost: test\r\n\r\n").readUntil("begun");
    client.abort();
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

  /** Every end in every place; one end of each kind where only the way to the filter is another. */
  final Stream<Arguments> endings() {
    return setup() == Setup.REQUEST_ONLY
        ? Ending.everywhere(Ending.values())
        : Ending.everywhere(Ending.THROWS, Ending.THROWS_AFTER_A_FLUSH);
  }

  /** The ends that differ most, in every place. */
  final Stream<Arguments> fewEndings() {
    return setup() == Setup.REQUEST_ONLY
        ? Ending.everywhere(Ending.SENDS_AN_ERROR, Ending.THROWS, Ending.THROWS_AFTER_A_FLUSH)
        : Ending.everywhere(Ending.SENDS_AN_ERROR);
  }

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

  /** Which status the client has received. */
  static String statusOf(String answer) {
    return answer.substring("HTTP/1.1 ".length(), "HTTP/1.1 200".length());
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
