package io.github.metricsfilter.containers;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.github.metricsfilter.MetricsServlet;
import io.github.metricsfilter.PortableWay;
import io.github.metricsfilter.PrometheusRequestFilter;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import jakarta.servlet.DispatcherType;
import jakarta.servlet.Filter;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.awaitility.core.ThrowingRunnable;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;
import org.junit.jupiter.params.AfterParameterizedClassInvocation;
import org.junit.jupiter.params.BeforeParameterizedClassInvocation;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Two containers of a kind, in which each case deploys its application: one without the filter,
 * which tells what the client must receive, and one with it, which is scraped.
 */
@ParameterizedClass
@MethodSource("setups")
@TestInstance(Lifecycle.PER_CLASS)
@SuppressWarnings("NullAway.Init") // JUnit sets the fields
public abstract class ContainerTest {

  /** How the filter is registered, and what threads the container has. */
  public enum Setup {
    REQUEST_ONLY,
    ALL_DISPATCHERS,
    VIRTUAL_THREADS,
    /** The filter is mapped to requests only, and does without its container's word. */
    PORTABLE;

    Set<DispatcherType> dispatchers() {
      return this == REQUEST_ONLY || this == PORTABLE
          ? EnumSet.of(DispatcherType.REQUEST)
          : EnumSet.allOf(DispatcherType.class);
    }
  }

  /** All, or those that the system property {@code setups} names, separated by commas. */
  static Stream<Setup> setups() {
    String named = System.getProperty("setups", "");
    return named.isEmpty()
        ? Stream.of(Setup.values())
        : Stream.of(named.split(",")).map(Setup::valueOf);
  }

  private static final Duration PATIENCE = Duration.ofSeconds(10);

  @Parameter Setup setup;

  private PrometheusRegistry registry = new PrometheusRegistry();
  private boolean answerIsLuck;
  private @Nullable ExecutorService virtualThreads;
  private Container without;
  private Container with;
  private final Deque<Container.Stop> started = new ArrayDeque<>();
  private final Deque<Container.Stop> opened = new ArrayDeque<>();

  /** Starts a container, with these threads for its requests if they are given. */
  protected abstract Container start(@Nullable ExecutorService virtualThreads) throws Exception;

  @BeforeParameterizedClassInvocation
  void startContainers() throws Exception {
    virtualThreads = null; // those of the setup before have ended
    if (setup == Setup.VIRTUAL_THREADS) {
      assumeTrue(Runtime.version().feature() >= 21, "virtual threads came with Java 21");
      virtualThreads =
          (ExecutorService)
              Executors.class.getMethod("newVirtualThreadPerTaskExecutor").invoke(null);
      started.push(virtualThreads::shutdownNow);
    }
    without = start();
    started.push(without::stop);
    with = start();
    started.push(with::stop);
  }

  /** One more container, of which the case takes care. */
  Container start() throws Exception {
    return start(virtualThreads);
  }

  @AfterParameterizedClassInvocation
  void stopContainers() throws Exception {
    stop(started);
  }

  @BeforeEach
  void forget() {
    registry = new PrometheusRegistry();
    answerIsLuck = false;
  }

  /** Lets the container answer this case differently without the filter and with it. */
  void leaveTheAnswerToLuck() {
    answerIsLuck = true;
  }

  @AfterEach
  void stopAll() throws Exception {
    stop(opened);
  }

  /** Stops all, whatever fails, since the next case must find nothing of this one. */
  private static void stop(Deque<Container.Stop> running) throws Exception {
    List<Throwable> failures = new ArrayList<>();
    while (!running.isEmpty()) {
      try {
        running.pop().stop();
      } catch (Exception | AssertionError e) {
        failures.add(e);
      }
    }
    if (!failures.isEmpty()) {
      AssertionError all = new AssertionError(failures.get(0).getMessage(), failures.get(0));
      failures.stream().skip(1).forEach(all::addSuppressed);
      throw all;
    }
  }

  /** Threads of the application, which end with the case. */
  ExecutorService background() {
    ExecutorService threads = Executors.newCachedThreadPool();
    afterwards(threads::shutdownNow);
    return threads;
  }

  /** Waits until a scrape shows this. */
  void awaitUntil(ThrowingRunnable assertion) {
    Awaitility.await()
        .dontCatchUncaughtExceptions() // what an application's threads throw is a case's business
        .atMost(PATIENCE)
        .pollInterval(Duration.ofMillis(5))
        .pollDelay(Duration.ZERO)
        .untilAsserted(assertion);
  }

  /** Does this after the case, before what earlier calls asked for. */
  void afterwards(Container.Stop stop) {
    opened.push(stop);
  }

  PrometheusRequestFilter newFilter() {
    return newFilter(UnaryOperator.identity());
  }

  /** A filter with these settings beside the registry. */
  PrometheusRequestFilter newFilter(UnaryOperator<PrometheusRequestFilter.Builder> settings) {
    PrometheusRequestFilter.Builder builder =
        settings.apply(PrometheusRequestFilter.builder().registry(registry));
    return (setup == Setup.PORTABLE ? PortableWay.of(builder) : builder).build();
  }

  void addFilter(Application application, Filter filter) {
    application.filter(filter, setup.dispatchers(), "/*");
  }

  /** What the scrapes of this case show. */
  PrometheusRegistry registry() {
    return registry;
  }

  Scrape scrape() throws IOException {
    return Scrape.of(with.port());
  }

  /** An application of one servlet, at /posts, behind the filter. */
  Case given(Application.Handler posts) throws Exception {
    return given(application -> application.servlet("/posts", posts));
  }

  /** An application behind the filter, which is the first in the chain. */
  Case given(Consumer<Application> definition) throws Exception {
    return given(application -> {}, definition);
  }

  /** An application of which a part stands before the filter. */
  Case given(Consumer<Application> before, Consumer<Application> behind) throws Exception {
    return new Case(before, application -> addFilter(application, newFilter()), behind);
  }

  /** An application in which the filter stands as it says. */
  Case given(
      Consumer<Application> before, Consumer<Application> filter, Consumer<Application> behind)
      throws Exception {
    return new Case(before, filter, behind);
  }

  /** What a client sends to a port, and receives. */
  @FunctionalInterface
  interface Exchange {
    String with(int port) throws IOException;
  }

  /** One application, deployed without and with the filter until the case is over. */
  final class Case {

    static final String CONTEXT = "/app";

    private @Nullable Map<String, Double> counted;

    private Case(
        Consumer<Application> before, Consumer<Application> filter, Consumer<Application> behind)
        throws Exception {
      afterwards(without.deploy(application(before.andThen(behind))));
      afterwards(with.deploy(application(before.andThen(filter).andThen(behind))));
      afterwards(with.deploy(metrics()));
      afterwards(this::assertStillCounted);
    }

    private Application metrics() {
      MetricsServlet servlet =
          MetricsServlet.builder()
              .registry(registry)
              .jvmMetrics(false)
              .containerMetrics(MetricsServlet.ContainerMetrics.OFF)
              .build();
      return new Application(Scrape.CONTEXT).servlet(Scrape.SERVLET, servlet, false);
    }

    private Application application(Consumer<Application> definition) {
      Application application = new Application(CONTEXT);
      definition.accept(application);
      return application;
    }

    /** The port where the filter is, for what makes no sense to be done twice. */
    int port() {
      return with.port();
    }

    /** What the client receives, which is the same without the filter and with it. */
    String get(String path) throws IOException {
      return send("GET", path);
    }

    String send(String method, String path) throws IOException {
      return exchange(Client.request(method, CONTEXT + path));
    }

    String exchange(String request) throws IOException {
      return compared(port -> Client.exchange(port, request));
    }

    /** What this client of a port receives, which is the same without the filter and with it. */
    String compared(Exchange client) throws IOException {
      String expected = client.with(without.port());
      String received = client.with(with.port());
      assertAnswered("the answer", received, expected);
      return received;
    }

    private void assertAnswered(String what, String received, String expected) {
      if (!answerIsLuck) {
        assertThat(received).as(what).isEqualTo(expected);
      }
    }

    /** Likewise, where the container lets both clients wait. */
    String getAtOnce(String path) throws Exception {
      return getAllAtOnce(List.of(path)).values().iterator().next();
    }

    /** Likewise, of several paths, by route. */
    Map<String, String> getAllAtOnce(List<String> paths) throws Exception {
      ExecutorService clients = background();
      List<Future<String>> expected = new ArrayList<>();
      List<Future<String>> received = new ArrayList<>();
      for (String path : paths) {
        String request = Client.request("GET", CONTEXT + path);
        expected.add(clients.submit(() -> Client.exchange(without.port(), request)));
        received.add(clients.submit(() -> Client.exchange(with.port(), request)));
      }
      Map<String, String> answers = new TreeMap<>();
      for (int i = 0; i < paths.size(); i++) {
        String answer = received.get(i).get();
        assertAnswered(paths.get(i), answer, expected.get(i).get());
        answers.put(CONTEXT + paths.get(i) + " GET", answer);
      }
      return answers;
    }

    /** That in the end a scrape shows these requests, no others, and none in flight. */
    void assertCounted(String... requests) {
      Map<String, Double> expected = new TreeMap<>();
      for (String request : requests) {
        expected.merge(request, 1.0, Double::sum);
      }
      assertCounted(expected);
    }

    void assertCounted(Map<String, Double> expected) {
      awaitUntil(() -> assertThat(scrape()).hasToString(Scrape.shown(expected)));
      counted = expected;
    }

    /** That this one request is counted with the status that its client got, or any if none. */
    void assertCountedAsAnswered(String answer, String route) {
      assertCountedAsAnswered(Map.of(route, answer), true);
    }

    /** Likewise, of one request of each route. */
    void assertCountedAsAnswered(Map<String, String> answers) {
      assertCountedAsAnswered(answers, true);
    }

    /** Likewise, or with any status if the filter has to do without its container's word. */
    void assertCountedByTheContainersWord(String answer, String route) {
      assertCountedByTheContainersWord(Map.of(route, answer));
    }

    /** Likewise, of one request of each route. */
    void assertCountedByTheContainersWord(Map<String, String> answers) {
      assertCountedAsAnswered(answers, setup != Setup.PORTABLE);
    }

    private void assertCountedAsAnswered(Map<String, String> answers, boolean statuses) {
      awaitUntil(
          () -> {
            Map<String, Double> expected = new TreeMap<>();
            Scrape scrape = scrape();
            answers.forEach(
                (route, answer) -> {
                  boolean told = statuses && !answer.isEmpty();
                  String status = told ? Chapter.statusOf(answer) : scrape.statusOf(route);
                  expected.put(status + " " + route, 1.0);
                });
            assertThat(scrape).hasToString(Scrape.shown(expected));
            counted = expected;
          });
    }

    /**
     * That in the end a scrape shows these requests, with their statuses unless the filter has to
     * do without its container's word.
     */
    void assertCountedOfStatusByTheContainersWord(String... requests) {
      if (setup == Setup.PORTABLE) {
        String[] routes = Stream.of(requests).map(Scrape::withoutStatus).toArray(String[]::new);
        assertCountedWhateverTheStatus(routes);
      } else {
        assertCounted(requests);
      }
    }

    /** Likewise, of requests that the client got no status of. */
    void assertCountedWhateverTheStatus(String... routes) {
      Map<String, Double> expected = new TreeMap<>();
      for (String route : routes) {
        expected.merge(route, 1.0, Double::sum);
      }
      awaitUntil(
          () -> {
            Scrape scrape = scrape();
            assertThat(scrape.requestsWhateverTheirStatus()).isEqualTo(expected);
            assertThat(scrape.inFlight()).isZero();
            counted = scrape.requests();
          });
    }

    private void assertStillCounted() throws IOException {
      if (counted != null) {
        assertThat(scrape().assertConsistent()).hasToString(Scrape.shown(counted));
      }
    }
  }
}
