package io.github.metricsfilter.containers;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.github.metricsfilter.MetricsServlet;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import org.awaitility.core.ThrowingRunnable;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What a container's MBeans say while requests are in flight, as the metrics servlet shows it. */
public abstract class PoolsContract {

  private static final Duration PATIENCE = Duration.ofSeconds(30);

  private static final String HELD = "/app/held";
  private static final String FIRST = "/first";
  private static final String SECOND = "/second";

  static final String BUSY = "servlet_container_threads_busy";
  static final String THREADS = "servlet_container_threads_current";
  static final String MAX = "servlet_container_threads_max";
  static final String QUEUED = "servlet_container_requests_queued";
  static final String CONNECTIONS = "servlet_container_connections_current";

  private final CountDownLatch released = new CountDownLatch(1);
  private final Deque<Container.Stop> opened = new ArrayDeque<>();

  /**
   * Starts a container.
   *
   * @param nth which one it is of a test, from 1 on
   * @param threads how many it may have for requests
   * @param virtualThreads for its requests, if they are given
   */
  protected abstract Container start(int nth, int threads, @Nullable ExecutorService virtualThreads)
      throws Exception;

  /** How that container's pool is called. */
  protected abstract String pool(int nth);

  /** Whether it tells how many requests wait. */
  protected boolean tellsTheQueue() {
    return true;
  }

  @AfterEach
  void stop() throws Exception {
    released.countDown();
    while (!opened.isEmpty()) {
      opened.pop().stop();
    }
  }

  /** A container with an application that holds its requests, and two that show metrics. */
  Container started(int nth, int threads, @Nullable ExecutorService virtualThreads)
      throws Exception {
    Container container = start(nth, threads, virtualThreads);
    opened.push(container::stop);
    container.deploy(
        new Application("/app")
            .servlet(
                "/held",
                (request, response) -> {
                  try {
                    assertThat(released.await(60, TimeUnit.SECONDS)).isTrue();
                  } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                  }
                }));
    for (String context : new String[] {FIRST, SECOND}) {
      MetricsServlet servlet =
          MetricsServlet.builder().registry(new PrometheusRegistry()).jvmMetrics(false).build();
      container.deploy(new Application(context).servlet(Scrape.SERVLET, servlet, false));
    }
    return container;
  }

  /** Sends so many requests, which are not answered until the test releases them. */
  List<Client> hold(Container container, int requests) throws Exception {
    List<Client> clients = new ArrayList<>();
    for (int i = 0; i < requests; i++) {
      Client client = new Client(container.port());
      opened.push(client::close);
      client.send(Client.request("GET", HELD));
      clients.add(client);
    }
    return clients;
  }

  static Scrape scrape(Container container) throws Exception {
    return Scrape.of(container.port(), FIRST + Scrape.SERVLET);
  }

  static void awaitUntil(ThrowingRunnable assertion) {
    Awaitility.await()
        .atMost(PATIENCE)
        .pollInterval(Duration.ofMillis(20))
        .untilAsserted(assertion);
  }

  /** With the scrape, there are 101 requests in flight. */
  @Test
  void eachRequestInFlightHasABusyThread() throws Exception {
    Container container = started(1, 150, null);
    List<Client> held = hold(container, 100);

    awaitUntil(
        () -> {
          Scrape scrape = scrape(container);
          assertThat(scrape.family(BUSY)).isEqualTo(Map.of(pool(1), 101.0));
          assertThat(scrape.family(MAX)).isEqualTo(Map.of(pool(1), 150.0));
          assertThat(scrape.family(THREADS).get(pool(1))).isBetween(101.0, 150.0);
          assertThat(scrape.family(CONNECTIONS).values()).containsExactly(101.0);
        });

    released.countDown();
    for (Client client : held) {
      assertThat(client.readAll()).startsWith("HTTP/1.1 200");
      client.close();
    }
    awaitUntil(
        () -> {
          Scrape scrape = scrape(container);
          assertThat(scrape.family(BUSY)).isEqualTo(Map.of(pool(1), 1.0));
          assertThat(scrape.family(CONNECTIONS).values()).containsExactly(1.0);
        });
  }

  /** What the connections are shown as. */
  protected String connections(int nth) {
    return pool(nth);
  }

  /** The pool has no thread left for the scrape, so it goes to another container. */
  @Test
  void aFullPoolIsFull() throws Exception {
    Container container = started(1, 20, null);
    Container other = started(2, 20, null);
    hold(container, 30);

    awaitUntil(
        () -> {
          Scrape scrape = scrape(other);
          assertThat(scrape.family(BUSY)).isEqualTo(Map.of(pool(1), 20.0, pool(2), 1.0));
          assertThat(scrape.family(THREADS)).containsEntry(pool(1), 20.0);
          assertThat(scrape.family(MAX)).isEqualTo(Map.of(pool(1), 20.0, pool(2), 20.0));
          if (tellsTheQueue()) {
            assertThat(scrape.family(QUEUED)).isEqualTo(Map.of(pool(1), 10.0, pool(2), 0.0));
          } else {
            assertThat(scrape.family(QUEUED)).isEmpty();
          }
        });
  }

  @Test
  void virtualThreadsAreOfNoPool() throws Exception {
    assumeTrue(Runtime.version().feature() >= 21, "virtual threads came with Java 21");
    ExecutorService virtualThreads =
        (ExecutorService) Executors.class.getMethod("newVirtualThreadPerTaskExecutor").invoke(null);
    opened.push(virtualThreads::shutdownNow);
    Container container = started(1, 20, virtualThreads);
    hold(container, 30);

    awaitUntil(
        () -> {
          Scrape scrape = scrape(container);
          assertThat(scrape.family(BUSY).getOrDefault(pool(1), 0.0)).isLessThan(5.0);
          assertThat(scrape.family(CONNECTIONS).values()).containsExactly(31.0);
        });
  }

  @Test
  void twoApplicationsShowTheSamePoolsOnceEach() throws Exception {
    Container container = started(1, 20, null);

    Scrape first = scrape(container);
    Scrape second = Scrape.of(container.port(), SECOND + Scrape.SERVLET);

    assertThat(first.family(MAX)).isEqualTo(Map.of(pool(1), 20.0)).isEqualTo(second.family(MAX));
    assertThat(second.family(BUSY)).containsOnlyKeys(pool(1));
  }

  /** Its port and whatever number it makes up are others, but not what is shown. */
  @Test
  void aNameIsTheSameAfterARestart() throws Exception {
    Container container = started(1, 20, null);
    assertThat(scrape(container).family(MAX)).containsOnlyKeys(pool(1));
    opened.pop().stop();

    Container again = started(1, 20, null);
    assertThat(scrape(again).family(MAX)).containsOnlyKeys(pool(1));
    assertThat(scrape(again).family(CONNECTIONS)).containsOnlyKeys(connections(1));
  }
}
