package io.github.metricsfilter.example;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.stream.Collectors.joining;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.awaitility.Awaitility.await;

import io.github.metricsfilter.fixtures.Installed;
import io.github.metricsfilter.fixtures.PrometheusServer;
import java.io.IOException;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Several instances of the example, found by file service discovery: one is killed and starts anew,
 * one goes for good. Rates, quantiles and the share of errors are those of what was sent to all.
 */
class ManyInstancesIT {

  private static final HttpClient HTTP =
      HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

  private static final Path SCALING = Path.of("../docs/scaling.md");

  @TempDir Path directory;

  private final Map<String, ExampleProcess> instances = new TreeMap<>();

  @AfterEach
  void stop() {
    instances.values().forEach(ExampleProcess::close);
  }

  @Test
  void numbersOverAllInstancesSurviveRestarts() throws Exception {
    Installed.assume("prometheus");
    start("a", Map.of());
    start("b", Map.of());
    start("c", Map.of("DELAY_MIN", "3", "POSTS_URL", "http://127.0.0.1:" + closedPort() + "/"));
    writeTargets();
    try (PrometheusServer prometheus = PrometheusServer.start(directory, configuration())) {
      awaitValue(prometheus, "count(instance:http_requests:sum == 0)", 3);

      // The first of each series is not in its rate, so that must be scraped alone.
      send("a", "/", 1);
      send("b", "/", 1);
      send("c", "/", 1);
      send("c", "/posts", 1);
      awaitValue(prometheus, "sum(instance:http_requests:sum)", 4);
      send("a", "/", 39);
      send("b", "/", 39);
      send("c", "/", 39);
      send("c", "/posts", 19);
      awaitValue(prometheus, "sum(instance:http_requests:sum)", 140);

      instance("b").kill();
      awaitValue(prometheus, "sum(up)", 2);
      start("b", Map.of());
      writeTargets();
      awaitValue(prometheus, "instance:http_requests:sum{instance='b'}", 0);
      send("b", "/", 20);
      awaitValue(prometheus, "instance:http_requests:sum{instance='b'}", 20);

      awaitNumbers(prometheus);
      for (String promQl : queriesOfTheDocument()) {
        assertThat(prometheus.query(promQl)).as(promQl).isNotEmpty();
      }

      instance("c").kill();
      instances.remove("c");
      writeTargets();
      awaitValue(prometheus, "count(up)", 2);

      awaitNumbers(prometheus);
    }
  }

  private static List<String> queriesOfTheDocument() throws IOException {
    List<String> queries =
        Pattern.compile("(?m)^\\| [^|]+ \\| `([^`]+)` \\|$")
            .matcher(Files.readString(SCALING))
            .results()
            .map(row -> row.group(1))
            .toList();
    assertThat(queries).hasSize(5);
    return queries;
  }

  @Test
  void prometheusTakesTheConfigurationsOfTheDocument() throws Exception {
    Installed.assume("promtool");
    List<String> blocks =
        Pattern.compile("(?ms)^```yaml\n(.*?)^```$")
            .matcher(Files.readString(SCALING))
            .results()
            .map(block -> block.group(1))
            .toList();
    assertThat(blocks).hasSize(3);
    for (String block : blocks) {
      Path file = Files.writeString(directory.resolve("prometheus.yml"), block);
      Process promtool =
          new ProcessBuilder("promtool", "check", "config", file.toString())
              .redirectErrorStream(true)
              .start();
      String findings = new String(promtool.getInputStream().readAllBytes(), UTF_8);
      assertThat(promtool.waitFor()).as(findings).isZero();
    }
  }

  /** Of 160 requests, 20 failed, 40 took three seconds, and all others much less. */
  private static void awaitNumbers(PrometheusServer prometheus) {
    await()
        .atMost(Duration.ofSeconds(60))
        .untilAsserted(
            () -> {
              // Extrapolated to the ends of the window, by half a scrape interval of the seconds
              // that this has taken.
              assertThat(value(prometheus, "sum(increase(instance:http_requests:sum[10m]))"))
                  .isBetween(155.0, 190.0);
              assertThat(value(prometheus, "job:http_request_errors:ratio_rate30m"))
                  .isCloseTo(20 / 160.0, within(0.02));
              assertThat(value(prometheus, quantile("0.9"))).isBetween(2.5, 5.0);
              assertThat(value(prometheus, quantile("0.5"))).isLessThan(2.5);
            });
  }

  private static String quantile(String quantile) {
    return "histogram_quantile("
        + quantile
        + ", sum by (le) (rate(http_request_duration_seconds_bucket{path!='/metrics'}[10m])))";
  }

  private static double value(PrometheusServer prometheus, String promQl) throws Exception {
    Map<?, Double> answer = prometheus.query(promQl);
    assertThat(answer).as(promQl).hasSize(1);
    return answer.values().iterator().next();
  }

  private static void awaitValue(PrometheusServer prometheus, String promQl, double value) {
    await(promQl)
        .atMost(Duration.ofSeconds(60))
        .untilAsserted(() -> assertThat(value(prometheus, promQl)).isEqualTo(value));
  }

  private void start(String name, Map<String, String> settings) throws IOException {
    Map<String, String> all = new TreeMap<>(settings);
    all.put("PORT", "0");
    Path own = Files.createTempDirectory(directory, name);
    instances.put(name, ExampleProcess.start(own, all));
  }

  private ExampleProcess instance(String name) {
    return Objects.requireNonNull(instances.get(name));
  }

  private void send(String name, String path, int times) {
    HttpRequest request = HttpRequest.newBuilder(instance(name).uri(path)).build();
    CompletableFuture<?>[] answers =
        IntStream.range(0, times)
            .mapToObj(i -> HTTP.sendAsync(request, BodyHandlers.discarding()))
            .toArray(CompletableFuture<?>[]::new);
    CompletableFuture.allOf(answers).join();
  }

  /** What service discovery reads. An instance that starts anew at another port keeps its name. */
  private void writeTargets() throws IOException {
    String targets =
        instances.entrySet().stream()
            .map(
                each ->
                    "{\"targets\": [\"%s\"], \"labels\": {\"instance\": \"%s\", \"region\": \"eu\"}}"
                        .formatted(authority(each.getValue()), each.getKey()))
            .collect(joining(",", "[", "]"));
    Path written = Files.writeString(directory.resolve("targets.new"), targets);
    Files.move(written, directory.resolve("targets.json"), StandardCopyOption.ATOMIC_MOVE);
  }

  private static String authority(ExampleProcess instance) {
    URI uri = instance.uri("");
    return uri.getAuthority();
  }

  private String configuration() throws IOException {
    String original = Files.readString(Path.of("../prometheus.yml"));
    assertThat(original).contains("static_configs:\n      - targets: [\"app:8000\"]");
    return original
        .replace("_interval: 10s", "_interval: 1s")
        .replace(
            "static_configs:\n      - targets: [\"app:8000\"]",
            "file_sd_configs:\n      - files: [\""
                + directory.resolve("targets.json")
                + "\"]\n        refresh_interval: 1s")
        .replace("monitoring/rules", Path.of("../monitoring/rules").toRealPath().toString());
  }

  private static int closedPort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0)) {
      return socket.getLocalPort();
    }
  }
}
