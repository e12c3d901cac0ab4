package io.github.metricsfilter.example;

import io.prometheus.metrics.core.datapoints.Timer;
import io.prometheus.metrics.core.metrics.Summary;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import jakarta.servlet.http.HttpServletResponse;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpTimeoutException;
import java.time.Duration;
import java.util.Locale;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.logging.Level;
import java.util.logging.Logger;

/** Fetches the posts, and times every call in a Summary, whether it succeeds or fails. */
final class PostsClient {

  private static final Logger LOGGER = Logger.getLogger(PostsClient.class.getName());

  /** More than any list of posts; keeps a broken service from filling the heap. */
  private static final int MAX_BYTES = 8 << 20;

  private final HttpClient http;
  private final HttpRequest request;
  private final Duration timeout;
  private final Summary duration;

  PostsClient(Settings settings, URI url, PrometheusRegistry registry) {
    http =
        HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1) // no attempt to upgrade a plain connection
            .followRedirects(HttpClient.Redirect.NORMAL)
            .connectTimeout(settings.postsConnectTimeout())
            .build();
    request = HttpRequest.newBuilder(url).header("Accept", "application/json").build();
    timeout = settings.postsTimeout();
    Summary.Builder summary =
        Summary.builder()
            .name("post_request_duration_seconds")
            .help("Time taken by the calls of the posts service, failed ones included.")
            .labelNames("method");
    settings.postsQuantiles().forEach(q -> summary.quantile(q.quantile(), q.error()));
    duration = summary.register(registry);
  }

  /**
   * Returns the posts as JSON.
   *
   * @throws PostsException if the service fails, or has not sent all of them in time
   */
  byte[] fetch() throws PostsException {
    Timer timer = duration.labelValues(request.method()).startTimer();
    try {
      return call();
    } catch (PostsException e) {
      LOGGER.log(Level.WARNING, () -> "Fetching " + request.uri() + ": " + reason(e));
      throw e;
    } finally {
      timer.observeDuration();
    }
  }

  private byte[] call() throws PostsException {
    CompletableFuture<HttpResponse<byte[]>> answer =
        http.sendAsync(request, response -> new LimitedBody(MAX_BYTES));
    try {
      // HttpRequest's own timeout ends when the headers are there; this one covers the body, too.
      return json(answer.get(timeout.toNanos(), TimeUnit.NANOSECONDS));
    } catch (TimeoutException e) {
      throw tooLate(e);
    } catch (ExecutionException e) {
      if (e.getCause() instanceof HttpTimeoutException) {
        throw tooLate(e.getCause());
      }
      throw new PostsException(
          HttpServletResponse.SC_BAD_GATEWAY,
          "502 Bad Gateway: the posts service could not be read.",
          e.getCause() == null ? e : e.getCause());
    } catch (InterruptedException e) { // the container stops and can't wait any longer
      Thread.currentThread().interrupt();
      throw new PostsException(
          HttpServletResponse.SC_SERVICE_UNAVAILABLE,
          "503 Service Unavailable: this application is stopping.",
          e);
    } finally {
      answer.cancel(true); // closes the connection if the answer is still coming
    }
  }

  private static byte[] json(HttpResponse<byte[]> response) throws PostsException {
    if (response.statusCode() != HttpServletResponse.SC_OK) {
      throw new PostsException(
          HttpServletResponse.SC_BAD_GATEWAY,
          "502 Bad Gateway: the posts service answered with an error.");
    }
    String type = response.headers().firstValue("Content-Type").orElse("");
    if (!type.toLowerCase(Locale.ROOT).contains("json")) {
      throw new PostsException(
          HttpServletResponse.SC_BAD_GATEWAY,
          "502 Bad Gateway: the posts service did not answer with JSON.");
    }
    return response.body();
  }

  private static PostsException tooLate(Throwable cause) {
    return new PostsException(
        HttpServletResponse.SC_BAD_GATEWAY,
        "502 Bad Gateway: the posts service did not answer in time.",
        cause);
  }

  private static String reason(PostsException e) {
    return e.getCause() == null ? String.valueOf(e.getMessage()) : e.getCause().toString();
  }
}
