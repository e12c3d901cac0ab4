package io.github.metricsfilter;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.github.metricsfilter.PrometheusRequestFilter.PathMode;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.Random;
import java.util.regex.Pattern;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * A client that invents paths, methods and what a label is made of, short ones and long ones, and
 * an application that answers and names routes at random: series and heap stay within the bound of
 * docs/metrics.md, and no request is lost.
 */
class CardinalityTest {

  private static final int MAX_PATHS = 50;
  private static final int MAX_TENANTS = 3;
  private static final int WARM_UP = 20_000;
  private static final int REQUESTS = 60_000;
  private static final int STATUSES = 20;

  /** Less than a string of ten characters takes, 56 bytes, for each request. */
  private static final long HEAP_BOUND = 2 << 20;

  private static final Pattern VALUE =
      Pattern.compile("^http_requests_total\\{.*} (.*)$", Pattern.MULTILINE);
  private static final Pattern LABEL = Pattern.compile("=\"((?:[^\"\\\\]|\\\\.)*)\"");

  @ParameterizedTest
  @EnumSource
  void neitherSeriesNorHeapGrowWithoutBound(PathMode mode) throws Exception {
    try (JettyApplication app = new JettyApplication()) {
      app.filter(
              PrometheusRequestFilter.builder()
                  .registry(app.registry)
                  .pathMode(mode)
                  .maxPaths(MAX_PATHS)
                  .label("tenant", request -> request.getHeader("Tenant"), MAX_TENANTS)
                  .build())
          .servlet(
              "/",
              (request, response) -> {
                String route = request.getHeader("Route");
                if (route != null) {
                  request.setAttribute(PrometheusRequestFilter.PATH_ATTRIBUTE, route);
                }
                response.setStatus(Integer.parseInt(request.getHeader("Status")));
              })
          .start();

      send(app, WARM_UP); // all the labels that there can be, and most of their series
      awaitTotal(app, WARM_UP);
      long heap = usedHeap();
      send(app, REQUESTS);
      awaitTotal(app, WARM_UP + REQUESTS);

      String scrape = app.scrape();
      int paths = (mode == PathMode.ROUTE ? MAX_PATHS : 2 * MAX_PATHS) + 1;
      assertThat(VALUE.matcher(scrape).results().count())
          .isLessThanOrEqualTo((long) paths * 10 * STATUSES * (MAX_TENANTS + 1));
      // Explicit routes come second here, and still have series of their own.
      assertThat(scrape).contains("path=\"/route/", "http_active_requests 0.0");
      assertThat(scrape).doesNotContain("metrics_filter_overflow_total 0.0");
      assertThat(LABEL.matcher(scrape).results().map(label -> label.group(1)))
          .allSatisfy(value -> assertThat(value.getBytes(UTF_8).length).isLessThanOrEqualTo(256));
      assertThat(usedHeap() - heap).as("growth of the heap").isLessThan(HEAP_BOUND);
    }
  }

  private static void awaitTotal(JettyApplication app, int requests) {
    await()
        .untilAsserted(
            () ->
                assertThat(
                        VALUE
                            .matcher(app.scrape())
                            .results()
                            .mapToDouble(value -> Double.parseDouble(value.group(1)))
                            .sum())
                    .isEqualTo(requests));
  }

  /** Pipelined, so that the client is no slower than the server. */
  private static void send(JettyApplication app, int requests) throws Exception {
    Random random = new Random(requests);
    int port = app.uri("/").getPort();
    try (Socket socket = new Socket()) {
      socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
      Thread reader =
          new Thread(
              () -> {
                try {
                  socket.getInputStream().transferTo(OutputStream.nullOutputStream());
                } catch (IOException e) {
                  throw new UncheckedIOException(e);
                }
              });
      reader.start();
      OutputStream out = new BufferedOutputStream(socket.getOutputStream());
      for (int i = 0; i < requests; i++) {
        String method = random.nextInt(10) == 0 ? "M" + random.nextInt(2000) : "GET";
        String route =
            random.nextInt(10) == 0
                ? "Route: /route/" + random.nextInt(500) + padding(random) + "\r\n"
                : "";
        String request =
            method
                + " /"
                + Long.toString(random.nextLong() & Long.MAX_VALUE, 36)
                + padding(random)
                + "/x HTTP/1.1\r\nHost: localhost\r\nStatus: "
                + (200 + random.nextInt(STATUSES))
                + "\r\nTenant: "
                + random.nextInt(100)
                + padding(random)
                + "\r\n"
                + route
                + (i == requests - 1 ? "Connection: close\r\n" : "")
                + "\r\n";
        out.write(request.getBytes(StandardCharsets.US_ASCII));
      }
      out.flush();
      reader.join();
    }
  }

  /** In one of two requests; together they stay below Jetty's limit of 8 kB for all headers. */
  private static String padding(Random random) {
    return random.nextBoolean() ? "" : "p".repeat(random.nextInt(2000));
  }

  private static long usedHeap() {
    System.gc();
    return Runtime.getRuntime().totalMemory() - Runtime.getRuntime().freeMemory();
  }
}
