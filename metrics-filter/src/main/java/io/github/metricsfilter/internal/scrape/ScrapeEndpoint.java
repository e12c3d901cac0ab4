package io.github.metricsfilter.internal.scrape;

import io.github.metricsfilter.internal.scrape.ScrapeMetrics.Cause;
import io.prometheus.metrics.config.PrometheusProperties;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Semaphore;

/**
 * What a servlet serves a registry with: so many places, of which each scrape takes one until its
 * last byte is written, and the books.
 */
public final class ScrapeEndpoint {

  private final Served served;
  private final PrometheusProperties properties;
  private final int maxConcurrentScrapes;
  private final Semaphore free;

  /** The handlers of places that are free and were taken before. */
  private final Queue<Handler> idle = new ConcurrentLinkedQueue<>();

  private ScrapeEndpoint(Served served, PrometheusProperties properties, int maxConcurrentScrapes) {
    this.served = served;
    this.properties = properties;
    this.maxConcurrentScrapes = maxConcurrentScrapes;
    this.free = new Semaphore(maxConcurrentScrapes);
  }

  /**
   * Adds the servlet's own metrics to the registry and, if wanted, the JVM's.
   *
   * @param servlet its name, for messages
   * @param names what is served of the registry
   * @param properties client_java's own settings
   * @throws ServletException if something else in the registry has a name of the servlet's metrics
   */
  public static ScrapeEndpoint open(
      PrometheusRegistry registry,
      String servlet,
      boolean jvmMetrics,
      int maxConcurrentScrapes,
      FamilyNames names,
      PrometheusProperties properties)
      throws ServletException {
    ScrapeMetrics metrics = ScrapeMetrics.join(registry, servlet, jvmMetrics);
    return new ScrapeEndpoint(
        new Served(registry, names, metrics, properties), properties, maxConcurrentScrapes);
  }

  /** Removes the servlet's own metrics, unless another servlet still uses them. */
  public void close() {
    served.close();
  }

  /**
   * Answers a request, whatever its method.
   *
   * @throws IOException if the client has gone, or was too slow for the container
   */
  public void serve(HttpServletRequest request, HttpServletResponse response) throws IOException {
    Answer answer = new Answer(response);
    String method = request.getMethod();
    if (!method.equals("GET") && !method.equals("HEAD")) {
      response.setHeader("Allow", "GET, HEAD");
      refuse(answer, 405, "Metrics are read by GET or HEAD.");
    } else if (!free.tryAcquire()) {
      response.setHeader("Retry-After", "1"); // seconds
      refuse(
          answer,
          503,
          "As many scrapes as allowed are under way: max-concurrent-scrapes is "
              + maxConcurrentScrapes
              + ".");
    } else {
      served.metrics.started();
      try {
        scrape(new ScrapeRequest(request), answer);
      } catch (IOException e) {
        served.metrics.failed(Cause.WRITE, "the response", e);
        throw e;
      } finally {
        served.metrics.finished(response.getStatus());
        free.release();
      }
    }
  }

  private void scrape(ScrapeRequest request, Answer answer) throws IOException {
    Handler known = idle.poll();
    Handler handler = known == null ? new Handler(properties) : known;
    try {
      new Scrape(served, request, answer).run(handler);
    } finally {
      idle.add(handler);
    }
  }

  private void refuse(Answer answer, int status, String reason) throws IOException {
    served.metrics.refused(status);
    answer.explain(status, reason);
  }
}
