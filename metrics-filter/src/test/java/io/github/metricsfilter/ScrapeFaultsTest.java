package io.github.metricsfilter;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.github.metricsfilter.MetricsServlet.ContainerMetrics;
import io.prometheus.metrics.core.metrics.Gauge;
import io.prometheus.metrics.core.metrics.GaugeWithCallback;
import io.prometheus.metrics.model.registry.Collector;
import io.prometheus.metrics.model.registry.MultiCollector;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import io.prometheus.metrics.model.registry.PrometheusScrapeRequest;
import io.prometheus.metrics.model.snapshots.ClassicHistogramBuckets;
import io.prometheus.metrics.model.snapshots.CounterSnapshot;
import io.prometheus.metrics.model.snapshots.CounterSnapshot.CounterDataPointSnapshot;
import io.prometheus.metrics.model.snapshots.GaugeSnapshot;
import io.prometheus.metrics.model.snapshots.GaugeSnapshot.GaugeDataPointSnapshot;
import io.prometheus.metrics.model.snapshots.HistogramSnapshot;
import io.prometheus.metrics.model.snapshots.HistogramSnapshot.HistogramDataPointSnapshot;
import io.prometheus.metrics.model.snapshots.Labels;
import io.prometheus.metrics.model.snapshots.MetricMetadata;
import io.prometheus.metrics.model.snapshots.MetricSnapshot;
import io.prometheus.metrics.model.snapshots.MetricSnapshots;
import io.prometheus.metrics.model.snapshots.SummarySnapshot;
import io.prometheus.metrics.model.snapshots.SummarySnapshot.SummaryDataPointSnapshot;
import jakarta.servlet.Filter;
import jakarta.servlet.ServletOutputStream;
import jakarta.servlet.WriteListener;
import jakarta.servlet.http.HttpServletResponse;
import jakarta.servlet.http.HttpServletResponseWrapper;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import java.util.logging.LogRecord;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What fails in a scrape stays small: the others are served, it is counted and logged once. */
class ScrapeFaultsTest {

  private static final String THREAD = "metrics-servlet-scrape";

  private final JettyApplication app = new JettyApplication();
  private final CountDownLatch released = new CountDownLatch(1);
  private final CapturedLog log =
      new CapturedLog("io.github.metricsfilter.internal.scrape.ScrapeMetrics");

  @BeforeEach
  void register() {
    for (int i = 0; i < 5; i++) {
      Gauge.builder().name("good_" + i).register(app.registry).set(i);
    }
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

  private HttpRequest.Builder request() {
    return app.request("/metrics");
  }

  /** A collector that goes wrong in a way of its own, and the cause that this is counted under. */
  enum Fault {
    THROWS("collect") {
      @Override
      void register(PrometheusRegistry registry) {
        registry.register(
            (Collector)
                () -> {
                  throw new IllegalStateException("secret");
                });
      }
    },
    THROWS_AN_ERROR("collect") {
      @Override
      void register(PrometheusRegistry registry) {
        registry.register(
            (Collector)
                () -> {
                  throw new NoClassDefFoundError("secret");
                });
      }
    },
    OF_MANY_THROWS("collect") {
      @Override
      void register(PrometheusRegistry registry) {
        registry.register(
            (MultiCollector)
                () -> {
                  throw new IllegalStateException("secret");
                });
      }
    },
    WITH_A_NAME_THROWS("collect") {
      @Override
      void register(PrometheusRegistry registry) {
        GaugeWithCallback.builder()
            .name("bad")
            .callback(
                gauge -> {
                  throw new IllegalStateException("secret");
                })
            .register(registry);
      }
    },
    RETURNS_A_NULL_FAMILY("collect") {
      @Override
      void register(PrometheusRegistry registry) {
        MetricSnapshot[] none = {null};
        registry.register((MultiCollector) () -> new MetricSnapshots(none));
      }
    },
    RETURNS_A_NULL_LABEL("malformed") {
      @Override
      void register(PrometheusRegistry registry) {
        String[] values = {null};
        registry.register(
            (Collector) () -> gauge("bad", Labels.of(new String[] {"label"}, values)));
      }
    },
    DUPLICATES_A_SAMPLE("malformed") {
      @Override
      void register(PrometheusRegistry registry) {
        registry.register((Collector) () -> gauge("twice", Labels.of("a", "b")));
        registry.register((Collector) () -> gauge("twice", Labels.of("a", "b")));
      }
    },
    HAS_ANOTHER_TYPE("malformed") {
      @Override
      void register(PrometheusRegistry registry) {
        registry.register((Collector) () -> gauge("twice", Labels.EMPTY));
        registry.register((Collector) () -> counter("twice"));
      }
    },
    HAS_THE_SAMPLE_OF_ANOTHER("malformed") {
      @Override
      void register(PrometheusRegistry registry) {
        registry.register((Collector) () -> counter("twice"));
        registry.register((Collector) () -> counter("twice_total"));
        registry.register((Collector) () -> gauge("other_count", Labels.EMPTY));
        registry.register(
            (Collector)
                () ->
                    SummarySnapshot.builder()
                        .name("other")
                        .dataPoint(SummaryDataPointSnapshot.builder().count(1).sum(1).build())
                        .build());
      }
    };

    final String cause;

    Fault(String cause) {
      this.cause = cause;
    }

    abstract void register(PrometheusRegistry registry);
  }

  private static MetricSnapshot gauge(String name, Labels labels) {
    return new GaugeSnapshot(
        new MetricMetadata(name), List.of(new GaugeDataPointSnapshot(1, labels, null)));
  }

  private static MetricSnapshot counter(String name) {
    return new CounterSnapshot(
        new MetricMetadata(name), List.of(new CounterDataPointSnapshot(1, Labels.EMPTY, null, 0)));
  }

  @ParameterizedTest
  @EnumSource
  void theOthersAreServed(Fault fault) throws Exception {
    fault.register(app.registry);
    app.metrics(servlet()).start();

    for (int scrape = 1; scrape <= 3; scrape++) {
      for (String accept :
          List.of("text/plain", MetricsServletTest.PROMETHEUS_2, MetricsServletTest.PROMETHEUS_3)) {
        HttpResponse<byte[]> response = app.bytes(request().header("Accept", accept));
        assertThat(response.statusCode()).isEqualTo(200);
        Exposition exposition =
            accept.startsWith("text")
                ? Exposition.text(response.body())
                : Exposition.openMetrics(response.body());
        assertThat(exposition.samples())
            .containsEntry("good_0", 0.0)
            .containsEntry("good_4", 4.0)
            .containsKey("metrics_servlet_scrapes_in_flight");
      }
      assertThat(
              Exposition.protobufStrings(
                  app.bytes(
                          request()
                              .header("Accept", MetricsServletTest.PROMETHEUS_2_NATIVE_HISTOGRAMS))
                      .body()))
          .contains("good_0", "good_4");
    }

    assertThat(errors(fault.cause)).isGreaterThanOrEqualTo(12);
    assertThat(log.records)
        .extracting(LogRecord::getThrown)
        .doesNotHaveDuplicates()
        .hasSizeLessThan(3);
    assertThat(app.get("/metrics").body()).doesNotContain("secret");
  }

  @ParameterizedTest
  @EnumSource
  void theOthersAreServedToWhoAsksForNames(Fault fault) throws Exception {
    fault.register(app.registry);
    app.metrics(servlet()).start();

    HttpResponse<byte[]> response = app.bytes(app.request("/metrics?name[]=good_1"));

    assertThat(response.statusCode()).isEqualTo(200);
    assertThat(Exposition.text(response.body()).samples()).containsOnlyKeys("good_1");
  }

  @Test
  void theErrorIsShownByTheScrapeThatMetIt() throws Exception {
    Fault.THROWS.register(app.registry);
    app.metrics(servlet()).start();

    assertThat(app.get("/metrics").body())
        .contains("metrics_servlet_errors_total{cause=\"collect\"} 1.0");
  }

  @Test
  void whenNothingCanBeCollectedItIs500() throws Exception {
    JettyApplication bare = new JettyApplication();
    Fault.THROWS.register(bare.registry);
    try (bare) {
      bare.metrics(MetricsServlet.builder().registry(bare.registry).jvmMetrics(false)).start();

      HttpResponse<String> response = bare.get("/metrics");

      assertThat(response.statusCode()).isEqualTo(500);
      assertThat(response.body())
          .isEqualTo("No metric could be collected. The application's log says why.\n");
    }
  }

  /** In the order of the names: what comes first has its samples. */
  @Test
  void aGaugeHistogramHasOtherSamplesThanAHistogram() throws Exception {
    MetricSnapshot sizes =
        HistogramSnapshot.builder()
            .gaugeHistogram(true)
            .name("sizes")
            .dataPoint(
                HistogramDataPointSnapshot.builder()
                    .classicHistogramBuckets(
                        ClassicHistogramBuckets.of(
                            new double[] {Double.POSITIVE_INFINITY}, new long[] {3}))
                    .sum(4)
                    .build())
            .build();
    Labels labels = Labels.of("is", "another");
    app.registry.register(
        (MultiCollector)
            () ->
                new MetricSnapshots(
                    sizes,
                    gauge("sizes_count", labels),
                    gauge("sizes_gcount", labels),
                    gauge("sizes_gsum", labels),
                    gauge("sizes_sum", labels)));
    app.metrics(servlet()).start();

    assertThat(app.get("/metrics").body().lines().filter(line -> line.startsWith("sizes")))
        .containsExactlyInAnyOrder(
            "sizes_bucket{le=\"+Inf\"} 3",
            "sizes_gcount 3",
            "sizes_gsum 4.0",
            "sizes_count{is=\"another\"} 1.0",
            "sizes_sum{is=\"another\"} 1.0");
    assertThat(errors("malformed")).isEqualTo(2);
  }

  /** By our own writer and by client_java's handler, which sets headers before it encodes. */
  @ParameterizedTest
  @ValueSource(strings = {"text/plain", MetricsServletTest.PROMETHEUS_2_NATIVE_HISTOGRAMS})
  void whatIsSaidInsteadOfMetricsIsNotCalledCompressed(String accept) throws Exception {
    try (JettyApplication bare = new JettyApplication()) {
      Fault.THROWS.register(bare.registry);
      bare.filter(
          (Filter)
              (request, response, chain) ->
                  chain.doFilter(request, likeTomcat((HttpServletResponse) response)));
      bare.metrics(
          MetricsServlet.builder()
              .registry(bare.registry)
              .jvmMetrics(false)
              .containerMetrics(ContainerMetrics.OFF));
      bare.start();

      HttpResponse<String> response =
          bare.send(
              bare.request("/metrics").header("Accept", accept).header("Accept-Encoding", "gzip"));

      assertThat(response.statusCode()).isEqualTo(500);
      assertThat(response.headers().firstValue("Content-Encoding")).isEmpty();
      assertThat(response.headers().firstValue("Content-Type"))
          .hasValueSatisfying(type -> assertThat(type).startsWith("text/plain"));
      assertThat(response.body()).startsWith("No metric could be collected.");
    }
  }

  /** Tomcat 9 and 10.1 take no header back: null is no value, they say, and do nothing. */
  private static HttpServletResponse likeTomcat(HttpServletResponse response) {
    return new HttpServletResponseWrapper(response) {
      @Override
      public void setHeader(String name, String value) {
        if (value != null) {
          super.setHeader(name, value);
        }
      }
    };
  }

  @Test
  void anEmptyRegistryIsNoError() throws Exception {
    try (JettyApplication bare = new JettyApplication()) {
      bare.metrics(MetricsServlet.builder().registry(bare.registry).jvmMetrics(false)).start();

      assertThat(bare.get("/metrics").statusCode()).isEqualTo(200);
      assertThat(bare.get("/metrics?name[]=nothing").statusCode()).isEqualTo(200);
    }
  }

  /** A subclass may collect in its own way, so it is scraped as a whole. */
  @Test
  void aRegistryOfAnotherClassIsScrapedByItsOwnMethod() throws Exception {
    PrometheusRegistry own =
        new PrometheusRegistry() {
          @Override
          public MetricSnapshots scrape(PrometheusScrapeRequest request) {
            return new MetricSnapshots(gauge("its_own", Labels.EMPTY));
          }
        };
    app.metrics(MetricsServlet.builder().registry(own).jvmMetrics(false)).start();

    assertThat(app.get("/metrics").body()).contains("its_own 1.0").doesNotContain("good");
  }

  @Test
  void blockingCollectorsAreLeftOutInTime() throws Exception {
    AtomicInteger entered = new AtomicInteger();
    Collector single =
        () -> {
          entered.incrementAndGet();
          return gauge("slow", blockedBy(released));
        };
    app.registry.register(single);
    app.registry.register(
        (MultiCollector) () -> new MetricSnapshots(gauge("slow_too", blockedBy(released))));
    app.metrics(servlet()).start();

    for (int scrape = 0; scrape < 3; scrape++) {
      long start = System.nanoTime();
      HttpResponse<byte[]> response =
          app.bytes(request().header("X-Prometheus-Scrape-Timeout-Seconds", "2"));
      assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(2));
      assertThat(Exposition.text(response.body()).samples())
          .containsEntry("good_0", 0.0)
          .containsEntry("good_4", 4.0)
          .doesNotContainKeys("slow", "slow_too");
    }

    assertThat(errors("timeout")).isGreaterThanOrEqualTo(6);
    assertThat(entered).hasValue(1);
    assertThat(scrapeThreads()).isEqualTo(2);
    assertThat(log.records).hasSize(2);
    assertThat(log.records)
        .allSatisfy(
            entry ->
                assertThat(entry.getThrown().getStackTrace())
                    .anySatisfy(
                        frame -> assertThat(frame.getMethodName()).contains("blockingCollectors")));

    released.countDown();
    await()
        .untilAsserted(
            () -> {
              assertThat(scrapeThreads()).isZero();
              assertThat(app.get("/metrics").body()).contains("slow 1.0", "slow_too 1.0");
            });
  }

  @Test
  void aSlowCollectorIsWaitedFor() throws Exception {
    CompletableFuture.delayedExecutor(400, TimeUnit.MILLISECONDS).execute(released::countDown);
    app.registry.register((Collector) () -> gauge("slow", blockedBy(released)));
    app.metrics(servlet()).start();

    HttpResponse<byte[]> response =
        app.bytes(request().header("X-Prometheus-Scrape-Timeout-Seconds", "2"));

    assertThat(Exposition.text(response.body()).samples()).containsKeys("slow", "good_0", "good_4");
    assertThat(errors("timeout")).isZero();
  }

  @Test
  void atTheEndBlockingCollectorsAreInterrupted() throws Exception {
    app.registry.register((Collector) () -> gauge("slow", blockedBy(released)));
    app.metrics(servlet()).start();
    app.send(request().header("X-Prometheus-Scrape-Timeout-Seconds", "0.1"));
    assertThat(scrapeThreads()).isEqualTo(1);

    app.close();

    await().untilAsserted(() -> assertThat(scrapeThreads()).isZero());
  }

  private static Labels blockedBy(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
    return Labels.EMPTY;
  }

  private static long scrapeThreads() {
    return Thread.getAllStackTraces().keySet().stream()
        .filter(thread -> thread.getName().equals(THREAD))
        .count();
  }

  @Test
  void aBurstIsRefusedBeyondTheBound() throws Exception {
    GaugeWithCallback.builder()
        .name("slow")
        .callback(gauge -> blockedBy(released))
        .register(app.registry);
    app.webXmlMetrics(Map.of("max-concurrent-scrapes", "2", "jvm-metrics", "false")).start();
    List<CompletableFuture<HttpResponse<String>>> served =
        List.of(app.getAsync("/metrics"), app.getAsync("/metrics"));
    await()
        .untilAsserted(
            () ->
                assertThat(app.scrape("metrics_servlet"))
                    .contains("metrics_servlet_scrapes_in_flight 2.0"));

    for (int i = 0; i < 20; i++) {
      HttpResponse<String> refused = app.get("/metrics");
      assertThat(refused.statusCode()).isEqualTo(503);
      assertThat(refused.headers().firstValue("Retry-After")).contains("1");
      assertThat(refused.body())
          .isEqualTo("Too many scrapes at the same time: max-concurrent-scrapes is 2.\n");
    }

    released.countDown();
    for (CompletableFuture<HttpResponse<String>> response : served) {
      assertThat(response.get(10, TimeUnit.SECONDS).statusCode()).isEqualTo(200);
    }
    await()
        .untilAsserted(
            () ->
                assertThat(app.get("/metrics").body())
                    .contains(MetricsServletTest.scrapes(503) + " 20.0")
                    .contains("metrics_servlet_scrapes_in_flight 1.0"));
  }

  /** The bound covers the writing of the response: whoever doesn't read it takes one place. */
  @Test
  void slowReadersTakeNoMoreThreadsThanTheBound() throws Exception {
    Gauge large = Gauge.builder().name("large").labelNames("value").register(app.registry);
    String padding = "x".repeat(1000);
    for (int i = 0; i < 20_000; i++) {
      large.labelValues(i + padding).set(i); // more than all buffers between here and there
    }
    app.metrics(servlet().maxConcurrentScrapes(2)).start();
    List<Socket> readers = new ArrayList<>();
    try {
      for (int i = 0; i < 2; i++) {
        readers.add(slowReader());
      }
      await()
          .atMost(Duration.ofSeconds(30))
          .untilAsserted(
              () -> assertThat(app.get("/metrics?name[]=good_0").statusCode()).isEqualTo(503));
      assertThat(app.get("/metrics?name[]=good_0").statusCode()).isEqualTo(503);
    } finally {
      for (Socket reader : readers) {
        reader.close();
      }
    }

    await()
        .atMost(Duration.ofSeconds(30))
        .untilAsserted(
            () -> assertThat(app.get("/metrics?name[]=good_0").statusCode()).isEqualTo(200));
    await().untilAsserted(() -> assertThat(errors("write")).isEqualTo(2));
  }

  private Socket slowReader() throws IOException {
    Socket socket = new Socket();
    socket.setReceiveBufferSize(4096);
    socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), app.uri("/").getPort()));
    OutputStream out = socket.getOutputStream();
    out.write(
        "GET /metrics HTTP/1.1\r\nHost: localhost\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
    out.flush();
    InputStream in = socket.getInputStream();
    assertThat(in.read()).isEqualTo('H'); // under way; and that was all
    return socket;
  }

  /** What an outer filter or the container makes of the writing of a response. */
  enum Writing {
    /** Before a byte has left. */
    FAILS_AT_ONCE(500, 500, "write") {
      @Override
      ServletOutputStream of(ServletOutputStream out) throws IOException {
        throw new IOException("gone");
      }
    },
    FAILS_AFTER_A_PART(200, 200, "write") {
      @Override
      ServletOutputStream of(ServletOutputStream out) {
        return new FailingOutputStream(out, () -> new IOException("gone"));
      }
    },
    THROWS_AN_ERROR_AT_ONCE(500, 500, "") {
      @Override
      ServletOutputStream of(ServletOutputStream out) {
        throw new StackOverflowError();
      }
    },
    THROWS_AN_EXCEPTION_AFTER_A_PART(200, 200, "") {
      @Override
      ServletOutputStream of(ServletOutputStream out) {
        return new FailingOutputStream(out, IllegalStateException::new);
      }
    };

    final int status;
    final int counted;
    final String cause;

    Writing(int status, int counted, String cause) {
      this.status = status;
      this.counted = counted;
      this.cause = cause;
    }

    abstract ServletOutputStream of(ServletOutputStream out) throws IOException;
  }

  /** Sends the first byte. */
  private static final class FailingOutputStream extends ServletOutputStream {

    private final ServletOutputStream out;
    private final Supplier<? extends Exception> failure;

    FailingOutputStream(ServletOutputStream out, Supplier<? extends Exception> failure) {
      this.out = out;
      this.failure = failure;
    }

    @Override
    public void write(int b) throws IOException {
      out.write(b);
      out.flush();
      Exception e = failure.get();
      if (e instanceof IOException io) {
        throw io;
      }
      throw (RuntimeException) e;
    }

    @Override
    public boolean isReady() {
      return out.isReady();
    }

    @Override
    public void setWriteListener(WriteListener listener) {
      out.setWriteListener(listener);
    }
  }

  /** By our own writer and by client_java's handler, with and without compression. */
  @ParameterizedTest
  @CsvSource({
    "FAILS_AT_ONCE, gzip, true", "FAILS_AT_ONCE, identity, true",
    "FAILS_AFTER_A_PART, gzip, true", "FAILS_AFTER_A_PART, identity, true",
    "THROWS_AN_ERROR_AT_ONCE, gzip, true", "THROWS_AN_ERROR_AT_ONCE, identity, true",
    "THROWS_AN_EXCEPTION_AFTER_A_PART, gzip, true",
        "THROWS_AN_EXCEPTION_AFTER_A_PART, identity, true",
    "FAILS_AT_ONCE, gzip, false", "FAILS_AT_ONCE, identity, false",
    "FAILS_AFTER_A_PART, gzip, false", "FAILS_AFTER_A_PART, identity, false",
    "THROWS_AN_ERROR_AT_ONCE, gzip, false", "THROWS_AN_ERROR_AT_ONCE, identity, false",
    "THROWS_AN_EXCEPTION_AFTER_A_PART, gzip, false",
        "THROWS_AN_EXCEPTION_AFTER_A_PART, identity, false"
  })
  void whatWasSentIsCounted(Writing writing, String encoding, boolean ours) throws Exception {
    String accept =
        ours ? "text/plain" : MetricsServletTest.PROMETHEUS_2_NATIVE_HISTOGRAMS; // protobuf
    AtomicBoolean broken = new AtomicBoolean(true);
    app.filter(
        (Filter)
            (request, response, chain) ->
                chain.doFilter(
                    request,
                    new HttpServletResponseWrapper((HttpServletResponse) response) {
                      @Override
                      public ServletOutputStream getOutputStream() throws IOException {
                        ServletOutputStream out = super.getOutputStream();
                        return broken.get() ? writing.of(out) : out;
                      }
                    }));
    app.metrics(servlet()).start();
    String answer =
        app.exchange(
            "GET /metrics HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nAccept: "
                + accept
                + "\r\nAccept-Encoding: "
                + encoding
                + "\r\n\r\n");
    broken.set(false);

    assertThat(answer).startsWith("HTTP/1.1 " + writing.status + " ");
    await()
        .untilAsserted(
            () ->
                assertThat(app.scrape())
                    .contains(
                        MetricsServletTest.scrapes(writing.counted) + " 1.0",
                        MetricsServletTest.scrapes(writing.counted == 200 ? 500 : 200) + " 0.0",
                        "metrics_servlet_scrapes_in_flight 0.0"));
    assertThat(app.scrape())
        .contains(
            "metrics_servlet_errors_total{cause=\"write\"} "
                + (writing.cause.equals("write") ? "1.0" : "0.0"));
  }

  /** Some containers answer nothing after an {@code Error}. */
  @Test
  void anErrorWhileTheMetricsAreEncodedIsAnswered() throws Exception {
    app.registry.register(
        (Collector)
            () ->
                new CounterSnapshot(
                    new MetricMetadata("bad"),
                    List.of(
                        new CounterDataPointSnapshot(1, Labels.EMPTY, null, 0) {
                          @Override
                          public double getValue() {
                            throw new NoClassDefFoundError("secret");
                          }
                        })));
    app.metrics(servlet()).start();

    HttpResponse<String> response = app.get("/metrics");

    assertThat(response.statusCode()).isEqualTo(500);
    assertThat(response.body())
        .isEqualTo("The metrics could not be written. The application's log says why.\n");
    await()
        .untilAsserted(
            () ->
                assertThat(app.get("/metrics?name[]=metrics_servlet_scrapes_total").body())
                    .contains(MetricsServletTest.scrapes(500) + " 1.0"));
  }

  private double errors(String cause) throws Exception {
    HttpResponse<byte[]> response =
        app.bytes(
            app.request("/metrics?name[]=metrics_servlet_errors_total")
                .header("X-Prometheus-Scrape-Timeout-Seconds", "0.5"));
    return Exposition.text(response.body())
        .samples()
        .getOrDefault("metrics_servlet_errors_total{cause=\"" + cause + "\"}", -1.0);
  }
}
