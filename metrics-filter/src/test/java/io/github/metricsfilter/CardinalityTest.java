package io.github.metricsfilter;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.github.metricsfilter.PrometheusRequestFilter.PathMode;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.Random;
import java.util.regex.Pattern;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * A client that invents paths and methods, and an application that answers and names routes at
 * random: series and heap stay within the bound of docs/metrics.md, and no request is lost.
 */
class CardinalityTest {

  private static final int MAX_PATHS = 50;
  private static final int REQUESTS = 100_000;
  private static final int STATUSES = 20;
  private static final Pattern VALUE =
      Pattern.compile("^http_requests_total\\{.*} (.*)$", Pattern.MULTILINE);

  @ParameterizedTest
  @EnumSource
  void neitherSeriesNorHeapGrowWithoutBound(PathMode mode) throws Exception {
    try (JettyApplication app = new JettyApplication()) {
      app.filter(
              PrometheusRequestFilter.builder()
                  .registry(app.registry)
                  .pathMode(mode)
                  .maxPaths(MAX_PATHS)
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

      send(app, REQUESTS / 2);
      long heapAtHalf = usedHeap();
      send(app, REQUESTS / 2);

      await()
          .untilAsserted(
              () -> {
                String scrape = app.scrape();
                double total =
                    VALUE
                        .matcher(scrape)
                        .results()
                        .mapToDouble(value -> Double.parseDouble(value.group(1)))
                        .sum();
                assertThat(total).isEqualTo(REQUESTS);
                assertThat(scrape).contains("http_active_requests 0.0");
              });
      int paths = (mode == PathMode.ROUTE ? MAX_PATHS : 2 * MAX_PATHS) + 1;
      assertThat(VALUE.matcher(app.scrape()).results().count())
          .isLessThanOrEqualTo((long) paths * 10 * STATUSES);
      // Explicit routes come second here, and still have series of their own.
      assertThat(app.scrape()).contains("path=\"/route/");
      assertThat(app.scrape()).doesNotContain("metrics_filter_overflow_total 0.0");
      assertThat(usedHeap() - heapAtHalf).as("growth of the heap").isLessThan(20L << 20);
    }
  }

  /** Pipelined, so that the client is no slower than the server. */
  private static void send(JettyApplication app, int requests) throws Exception {
    Random random = new Random(requests);
    int port = app.uri("/").getPort();
    try (Socket socket = new Socket()) {
      socket.connect(new InetSocketAddress("localhost", port));
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
        String route = random.nextInt(10) == 0 ? "Route: /route/" + random.nextInt(5000) : "X: x";
        String request =
            method
                + " /"
                + Long.toString(random.nextLong() & Long.MAX_VALUE, 36)
                + "/x HTTP/1.1\r\nHost: localhost\r\nStatus: "
                + (200 + random.nextInt(STATUSES))
                + "\r\n"
                + route
                + (i == requests - 1 ? "\r\nConnection: close" : "")
                + "\r\n\r\n";
        out.write(request.getBytes(StandardCharsets.US_ASCII));
      }
      out.flush();
      reader.join();
    }
  }

  private static long usedHeap() {
    System.gc();
    return Runtime.getRuntime().totalMemory() - Runtime.getRuntime().freeMemory();
  }
}
