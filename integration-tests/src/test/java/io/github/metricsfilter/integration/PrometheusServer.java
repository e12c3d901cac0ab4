package io.github.metricsfilter.integration;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The real Prometheus, scraping an application twice a second; skips the test without it. It takes
 * no label value that is longer than docs/metrics.md says, and evaluates the rules in a file {@code
 * rules.yml} of its directory.
 */
final class PrometheusServer implements AutoCloseable {

  private static final Pattern LISTENING =
      Pattern.compile("msg=\"?Listening on\"? address=(127\\.0\\.0\\.1:\\d+)");

  private static final HttpClient HTTP = HttpClient.newHttpClient();
  private static final ObjectMapper JSON = new ObjectMapper();

  private final Process process;
  private final String address;

  private PrometheusServer(Process process, String address) {
    this.process = process;
    this.address = address;
  }

  private static void assumeInstalled() throws InterruptedException {
    assumeTrue(isInstalled(), "prometheus isn't on the path: install it to run this test");
  }

  private static boolean isInstalled() throws InterruptedException {
    try {
      return new ProcessBuilder("prometheus", "--version")
              .redirectErrorStream(true)
              .redirectOutput(ProcessBuilder.Redirect.DISCARD)
              .start()
              .waitFor()
          == 0;
    } catch (IOException e) {
      return false;
    }
  }

  static PrometheusServer start(Path directory, Application target, String... arguments)
      throws IOException, InterruptedException {
    assumeInstalled();
    Path configuration =
        Files.writeString(
            directory.resolve("prometheus.yml"),
            """
            global:
              evaluation_interval: 500ms
            rule_files: ["%s"]
            scrape_configs:
              - job_name: app
                scrape_interval: 500ms
                scrape_timeout: 500ms
                label_value_length_limit: 256
                metrics_path: /app/metrics
                static_configs:
                  - targets: ["localhost:%d"]
            """
                .formatted(directory.resolve("rules.yml"), target.port()));
    Path log = directory.resolve("prometheus.log");
    List<String> command =
        new ArrayList<>(
            List.of(
                "prometheus",
                "--config.file=" + configuration,
                "--storage.tsdb.path=" + directory.resolve("data"),
                "--web.listen-address=127.0.0.1:0"));
    command.addAll(List.of(arguments));
    Process process =
        new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(log.toFile()).start();
    await()
        .atMost(Duration.ofSeconds(30))
        .until(() -> LISTENING.matcher(Files.readString(log)).find() || !process.isAlive());
    Matcher listening = LISTENING.matcher(Files.readString(log));
    if (!listening.find()) {
      process.destroyForcibly();
      throw new AssertionError("Prometheus does not start: " + Files.readString(log));
    }
    return new PrometheusServer(process, listening.group(1));
  }

  /** The values of an instant query. */
  List<Double> query(String promQl) throws IOException, InterruptedException {
    List<Double> values = new ArrayList<>();
    get("/api/v1/query?query=", promQl)
        .at("/data/result")
        .forEach(sample -> values.add(Double.valueOf(sample.at("/value/1").asText())));
    return values;
  }

  /** The trace ids of the exemplars of a series. */
  List<String> traces(String series) throws IOException, InterruptedException {
    List<String> traces = new ArrayList<>();
    get("/api/v1/query_exemplars?start=0&end=9999999999&query=", series)
        .at("/data")
        .findValues("trace_id")
        .forEach(id -> traces.add(id.asText()));
    return traces;
  }

  private JsonNode get(String path, String query) throws IOException, InterruptedException {
    URI uri = URI.create("http://" + address + path + URLEncoder.encode(query, UTF_8));
    String answer = HTTP.send(HttpRequest.newBuilder(uri).build(), BodyHandlers.ofString()).body();
    JsonNode json = JSON.readTree(answer);
    assertThat(json.path("status").asText()).as(answer).isEqualTo("success");
    return json;
  }

  @Override
  public void close() {
    process.destroy();
    process.onExit().join(); // it writes to its directory until then
  }
}
