package io.github.metricsfilter.example;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.stream.Collectors.joining;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

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
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The real Prometheus, with the project's own configuration, scraping one target. */
final class PrometheusServer implements AutoCloseable {

  private static final Pattern LISTENING =
      Pattern.compile("msg=\"Listening on\" address=(127\\.0\\.0\\.1:\\d+)");

  private static final HttpClient HTTP = HttpClient.newHttpClient();
  private static final ObjectMapper JSON = new ObjectMapper();

  private final Process process;
  private final String address;

  private PrometheusServer(Process process, String address) {
    this.process = process;
    this.address = address;
  }

  /** Whether Prometheus and promtool are on the path. */
  static boolean isInstalled() throws InterruptedException {
    try {
      for (String command : new String[] {"prometheus", "promtool"}) {
        new ProcessBuilder(command, "--version")
            .redirectErrorStream(true)
            .redirectOutput(ProcessBuilder.Redirect.DISCARD)
            .start()
            .waitFor();
      }
      return true;
    } catch (IOException e) {
      return false;
    }
  }

  static PrometheusServer start(Path directory, URI target) throws IOException {
    String original = Files.readString(Path.of(System.getProperty("prometheus.yml")));
    assertThat(original).contains("scrape_interval: 10s", "\"app:8000\"");
    return start(
        directory,
        original
            .replace("scrape_interval: 10s", "scrape_interval: 1s")
            .replace("app:8000", target.getAuthority()));
  }

  /**
   * Starts it and waits until it is ready.
   *
   * @param configuration the text of its {@code prometheus.yml}; paths in it are absolute
   */
  static PrometheusServer start(Path directory, String configuration) throws IOException {
    Path file = Files.writeString(directory.resolve("prometheus.yml"), configuration);
    Path log = directory.resolve("prometheus.log");
    Process process =
        new ProcessBuilder(
                "prometheus",
                "--config.file=" + file,
                "--storage.tsdb.path=" + directory.resolve("prometheus-data"),
                "--web.listen-address=127.0.0.1:0")
            .redirectErrorStream(true)
            .redirectOutput(log.toFile())
            .start();
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

  /** What an instant query answers: the labels, without the target's, and the value of each. */
  Map<Map<String, String>, Double> query(String promQl) throws IOException, InterruptedException {
    Map<Map<String, String>, Double> vector = new HashMap<>();
    for (JsonNode sample : data("query", Map.of("query", promQl)).get("result")) {
      Map<String, String> labels = new HashMap<>();
      sample.get("metric").properties().forEach(l -> labels.put(l.getKey(), l.getValue().asText()));
      labels.keySet().removeAll(Set.of("__name__", "instance", "job"));
      vector.put(labels, Double.valueOf(sample.at("/value/1").asText()));
    }
    return vector;
  }

  /**
   * The data of a successful answer.
   *
   * @param endpoint what its API has below {@code /api/v1/}
   */
  JsonNode data(String endpoint, Map<String, String> parameters)
      throws IOException, InterruptedException {
    String query =
        parameters.entrySet().stream()
            .map(each -> each.getKey() + "=" + URLEncoder.encode(each.getValue(), UTF_8))
            .collect(joining("&"));
    URI uri = URI.create("http://" + address + "/api/v1/" + endpoint + "?" + query);
    String answer = HTTP.send(HttpRequest.newBuilder(uri).build(), BodyHandlers.ofString()).body();
    JsonNode json = JSON.readTree(answer);
    assertThat(json.path("status").asText()).as(answer).isEqualTo("success");
    return json.get("data");
  }

  @Override
  public void close() {
    process.destroy();
    process.onExit().join(); // it writes to its directory until then
  }
}
