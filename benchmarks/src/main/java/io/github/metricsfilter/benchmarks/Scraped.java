package io.github.metricsfilter.benchmarks;

import io.github.metricsfilter.MetricsServlet;
import io.prometheus.metrics.exporter.servlet.jakarta.PrometheusMetricsServlet;
import io.prometheus.metrics.expositionformats.PrometheusTextFormatWriter;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import jakarta.servlet.Filter;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.ServletRequest;
import jakarta.servlet.ServletResponse;
import jakarta.servlet.http.HttpServlet;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.lang.ref.Reference;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** A registry with series in it, and the servlet that serves it. */
public final class Scraped {

  /** Who recorded the series. */
  public enum By {
    /** The filter, served by its servlet. */
    OURS("metrics-filter"),
    /** client_java's Counter, Gauge and Histogram, served by client_java's servlet. */
    CLIENT_JAVA("client_java by hand");

    final String title;

    By(String title) {
      this.title = title;
    }
  }

  /** Of requests that no error page can follow, which would take more than an increment. */
  private static final int[] STATUSES = {200, 201, 302, 304};

  private static final FilterChain NOTHING = (request, response) -> {};

  /** A request to one series. */
  private interface Change {
    void make() throws IOException, ServletException;
  }

  final PrometheusRegistry registry = new PrometheusRegistry();
  private final Filter filter;
  private final HttpServlet servlet;
  private final List<Change> changes = new ArrayList<>();

  /**
   * Makes the series, by a request to each.
   *
   * @param series a multiple of the number of statuses
   */
  Scraped(By by, int series) throws IOException, ServletException {
    HandWrittenFilter byHand = by == By.CLIENT_JAVA ? new HandWrittenFilter(registry, false) : null;
    filter = byHand == null ? Candidate.start(Candidate.ours(registry)) : byHand;
    for (int i = 0; i < series / STATUSES.length; i++) {
      String path = "/shop/articles/" + i;
      for (int status : STATUSES) {
        FakeRequest to = FakeRequest.get(path);
        FakeResponse response = new FakeResponse(status);
        Change byFilter = () -> filter.doFilter(to.recycle(), response, NOTHING);
        byFilter.make();
        // What the filter by hand allocates to find its series isn't the scrape's garbage.
        changes.add(byHand == null ? byFilter : byHand.known(status, path, "GET")::run);
      }
    }
    servlet =
        byHand == null
            ? MetricsServlet.builder()
                .registry(registry)
                .jvmMetrics(false)
                .containerMetrics(MetricsServlet.ContainerMetrics.OFF)
                .build()
            : new PrometheusMetricsServlet(registry);
    servlet.init(Fake.servletConfig());
  }

  /** The memory that a registry with so many series holds once it is scraped, and its filter. */
  static long heldBytes(By by, int series) throws IOException, ServletException {
    long before = usedBytes();
    Scraped scraped = new Scraped(by, series);
    try {
      scraped.changes.clear(); // the requests aren't the registry's
      scraped.registry.scrape(); // some of which is kept for the next one
      return usedBytes() - before;
    } finally {
      Reference.reachabilityFence(scraped);
    }
  }

  private static long usedBytes() {
    System.gc();
    return ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed();
  }

  /** A request to every n-th series. */
  void changeEvery(int n) throws IOException, ServletException {
    for (int i = 0; i < changes.size(); i += n) {
      changes.get(i).make();
    }
  }

  /** A request to one series. */
  void changeOne() throws IOException, ServletException {
    changes.get(0).make();
  }

  /** Passes a request of a real container through the filter. */
  void filter(ServletRequest request, ServletResponse response, FilterChain chain)
      throws IOException, ServletException {
    filter.doFilter(request, response, chain);
  }

  /** Has the servlet answer a request of a real container. */
  void serve(ServletRequest request, ServletResponse response)
      throws IOException, ServletException {
    servlet.service(request, response);
  }

  /** The text of a scrape, as client_java writes it. */
  byte[] text() throws IOException {
    ByteArrayOutputStream text = new ByteArrayOutputStream();
    PrometheusTextFormatWriter.create().write(text, registry.scrape());
    return text.toByteArray();
  }

  /** What Prometheus asks for, less the network. */
  void scrape(boolean gzip) throws IOException, ServletException {
    ServletRequest request =
        new FakeRequest(
            "GET", "/metrics", false, gzip ? Map.of("Accept-Encoding", "gzip") : Map.of());
    servlet.service(request, new FakeResponse(200));
  }
}
