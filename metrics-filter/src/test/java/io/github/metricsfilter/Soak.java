package io.github.metricsfilter;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.prometheus.metrics.core.metrics.GaugeWithCallback;
import io.prometheus.metrics.model.snapshots.GaugeSnapshot;
import io.prometheus.metrics.model.snapshots.HistogramSnapshot;
import io.prometheus.metrics.model.snapshots.MetricSnapshot;
import io.prometheus.metrics.model.snapshots.MetricSnapshots;
import jakarta.servlet.AsyncContext;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.lang.management.ManagementFactory;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.LongAdder;
import java.util.logging.Level;
import java.util.logging.Logger;

/**
 * Faults in anger, for minutes: clients at full speed, with exceptions, aborts, timeouts,
 * asynchronous requests and scrapes mixed, while the application is redeployed every few seconds.
 * At the end of each deployment the counts must be what the application saw, and at least what
 * clients saw; at the very end heap and threads must be where they were. docs/reliability.md has a
 * report.
 *
 * <p>Arguments: seconds, and how long a deployment lives, in seconds. It ends with status 1 if
 * anything is wrong.
 */
final class Soak {

  private static final int CLIENTS = 4;

  private final Duration duration;
  private final Duration deployment;

  /** What clients did and saw, by kind: answers by status, aborts, refusals. */
  private final Map<String, LongAdder> seen = new ConcurrentHashMap<>();

  private final List<String> wrong = new ArrayList<>();
  private final List<Long> heapBytes = new ArrayList<>();
  private final List<Integer> threads = new ArrayList<>();
  private long finished;
  private long entered;
  private int deployments;

  private Soak(Duration duration, Duration deployment) {
    this.duration = duration;
    this.deployment = deployment;
  }

  /** Runs it; see above. */
  public static void main(String[] arguments) throws Exception {
    long seconds = Long.parseLong(arguments[0]);
    long deployment = Long.parseLong(arguments[1]);
    Logger.getLogger("org.eclipse.jetty").setLevel(Level.OFF); // it logs each exception
    Logger.getLogger("io.github.metricsfilter.internal.scrape").setLevel(Level.OFF);
    Soak soak = new Soak(Duration.ofSeconds(seconds), Duration.ofSeconds(deployment));
    soak.run();
    System.exit(soak.wrong.isEmpty() ? 0 : 1);
  }

  private void run() throws Exception {
    long end = System.nanoTime() + duration.toNanos();
    while (System.nanoTime() < end) {
      deployOnce();
    }
    int quarter = Math.max(1, heapBytes.size() / 4);
    double heap = mean(heapBytes, heapBytes.size() - quarter) / mean(heapBytes, quarter, quarter);
    if (heap > 1.3) {
      wrong.add("heap has grown by a factor of " + heap);
    }
    int lastThreads = threads.get(threads.size() - 1);
    if (lastThreads > threads.get(0) + 2) {
      wrong.add("threads have grown from " + threads.get(0) + " to " + lastThreads);
    }
    report(heap, lastThreads);
  }

  private static double mean(List<Long> values, int from) {
    return mean(values, from, values.size() - from);
  }

  private static double mean(List<Long> values, int from, int count) {
    return values.subList(from, Math.min(values.size(), from + count)).stream()
        .mapToLong(Long::longValue)
        .average()
        .orElse(Double.NaN);
  }

  @SuppressWarnings("SystemOut") // the report
  private void report(double heap, int lastThreads) {
    System.out.println("deployments                      " + deployments);
    System.out.println("requests that entered            " + entered);
    System.out.println("requests that were observed      " + finished);
    new TreeMap<>(seen)
        .forEach((kind, n) -> System.out.printf("%-32s %d%n", "clients: " + kind, n.sum()));
    System.out.printf("heap, last quarter to second     %.2f%n", heap);
    System.out.println("threads, first and last          " + threads.get(0) + ", " + lastThreads);
    System.out.println(wrong.isEmpty() ? "nothing is wrong" : "WRONG: " + wrong);
  }

  private void deployOnce() throws Exception {
    LongAdder requests = new LongAdder();
    Map<String, LongAdder> answered = new ConcurrentHashMap<>();
    AtomicLong aborted = new AtomicLong();
    ExecutorService background = Executors.newFixedThreadPool(2);
    JettyApplication app = new JettyApplication();
    try {
      app.filter(PrometheusRequestFilter.builder().registry(app.registry).build());
      app.servlet("/work/*", (request, response) -> work(request, response, requests, background));
      GaugeWithCallback.builder()
          .name("failing")
          .callback(
              gauge -> {
                throw new IllegalStateException("a collector");
              })
          .register(app.registry);
      app.metrics(MetricsServlet.builder().registry(app.registry));
      app.start();
      try (Clients clients = new Clients(app, answered, aborted)) {
        clients.runFor(deployment);
      }
      settle(app, requests.sum());
      deployments++;
      entered += requests.sum();
      check(app, requests.sum(), answered, aborted.get());
      if (active(app) != 0) {
        wrong.add("the gauge is " + active(app));
      }
    } finally {
      app.close();
      background.shutdownNow();
    }
    if (collect(app).size() > 0) {
      wrong.add("metrics are left behind");
    }
    System.gc();
    heapBytes.add(ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed());
    threads.add(Thread.activeCount());
  }

  /** One request of the application, of a kind that its path names. */
  private static void work(
      HttpServletRequest request,
      HttpServletResponse response,
      LongAdder requests,
      ExecutorService background)
      throws IOException {
    requests.increment();
    switch (request.getPathInfo()) {
      case "/throw" -> throw new IllegalStateException("thrown");
      case "/error" -> throw new StackOverflowError("thrown");
      case "/missing" -> response.sendError(404);
      case "/large" -> response.getOutputStream().write(new byte[1 << 20]);
      case "/timeout" -> request.startAsync().setTimeout(20);
      case "/async" -> {
        AsyncContext async = request.startAsync();
        background.execute(async::complete);
      }
      case "/dispatch" -> {
        requests.decrement(); // it comes here again
        AsyncContext async = request.startAsync();
        background.execute(() -> async.dispatch("/work/large"));
      }
      default -> response.getWriter().print("ok");
    }
  }

  private static void settle(JettyApplication app, long requests) {
    await()
        .atMost(Duration.ofSeconds(20))
        .untilAsserted(
            () -> {
              assertThat(active(app)).as("active").isZero();
              assertThat(observed(app)).as("observed").isGreaterThanOrEqualTo(requests);
            });
  }

  /** Each status was observed as often as clients saw it; what is more, they have aborted. */
  private void check(
      JettyApplication app, long requests, Map<String, LongAdder> answered, long aborted) {
    Map<String, Long> observed = observedByStatus(app);
    long total = observed(app);
    finished += total;
    if (total != requests) {
      wrong.add(total + " observed of " + requests + " that entered");
    }
    long more = 0;
    for (String status : answered.keySet()) {
      long difference = observed.getOrDefault(status, 0L) - answered.get(status).sum();
      if (difference < 0) {
        wrong.add(-difference + " answers of status " + status + " were not observed");
      }
      more += difference;
    }
    if (more > aborted || !answered.keySet().containsAll(observed.keySet())) {
      wrong.add("observed " + observed + ", answered " + answered + ", aborted " + aborted);
    }
  }

  private static long observed(JettyApplication app) {
    return observedByStatus(app).values().stream().mapToLong(Long::longValue).sum();
  }

  /** By the histogram, whose count is the counter. */
  private static Map<String, Long> observedByStatus(JettyApplication app) {
    Map<String, Long> counts = new TreeMap<>();
    for (MetricSnapshot family : collect(app)) {
      if (family instanceof HistogramSnapshot histogram) {
        for (HistogramSnapshot.HistogramDataPointSnapshot point : histogram.getDataPoints()) {
          if ("/work/*".equals(point.getLabels().get("path"))) {
            counts.merge(
                String.valueOf(point.getLabels().get("status")), point.getCount(), Long::sum);
          }
        }
      }
    }
    return counts;
  }

  private static double active(JettyApplication app) {
    for (MetricSnapshot family : collect(app)) {
      if (family.getMetadata().getPrometheusName().equals("http_active_requests")) {
        return ((GaugeSnapshot) family).getDataPoints().get(0).getValue();
      }
    }
    return Double.NaN;
  }

  private static MetricSnapshots collect(JettyApplication app) {
    return app.registry.scrape(name -> name.startsWith("http_")); // not the one that fails
  }

  /** Clients that send one request after the other, and one that scrapes. */
  private final class Clients implements AutoCloseable {

    private static final String[] KINDS = {
      "ok", "ok", "ok", "ok", "throw", "error", "missing", "large", "async", "dispatch", "timeout"
    };

    private final JettyApplication app;
    private final Map<String, LongAdder> answered;
    private final AtomicLong aborted;
    private final ExecutorService executor = Executors.newCachedThreadPool();
    private volatile boolean stopped;

    Clients(JettyApplication app, Map<String, LongAdder> answered, AtomicLong aborted) {
      this.app = app;
      this.answered = answered;
      this.aborted = aborted;
    }

    void runFor(Duration time) throws Exception {
      List<Future<?>> running = new ArrayList<>();
      for (int i = 0; i < CLIENTS; i++) {
        Random random = new Random(deployments * 31L + i);
        running.add(executor.submit(() -> send(random)));
      }
      running.add(executor.submit(this::scrape));
      Thread.sleep(time.toMillis()); // the load lasts that long
      stopped = true;
      for (Future<?> client : running) {
        client.get();
      }
    }

    private Void send(Random random) throws Exception {
      while (!stopped) {
        String kind = KINDS[random.nextInt(KINDS.length)];
        boolean abort = random.nextInt(20) == 0;
        exchange("/work/" + kind, abort, random.nextInt(30));
      }
      return null;
    }

    private Void scrape() throws Exception {
      while (!stopped) {
        String body = exchange("/metrics", false, 0);
        if (!body.contains("http_requests_total") && !body.contains("http_active_requests")) {
          synchronized (wrong) {
            wrong.add("a scrape without the filter's metrics");
          }
        }
      }
      return null;
    }

    /** A connection for each request, so that an abort is seen by one request only. */
    private String exchange(String path, boolean abort, int afterBytes) throws IOException {
      URI uri = app.uri(path);
      try (Socket socket = new Socket(uri.getHost(), uri.getPort())) {
        socket.setSoLinger(true, 0); // no ports in TIME_WAIT; an abort is a reset
        OutputStream out = socket.getOutputStream();
        out.write(
            ("GET " + path + " HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")
                .getBytes(StandardCharsets.US_ASCII));
        out.flush();
        InputStream in = socket.getInputStream();
        if (abort) {
          byte[] some = in.readNBytes(afterBytes);
          count("aborted after " + (some.length == 0 ? "no byte" : "some bytes"));
          aborted.incrementAndGet();
          return "";
        }
        String response = new String(in.readAllBytes(), StandardCharsets.ISO_8859_1);
        if (path.startsWith("/work")) {
          String status = response.substring(9, 12);
          answered.computeIfAbsent(status, s -> new LongAdder()).increment();
          count(status);
        } else {
          count("scrapes, " + response.substring(9, 12));
        }
        return response;
      }
    }

    private void count(String kind) {
      seen.computeIfAbsent(kind, k -> new LongAdder()).increment();
    }

    @Override
    public void close() {
      executor.shutdownNow();
    }
  }
}
