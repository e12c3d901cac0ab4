package io.github.metricsfilter;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.github.metricsfilter.MetricsServlet.ContainerMetrics;
import io.prometheus.metrics.core.metrics.Gauge;
import io.prometheus.metrics.core.metrics.GaugeWithCallback;
import io.prometheus.metrics.model.registry.Collector;
import io.prometheus.metrics.model.registry.PrometheusScrapeRequest;
import io.prometheus.metrics.model.snapshots.GaugeSnapshot;
import io.prometheus.metrics.model.snapshots.GaugeSnapshot.GaugeDataPointSnapshot;
import io.prometheus.metrics.model.snapshots.Labels;
import io.prometheus.metrics.model.snapshots.MetricMetadata;
import io.prometheus.metrics.model.snapshots.MetricSnapshot;
import jakarta.servlet.Filter;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** How long a scrape waits, for what, and on which threads: its own affair, not another's. */
class ScrapeTimeTest {

  private final JettyApplication app = new JettyApplication();
  private final CountDownLatch released = new CountDownLatch(1);
  private final AtomicInteger entered = new AtomicInteger();
  private final CapturedLog log =
      new CapturedLog("io.github.metricsfilter.internal.scrape.ScrapeMetrics");

  @BeforeEach
  void register() {
    Gauge.builder().name("prompt").register(app.registry).set(1);
  }

  @AfterEach
  void stop() {
    released.countDown();
    app.close();
    log.close();
  }

  private MetricsServlet.Builder servlet() {
    return MetricsServlet.builder()
        .registry(app.registry)
        .jvmMetrics(false)
        .containerMetrics(ContainerMetrics.OFF);
  }

  private HttpRequest.Builder request(String path, String timeoutSeconds) {
    return app.request(path).header("X-Prometheus-Scrape-Timeout-Seconds", timeoutSeconds);
  }

  private CompletableFuture<String> scrapeAsync(String path, String timeoutSeconds) {
    return CompletableFuture.supplyAsync(
        () -> {
          try {
            return app.send(request(path, timeoutSeconds)).body();
          } catch (Exception e) {
            throw new IllegalStateException(e);
          }
        });
  }

  private MetricSnapshot blocking(String name) {
    entered.incrementAndGet();
    try {
      released.await();
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
    return gauge(name, Labels.EMPTY);
  }

  private static MetricSnapshot gauge(String name, Labels labels) {
    return new GaugeSnapshot(
        new MetricMetadata(name), List.of(new GaugeDataPointSnapshot(1, labels, null)));
  }

  /** The scrapes that wait for a collector. */
  private static List<Thread> waiting() {
    return Thread.getAllStackTraces().entrySet().stream()
        .filter(
            thread ->
                Arrays.stream(thread.getValue())
                    .anyMatch(frame -> frame.getMethodName().equals("haveEnded")))
        .filter(thread -> thread.getKey().getState() == Thread.State.TIMED_WAITING)
        .map(Map.Entry::getKey)
        .toList();
  }

  private static long scrapeThreads() {
    return Thread.getAllStackTraces().keySet().stream()
        .filter(thread -> thread.getName().equals("metrics-servlet-scrape"))
        .count();
  }

  @Test
  void aScrapeGetsTheResultOfACollectionThatAnotherHasGivenUp() throws Exception {
    app.registry.register((Collector) () -> blocking("slow"));
    app.metrics(servlet()).start();

    String impatient = app.send(request("/metrics", "0.1")).body();
    CompletableFuture<String> patient = scrapeAsync("/metrics", "300");
    await().until(() -> waiting().size() == 1);
    released.countDown();

    assertThat(impatient).contains("prompt 1.0").doesNotContain("slow");
    assertThat(patient.get(10, TimeUnit.SECONDS)).contains("prompt 1.0", "slow 1.0");
    assertThat(entered).hasValue(1);
  }

  @Test
  void scrapesAtTheSameTimeShareACollection() throws Exception {
    app.registry.register((Collector) () -> blocking("slow"));
    app.metrics(servlet()).start();

    List<CompletableFuture<String>> scrapes =
        List.of(
            scrapeAsync("/metrics", "300"),
            scrapeAsync("/metrics?any=thing", "300"),
            scrapeAsync("/metrics?name[]=slow", "300"));
    await().until(() -> waiting().size() == 3);
    released.countDown();

    for (CompletableFuture<String> scrape : scrapes) {
      assertThat(scrape.get(10, TimeUnit.SECONDS)).contains("slow 1.0");
    }
    assertThat(entered).hasValue(1);
    await().until(() -> scrapeThreads() == 0);
    assertThat(app.send(request("/metrics", "300")).body()).contains("slow 1.0");
    assertThat(entered).hasValue(2);
  }

  /** Whoever it is that has no time, and however often. */
  @Test
  void aStrangerWithoutTimeMakesNoOthersIncomplete() throws Exception {
    app.registry.register(
        (Collector)
            () -> {
              CompletableFuture.runAsync(
                      () -> {}, CompletableFuture.delayedExecutor(2, TimeUnit.MILLISECONDS))
                  .join();
              return gauge("slow", Labels.EMPTY);
            });
    app.metrics(servlet().maxConcurrentScrapes(16)).start();
    AtomicBoolean over = new AtomicBoolean();
    CompletableFuture<Void> stranger =
        CompletableFuture.runAsync(
            () -> {
              while (!over.get()) {
                scrapeAsync("/metrics", "0.000001").join();
                scrapeAsync("/metrics", "0.1").join();
              }
            });

    try {
      for (int i = 0; i < 300; i++) {
        assertThat(app.send(request("/metrics", "10")).body()).contains("prompt 1.0", "slow 1.0");
      }
    } finally {
      over.set(true);
      stranger.get(10, TimeUnit.SECONDS);
    }
  }

  /** As the collectors of exporters for several targets do. */
  private final class OfTarget implements Collector {

    @Override
    public MetricSnapshot collect() {
      throw new IllegalStateException("no target");
    }

    @Override
    public MetricSnapshot collect(PrometheusScrapeRequest request) {
      String[] targets = request.getParameterValues("target");
      String target = targets == null ? "" : targets[0];
      return target.startsWith("blocked")
          ? blocking("target_" + target)
          : gauge("target_" + target, Labels.EMPTY);
    }
  }

  @Test
  void aCollectorThatLooksAtTheRequestAnswersEach() throws Exception {
    app.registry.register(new OfTarget());
    app.metrics(servlet()).start();

    CompletableFuture<String> blocked = scrapeAsync("/metrics?target=blocked", "300");
    CompletableFuture<String> same = scrapeAsync("/metrics?target=blocked", "300");
    await().until(() -> waiting().size() == 2);

    assertThat(app.send(request("/metrics?target=a", "10")).body()).contains("target_a 1.0");
    released.countDown();
    assertThat(blocked.get(10, TimeUnit.SECONDS)).contains("target_blocked 1.0");
    assertThat(same.get(10, TimeUnit.SECONDS)).contains("target_blocked 1.0");
    assertThat(entered).hasValue(1);
  }

  /** Else whoever invents queries could have one thread after the other. */
  @Test
  void aCollectorThatLooksAtTheRequestHasABoundOfRuns() throws Exception {
    app.registry.register(new OfTarget());
    app.metrics(servlet().maxConcurrentScrapes(2)).start();

    for (int i = 0; i < 5; i++) {
      assertThat(app.send(request("/metrics?target=blocked" + i, "0.1")).body())
          .contains("prompt 1.0")
          .doesNotContain("target_");
    }
    assertThat(scrapeThreads()).isEqualTo(2);

    CompletableFuture<String> other = scrapeAsync("/metrics?target=other", "300");
    await().until(() -> waiting().size() == 1);
    released.countDown();
    assertThat(other.get(10, TimeUnit.SECONDS)).contains("target_other 1.0");
  }

  /** {@code OutOfMemoryError: unable to create native thread} comes from there. */
  private static final class NoThread extends Thread {
    @Override
    public synchronized void start() {
      throw new OutOfMemoryError("unable to create native thread");
    }
  }

  @Test
  void withoutMoreThreadsTheRequestsOwnCollects() throws Exception {
    GaugeWithCallback.builder().name("called").callback(g -> g.call(1)).register(app.registry);
    MetricsServlet.Builder settings = servlet();
    settings.threads = work -> new NoThread();
    app.metrics(settings).start();

    for (int scrape = 0; scrape < 3; scrape++) {
      HttpResponse<String> response = app.send(request("/metrics", "10"));
      assertThat(response.statusCode()).isEqualTo(200);
      assertThat(response.body())
          .contains("prompt 1.0", "called 1.0", "metrics_servlet_scrapes_in_flight 1.0")
          .contains("metrics_servlet_errors_total{cause=\"thread\"} " + (scrape + 1) + ".0");
    }
    await()
        .untilAsserted(
            () ->
                assertThat(app.scrape())
                    .contains(
                        MetricsServletTest.scrapes(200) + " 3.0",
                        "metrics_servlet_scrapes_in_flight 0.0"));
    assertThat(log.records)
        .singleElement()
        .satisfies(entry -> assertThat(entry.getThrown()).isInstanceOf(OutOfMemoryError.class));
  }

  /** If the first thread can be had, and blocks. */
  @Test
  void withoutASecondThreadTheRequestsOwnCollects() throws Exception {
    app.registry.register((Collector) () -> blocking("slow"));
    for (int i = 0; i < 20; i++) {
      GaugeWithCallback.builder()
          .name("called_" + i)
          .callback(g -> g.call(1))
          .register(app.registry);
    }
    AtomicInteger started = new AtomicInteger();
    MetricsServlet.Builder settings = servlet();
    settings.threads = work -> started.incrementAndGet() == 1 ? new Thread(work) : new NoThread();
    app.metrics(settings).start();

    String body = app.send(request("/metrics", "1")).body();

    for (int i = 0; i < 20; i++) {
      assertThat(body).contains("called_" + i + " 1.0").doesNotContain("slow");
    }
  }

  @Test
  void anInterruptedRequestGetsAllThatNeedsNoWaiting() throws Exception {
    GaugeWithCallback.builder().name("called").callback(g -> g.call(1)).register(app.registry);
    app.registry.register((Collector) () -> blocking("slow"));
    AtomicBoolean afterwards = new AtomicBoolean();
    app.filter(
        (Filter)
            (request, response, chain) -> {
              Thread.currentThread().interrupt();
              chain.doFilter(request, response);
              afterwards.set(Thread.interrupted());
            });
    app.metrics(servlet()).start();

    String body = app.send(request("/metrics", "300")).body();

    assertThat(body).contains("prompt 1.0", "called 1.0").doesNotContain("slow");
    await().untilTrue(afterwards);
  }

  /** Of which the container can't take all at once: it has to wait for the client. */
  @Test
  void anInterruptedRequestWritesItsResponse() throws Exception {
    Gauge large = Gauge.builder().name("large").labelNames("value").register(app.registry);
    String padding = "x".repeat(1000);
    for (int i = 0; i < 20_000; i++) {
      large.labelValues(i + padding).set(i);
    }
    app.filter(
        (Filter)
            (request, response, chain) -> {
              Thread.currentThread().interrupt();
              chain.doFilter(request, response);
            });
    app.metrics(servlet()).start();

    assertThat(app.send(request("/metrics", "300")).body()).hasSizeGreaterThan(20_000_000);
  }

  /** A container interrupts its threads when it stops. */
  @Test
  void whoIsInterruptedWhileItWaitsStopsWaiting() throws Exception {
    GaugeWithCallback.builder().name("called").callback(g -> g.call(1)).register(app.registry);
    app.registry.register((Collector) () -> blocking("slow"));
    app.metrics(servlet()).start();

    CompletableFuture<String> scrape = scrapeAsync("/metrics", "300");
    await().until(() -> waiting().size() == 1);
    waiting().forEach(Thread::interrupt);

    assertThat(scrape.get(10, TimeUnit.SECONDS))
        .contains("prompt 1.0", "called 1.0")
        .doesNotContain("slow");
  }
}
