package io.github.metricsfilter.internal.scrape;

import io.github.metricsfilter.internal.scrape.ScrapeMetrics.Cause;
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
  private final ScrapeSettings settings;
  private final Semaphore free;

  /** The places that are free and were taken before. */
  private final Queue<Place> idle = new ConcurrentLinkedQueue<>();

  private ScrapeEndpoint(Served served, ScrapeSettings settings) {
    this.served = served;
    this.settings = settings;
    this.free = new Semaphore(settings.maxConcurrentScrapes);
    idle.add(new Place(settings.properties)); // here, to fail when the application starts
  }

  /**
   * Adds the servlet's own metrics to the registry and, if wanted, the JVM's.
   *
   * @param servlet its name, for messages
   * @throws ServletException if something else in the registry has a name of the servlet's metrics
   */
  public static ScrapeEndpoint open(
      PrometheusRegistry registry, String servlet, ScrapeSettings settings)
      throws ServletException {
    ScrapeMetrics metrics = ScrapeMetrics.join(registry, servlet, settings.jvmMetrics);
    try {
      return new ScrapeEndpoint(new Served(registry, metrics, settings), settings);
    } catch (Throwable t) { // of any kind: client_java's jars may not fit each other
      ScrapeMetrics.leave(registry);
      throw t;
    }
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
    int sent = 500;
    try {
      if (!request.getMethod().equals("GET") && !request.getMethod().equals("HEAD")) {
        answer.header("Allow", "GET, HEAD");
        answer.explain(405, "Read metrics with GET or HEAD.");
      } else if (free.tryAcquire()) {
        try {
          serveAtAPlace(request, answer);
        } finally { // whatever fails, or else the place is lost for ever
          free.release();
        }
      } else {
        answer.header("Retry-After", "1"); // seconds
        answer.explain(
            503,
            "Too many scrapes at the same time: max-concurrent-scrapes is "
                + settings.maxConcurrentScrapes
                + ".");
      }
      sent = answer.status();
    } catch (Throwable t) {
      sent = answer.statusAfterException();
      if (t instanceof IOException) {
        served.metrics.failed(Cause.WRITE, "the response", t);
      }
      throw t;
    } finally {
      served.metrics.answered(sent);
    }
  }

  private void serveAtAPlace(HttpServletRequest request, Answer answer) throws IOException {
    ScrapeRequest asked = new ScrapeRequest(request, served::negotiate);
    Place known = idle.poll();
    Place place = known == null ? new Place(settings.properties) : known;
    served.metrics.started();
    try {
      new Scrape(served, asked, answer).run(place);
    } finally {
      served.metrics.ended();
      idle.add(place);
    }
  }
}
