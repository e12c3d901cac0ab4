package io.github.metricsfilter.benchmarks;

import io.github.metricsfilter.benchmarks.Scraped.By;
import jakarta.servlet.DispatcherType;
import jakarta.servlet.Filter;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.lang.management.GarbageCollectorMXBean;
import java.lang.management.ManagementFactory;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.HdrHistogram.ConcurrentHistogram;
import org.HdrHistogram.Histogram;
import org.eclipse.jetty.ee10.servlet.FilterHolder;
import org.eclipse.jetty.ee10.servlet.ServletContextHandler;
import org.eclipse.jetty.ee10.servlet.ServletHolder;
import org.eclipse.jetty.server.ServerConnector;

/**
 * What scrapes cost the requests of a Jetty, in a process of its own: a filter with many series,
 * its metrics servlet, which is scraped every second or not, and requests at a steady rate. The
 * time of one counts from when it should have been sent, so that one that is late because of the
 * one before counts, too.
 */
final class ScrapedJetty implements AutoCloseable {

  private static final int SERIES = 10_000;
  private static final int CONNECTIONS = 4;

  /** Between the requests of one connection. */
  private static final long NANOS = TimeUnit.MILLISECONDS.toNanos(2);

  private final Process process;
  private final BufferedReader out;
  private final int port;

  /** What requests have taken since the last call of {@link #load}. */
  private final Histogram nanos = new ConcurrentHistogram(3);

  private long pauseMillis;

  ScrapedJetty(By by) throws IOException {
    process =
        new ProcessBuilder(
                ProcessHandle.current().info().command().orElse("java"),
                "-Xmx512m",
                "-classpath",
                System.getProperty("java.class.path"),
                ScrapedJetty.class.getName(),
                by.name())
            .redirectError(ProcessBuilder.Redirect.DISCARD)
            .start();
    out = process.inputReader(StandardCharsets.UTF_8);
    port = Integer.parseInt(out.readLine());
  }

  /** Sends requests for so long. */
  void load(Duration duration, boolean scraped) throws Exception {
    nanos.reset();
    long before = collectionMillis();
    long end = System.nanoTime() + duration.toNanos();
    ExecutorService clients = Executors.newFixedThreadPool(CONNECTIONS + 1);
    try {
      List<Callable<Void>> all = new ArrayList<>();
      byte[] hello = Connection.get("/hello", "");
      for (int i = 0; i < CONNECTIONS; i++) {
        all.add(() -> repeat(hello, NANOS, end, nanos));
      }
      if (scraped) {
        byte[] metrics = Connection.get("/metrics", "Accept-Encoding: gzip\r\n");
        all.add(() -> repeat(metrics, TimeUnit.SECONDS.toNanos(1), end, new Histogram(3)));
      }
      for (Future<Void> client : clients.invokeAll(all)) {
        client.get();
      }
    } finally {
      clients.shutdownNow();
    }
    pauseMillis = collectionMillis() - before;
  }

  private Void repeat(byte[] request, long interval, long end, Histogram times) throws IOException {
    try (Connection connection = new Connection(port)) {
      for (long due = System.nanoTime(); due < end; due += interval) {
        while (System.nanoTime() < due) {
          LockSupport.parkNanos(due - System.nanoTime());
        }
        connection.exchange(request, 200);
        times.recordValue(System.nanoTime() - due);
      }
    }
    return null;
  }

  private long collectionMillis() throws IOException {
    OutputStream in = process.getOutputStream();
    in.write('\n');
    in.flush();
    return Long.parseLong(out.readLine());
  }

  /** The 99.9th percentile of what the last load's requests took. */
  double nanos() {
    return nanos.getValueAtPercentile(99.9);
  }

  /** How long collections of garbage have taken meanwhile. */
  double pauseMillis() {
    return pauseMillis;
  }

  @Override
  public void close() throws IOException {
    process.getOutputStream().close(); // tells it to end
    process.onExit().join();
  }

  /** The server. It prints its port, and what collections have taken for each line it reads. */
  public static void main(String[] args) throws Exception {
    Scraped scraped = new Scraped(By.valueOf(args[0]), SERIES);
    org.eclipse.jetty.server.Server server =
        new org.eclipse.jetty.server.Server(
            new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
    ServletContextHandler context = new ServletContextHandler("/");
    Filter filter = scraped::filter;
    context.addFilter(new FilterHolder(filter), "/hello", EnumSet.of(DispatcherType.REQUEST));
    context.addServlet(new ServletHolder(new Server.Hello()), "/hello");
    context.addServlet(new ServletHolder(new Metrics(scraped)), "/metrics");
    server.setHandler(context);
    server.start();
    System.out.println(((ServerConnector) server.getConnectors()[0]).getLocalPort());
    BufferedReader in =
        new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
    while (in.readLine() != null) {
      System.out.println(
          ManagementFactory.getGarbageCollectorMXBeans().stream()
              .mapToLong(GarbageCollectorMXBean::getCollectionTime)
              .sum());
    }
    System.exit(0);
  }

  /** The servlet that is started already. */
  private static final class Metrics extends HttpServlet {

    private static final long serialVersionUID = 1L;

    private final transient Scraped scraped;

    Metrics(Scraped scraped) {
      this.scraped = scraped;
    }

    @Override
    protected void service(HttpServletRequest request, HttpServletResponse response)
        throws ServletException, IOException {
      scraped.serve(request, response);
    }
  }
}
