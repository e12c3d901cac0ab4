package io.github.metricsfilter;

import static io.github.metricsfilter.Answering.answering;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.prometheus.metrics.expositionformats.ExpositionFormats;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import jakarta.servlet.DispatcherType;
import jakarta.servlet.FilterConfig;
import jakarta.servlet.ServletContext;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.ByteArrayOutputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.net.http.HttpRequest;
import java.nio.charset.StandardCharsets;
import java.util.EnumSet;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.eclipse.jetty.ee10.servlet.FilterHolder;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What the default configuration shows; the endings of a request are the container contract's. */
class PrometheusRequestFilterTest {

  private final JettyApplication app = new JettyApplication("/shop").webXmlFilter(Map.of());

  @AfterEach
  void stop() {
    app.close();
  }

  @Test
  void countsEachRequestByStatusPathAndMethod() throws Exception {
    app.servlet("/posts", (request, response) -> response.getWriter().print("posts")).start();

    app.get("/shop/posts");
    app.get("/shop/posts?page=2");
    app.get("/shop/unknown");
    app.get("/shop/unknown/too");
    app.send(app.request("/shop/posts").method("BREW", HttpRequest.BodyPublishers.noBody()));

    await()
        .untilAsserted(
            () ->
                assertThat(app.scrape())
                    .contains(
                        "http_requests_total{method=\"GET\",path=\"/shop/posts\",status=\"200\"} 2.0",
                        "http_requests_total{method=\"GET\",path=\"/shop/*\",status=\"404\"} 2.0",
                        "http_requests_total{method=\"_OTHER\",path=\"/shop/posts\",status=\"200\"} 1.0",
                        "http_active_requests 0.0",
                        "metrics_filter_overflow_total 0.0",
                        "metrics_filter_failures_total{cause=\"own\"} 0.0"));
  }

  @Test
  void theHistogramHasTheDefaultBucketsAndTheCountersCount() throws Exception {
    app.servlet("/posts", (request, response) -> {}).start();

    app.get("/shop/posts");

    String labels = "{method=\"GET\",path=\"/shop/posts\",status=\"200\"";
    await()
        .untilAsserted(
            () ->
                assertThat(app.scrape().lines())
                    .filteredOn(line -> line.startsWith("http_request_duration_seconds_"))
                    .map(line -> line.substring(0, line.lastIndexOf(' ')))
                    .containsExactly(
                        "http_request_duration_seconds_bucket" + labels + ",le=\"0.005\"}",
                        "http_request_duration_seconds_bucket" + labels + ",le=\"0.01\"}",
                        "http_request_duration_seconds_bucket" + labels + ",le=\"0.025\"}",
                        "http_request_duration_seconds_bucket" + labels + ",le=\"0.05\"}",
                        "http_request_duration_seconds_bucket" + labels + ",le=\"0.1\"}",
                        "http_request_duration_seconds_bucket" + labels + ",le=\"0.25\"}",
                        "http_request_duration_seconds_bucket" + labels + ",le=\"0.5\"}",
                        "http_request_duration_seconds_bucket" + labels + ",le=\"1.0\"}",
                        "http_request_duration_seconds_bucket" + labels + ",le=\"2.5\"}",
                        "http_request_duration_seconds_bucket" + labels + ",le=\"5.0\"}",
                        "http_request_duration_seconds_bucket" + labels + ",le=\"10.0\"}",
                        "http_request_duration_seconds_bucket" + labels + ",le=\"+Inf\"}",
                        "http_request_duration_seconds_count" + labels + "}",
                        "http_request_duration_seconds_sum" + labels + "}"));
    assertThat(app.scrape()).contains("http_request_duration_seconds_count" + labels + "} 1\n");
  }

  @Test
  void allStatusesWithoutAValueOfTheirOwnAreOne() throws Exception {
    app.servlet(
            "/odd",
            (request, response) -> response.setStatus(Integer.parseInt(request.getQueryString())))
        .start();

    app.get("/shop/odd?600");
    app.get("/shop/odd?999");

    await()
        .untilAsserted(
            () ->
                assertThat(app.scrape())
                    .contains("path=\"/shop/odd\",status=\"unknown\"} 2.0", "active_requests 0.0"));
  }

  @Test
  void aRequestIsActiveUntilItIsFinished() throws Exception {
    CountDownLatch entered = new CountDownLatch(1);
    CountDownLatch leave = new CountDownLatch(1);
    app.servlet(
            "/slow",
            (request, response) -> {
              entered.countDown();
              leave.await();
            })
        .start();

    CompletableFuture<?> response = app.getAsync("/shop/slow");
    entered.await();
    assertThat(app.scrape()).contains("http_active_requests 1.0").doesNotContain("/shop/slow");
    leave.countDown();
    response.join();

    await()
        .untilAsserted(
            () -> assertThat(app.scrape()).contains("http_active_requests 0.0", "/shop/slow"));
  }

  /** As on Spring Boot's Jetty, which accepts no listener any more when filters are initialised. */
  @Test
  void aFilterThatComesAfterTheStartIsToldOfFailedDispatches() throws Exception {
    app.servlet("/start", (request, response) -> request.startAsync().dispatch("/endless"))
        .servlet(
            "/endless",
            (request, response) -> {
              while (true) {
                response.getOutputStream().write(new byte[1 << 16]);
              }
            })
        .start();

    FilterHolder late =
        new FilterHolder(
            PrometheusRequestFilter.builder().registry(app.registry).metricPrefix("l_").build());
    late.setAsyncSupported(true);
    app.context.addFilter(late, "/*", EnumSet.of(DispatcherType.REQUEST));
    try (Socket client = new Socket(InetAddress.getLoopbackAddress(), app.uri("/").getPort())) {
      client.setSoLinger(true, 0); // closed by a reset
      client
          .getOutputStream()
          .write(
              "GET /shop/start HTTP/1.1\r\nHost: localhost\r\n\r\n"
                  .getBytes(StandardCharsets.US_ASCII));
      assertThat(client.getInputStream().readNBytes(100)).hasSize(100);
    }
    await()
        .untilAsserted(
            () ->
                assertThat(app.scrape())
                    .contains(
                        "l_http_requests_total{method=\"GET\",path=\"/shop/start\",status=\"200\"} 1.0",
                        "l_http_active_requests 0.0"));
  }

  /** Null where the Servlet API says that something is there, as application servers have it. */
  @Test
  void aContainerThatKnowsNothingStopsNeitherTheFilterNorTheRequest() throws Exception {
    FilterConfig config =
        answering(
            FilterConfig.class,
            Map.of("getServletContext", answering(ServletContext.class, Map.of())));
    HttpServletRequest request =
        answering(HttpServletRequest.class, Map.of("isAsyncStarted", false));
    HttpServletResponse response =
        answering(HttpServletResponse.class, Map.of("getStatus", 202, "isCommitted", true));
    AtomicInteger passed = new AtomicInteger();
    PrometheusRegistry registry = new PrometheusRegistry();
    PrometheusRequestFilter filter = PrometheusRequestFilter.builder().registry(registry).build();

    filter.init(config);
    filter.doFilter(request, response, (q, r) -> passed.incrementAndGet());

    assertThat(passed).hasValue(1);
    ByteArrayOutputStream text = new ByteArrayOutputStream();
    ExpositionFormats.init().getPrometheusTextFormatWriter().write(text, registry.scrape());
    assertThat(text.toString(StandardCharsets.UTF_8))
        .contains(
            "http_requests_total{method=\"_OTHER\",path=\"/*\",status=\"202\"} 1.0",
            "http_active_requests 0.0");
    filter.destroy();
  }
}
