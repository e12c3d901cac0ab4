package io.github.metricsfilter.containers;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.metricsfilter.PrometheusRequestFilter.HistogramKind;
import io.github.metricsfilter.containers.Application.Handler;
import io.github.metricsfilter.containers.ContainerTest.Case;
import io.prometheus.metrics.model.snapshots.HistogramSnapshot;
import io.prometheus.metrics.model.snapshots.HistogramSnapshot.HistogramDataPointSnapshot;
import io.prometheus.metrics.model.snapshots.NativeHistogramBuckets;
import jakarta.servlet.AsyncContext;
import jakarta.servlet.http.HttpUpgradeHandler;
import jakarta.servlet.http.WebConnection;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * The application takes a time of its own, which bounds what is observed from below; what the
 * client measures until a scrape shows the request bounds it from above.
 */
@Proves(
    "A duration is the time from the filter's entry until the container has ended the request, error pages and asynchronous cycles included.")
abstract class Durations extends Chapter {

  private static final double[] BUCKETS = {0.001, 0.02, 0.045, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30};
  private static final double SHORT = 0.05;
  private static final double LONG = 0.15;

  Durations(ContainerTest container) {
    super(container);
  }

  private static Handler taking(double seconds) {
    return (request, response) -> {
      take(seconds);
      response.setStatus(203);
    };
  }

  private Case givenDurations(Consumer<Application> definition) throws Exception {
    return givenWith(b -> b.buckets(BUCKETS), definition);
  }

  /** That the request takes this time at least, and no more than the client has waited for. */
  private void assertDuration(Case app, String path, double atLeast) throws Exception {
    long begun = System.nanoTime();
    String answer = Client.exchange(app.port(), Client.request("GET", "/app" + path));
    String request = statusOf(answer) + " /app" + path + " GET";
    awaitUntil(
        () -> {
          assertThat(scrape().requests()).containsEntry(request, 1.0);
          assertThat(scrape().inFlight()).isZero();
        });
    double atMost = (System.nanoTime() - begun) / 1e9;
    Scrape scrape = scrape().assertConsistent();
    assertThat(scrape.value("http_request_duration_seconds_sum " + request))
        .isBetween(atLeast, atMost);
    scrape
        .family("http_request_duration_seconds_bucket")
        .forEach(
            (bucket, count) -> {
              if (bucket.startsWith(request + " ")) {
                String bound = bucket.substring(request.length() + 1);
                double le =
                    bound.equals("+Inf") ? Double.POSITIVE_INFINITY : Double.parseDouble(bound);
                if (le < atLeast) {
                  assertThat(count).as(bucket).isZero();
                } else if (le >= atMost) {
                  assertThat(count).as(bucket).isOne();
                }
              }
            });
  }

  @Test
  void inTheServlet() throws Exception {
    Case app =
        givenDurations(
            a ->
                a.servlet("/short", taking(SHORT))
                    .servlet("/long", taking(LONG))
                    .synchronousServlet("/sync", taking(SHORT)));
    assertDuration(app, "/short", SHORT);
    assertDuration(app, "/long", LONG);
    assertDuration(app, "/sync", SHORT);
  }

  @Test
  void inAnExceptionsWay() throws Exception {
    Case app =
        givenDurations(
            a ->
                a.servlet(
                    "/failing",
                    (request, response) -> {
                      take(SHORT);
                      raise(new IOException("failure"));
                    }));
    assertDuration(app, "/failing", SHORT);
  }

  @ParameterizedTest
  @EnumSource
  void inEveryPlace(Ending.Place place) throws Exception {
    ExecutorService background = background();
    Case app = givenDurations(a -> place.add(a, taking(LONG), background));
    assertDuration(app, "/posts", LONG);
  }

  /** The parts add up: before the cycle, in the thread, and in the dispatch. */
  @Test
  void inAllParts() throws Exception {
    ExecutorService background = background();
    Case app =
        givenDurations(
            a ->
                a.servlet(
                        "/posts",
                        (request, response) -> {
                          take(SHORT);
                          AsyncContext cycle = request.startAsync();
                          background.execute(
                              unchecked(
                                  () -> {
                                    take(SHORT);
                                    cycle.dispatch("/last");
                                  }));
                        })
                    .servlet("/last", taking(SHORT)));
    assertDuration(app, "/posts", 3 * SHORT);
  }

  @Test
  void untilTheTimeout() throws Exception {
    Case app =
        givenDurations(
            a -> a.servlet("/posts", (request, response) -> request.startAsync().setTimeout(150)));
    assertDuration(app, "/posts", LONG);
  }

  @Test
  @NeedsTheContainersWord("the page runs after the chain has returned")
  void inAnErrorPage() throws Exception {
    Case app =
        givenDurations(
            a ->
                a.servlet("/posts", Ending.SENDS_AN_ERROR)
                    .servlet("/page", taking(LONG))
                    .errorPage(409, "/page"));
    assertDuration(app, "/posts", LONG);
  }

  @Test
  @NeedsTheContainersWord("the page runs after the chain has returned")
  void inAnErrorPageThatGoesAsynchronous() throws Exception {
    ExecutorService background = background();
    Case app =
        givenDurations(
            a ->
                a.servlet("/posts", Ending.SENDS_AN_ERROR)
                    .servlet(
                        "/page",
                        (request, response) -> {
                          AsyncContext cycle = request.startAsync();
                          background.execute(
                              unchecked(
                                  () -> {
                                    take(0.3);
                                    response.setStatus(507);
                                    cycle.complete();
                                  }));
                        })
                    .errorPage(409, "/page"));
    assertDuration(app, "/posts", 0.3);
  }

  /** Says hello in a protocol of its own, and stays. */
  public static final class Hello implements HttpUpgradeHandler {

    @Override
    public void init(WebConnection connection) {
      unchecked(
              () -> {
                connection.getOutputStream().write("hello".getBytes(ISO_8859_1));
                connection.getOutputStream().flush();
              })
          .run();
    }

    @Override
    public void destroy() {}
  }

  /** What follows on the connection isn't HTTP, however long it lives. */
  @ParameterizedTest
  @CsvSource({"IN_THE_SERVLET, false", "IN_THE_SERVLET, true", "IN_A_DISPATCH, false"})
  void untilTheUpgrade(Ending.Place place, boolean flushed) throws Exception {
    Handler upgrade = upgradesTo("hello", Hello.class);
    ExecutorService background = background();
    Case app =
        given(
            a ->
                place.add(
                    a,
                    (request, response) -> {
                      upgrade.handle(request, response);
                      if (flushed) {
                        response.flushBuffer();
                      }
                    },
                    background));
    try (Client client = new Client(app.port())) {
      client.send(Client.request("GET", "/app/posts", "Connection: Upgrade\r\nUpgrade: hello"));
      assertThat(client.readUntil("\r\n\r\n")).startsWith("HTTP/1.1 101");
      app.assertCounted("101 /app/posts GET"); // while the connection lives
    }
  }

  /** Two requests that are held, of which the client knows when it has sent each. */
  @ParameterizedTest
  @EnumSource(names = {"IN_THE_SERVLET", "IN_A_DISPATCH", "IN_A_THREAD"})
  void ofRequestsInFlight(Ending.Place place) throws Exception {
    ExecutorService background = background();
    CountDownLatch released = new CountDownLatch(1);
    AtomicLong heldNanos = new AtomicLong(); // the sum of the times when they were held
    AtomicInteger held = new AtomicInteger();
    Case app =
        givenWith(
            b -> b.activeDuration(true),
            a ->
                place.add(
                    a,
                    (request, response) -> {
                      heldNanos.addAndGet(System.nanoTime());
                      held.incrementAndGet();
                      await(released);
                    },
                    background));
    ExecutorService clients = background();
    long sentNanos = 0;
    List<Future<String>> answers = new ArrayList<>();
    for (int i = 1; i <= 2; i++) {
      int sent = i;
      sentNanos += System.nanoTime();
      answers.add(
          clients.submit(() -> Client.exchange(app.port(), Client.request("GET", "/app/posts"))));
      awaitUntil(() -> assertThat(held).hasValue(sent));
      take(SHORT);
    }
    double atLeast = (2 * System.nanoTime() - heldNanos.get()) / 1e9;
    Scrape scrape = scrape();
    double atMost = (2 * System.nanoTime() - sentNanos) / 1e9;
    assertThat(scrape.inFlight()).isEqualTo(2);
    assertThat(scrape.value("http_active_request_duration_seconds"))
        .isBetween(atLeast, atMost + 2 * 0.0011); // the unit of an age
    released.countDown();
    for (Future<String> answer : answers) {
      assertThat(statusOf(answer.get())).isEqualTo("200");
    }
    awaitUntil(() -> assertThat(scrape().inFlight()).isZero());
    assertThat(scrape().value("http_active_request_duration_seconds")).isZero();
  }

  /** Its sum and its buckets; no text shows them, so they are read where scrapes read them. */
  @ParameterizedTest
  @EnumSource(names = {"IN_THE_SERVLET", "IN_A_THREAD"})
  void ofANativeHistogram(Ending.Place place) throws Exception {
    ExecutorService background = background();
    Case app =
        givenWith(
            b -> b.histogram(HistogramKind.NATIVE), a -> place.add(a, taking(SHORT), background));
    long begun = System.nanoTime();
    app.get("/posts");
    awaitUntil(() -> assertThat(nativeHistogram().getCount()).isOne());
    double atMost = (System.nanoTime() - begun) / 1e9;
    HistogramDataPointSnapshot histogram = nativeHistogram();
    assertThat(histogram.getSum()).isBetween(SHORT, atMost);
    assertThat(histogram.hasNativeHistogramData()).isTrue();
    double base = Math.pow(2, Math.pow(2, -histogram.getNativeSchema()));
    NativeHistogramBuckets buckets = histogram.getNativeBucketsForPositiveValues();
    assertThat(buckets.size()).isOne();
    int index = buckets.getBucketIndex(0); // its upper bound is base^index
    assertThat(Math.pow(base, index)).isGreaterThanOrEqualTo(SHORT);
    assertThat(Math.pow(base, index - 1)).isLessThan(atMost);
  }

  private HistogramDataPointSnapshot nativeHistogram() {
    return container().registry().scrape().stream()
        .filter(HistogramSnapshot.class::isInstance)
        .map(HistogramSnapshot.class::cast)
        .filter(h -> h.getMetadata().getName().equals("http_request_duration_seconds"))
        .flatMap(h -> h.getDataPoints().stream())
        .findFirst()
        .orElseThrow(() -> new AssertionError("no histogram yet"));
  }
}
