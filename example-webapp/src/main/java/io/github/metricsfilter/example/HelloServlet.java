package io.github.metricsfilter.example;

import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;

/** Answers {@code Hello world!}, after a random delay between the two bounds that are set. */
public final class HelloServlet extends HttpServlet {

  private static final long serialVersionUID = 1L;

  private Duration delayMin = Duration.ZERO;
  private Duration delayMax = Duration.ZERO;

  @Override
  public void init() {
    Object attribute = getServletContext().getAttribute(ExampleApplication.SETTINGS);
    Settings settings = (Settings) Objects.requireNonNull(attribute);
    delayMin = settings.delayMin();
    delayMax = settings.delayMax();
  }

  @Override
  protected void doGet(HttpServletRequest request, HttpServletResponse response)
      throws IOException {
    try {
      TimeUnit.NANOSECONDS.sleep(randomDelayNanos());
    } catch (InterruptedException e) { // the container stops and can't wait any longer
      Thread.currentThread().interrupt();
      response.sendError(HttpServletResponse.SC_SERVICE_UNAVAILABLE);
      return;
    }
    response.setContentType("text/plain;charset=utf-8");
    response.getWriter().println("Hello world!");
  }

  private long randomDelayNanos() {
    return ThreadLocalRandom.current().nextLong(delayMin.toNanos(), delayMax.toNanos() + 1);
  }
}
