package io.github.metricsfilter.example;

import static org.awaitility.Awaitility.await;

import com.sun.net.httpserver.HttpServer;
import io.github.metricsfilter.fixtures.Installed;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The real Alertmanager with the project's configuration, in a hurry, and whom it calls for a page.
 */
final class AlertmanagerServer implements AutoCloseable {

  private static final Pattern LISTENING =
      Pattern.compile("msg=\"?Listening on\"? address=(127\\.0\\.0\\.1:\\d+)");

  /** What it is called. */
  private static final String DEBIANS = "prometheus-alertmanager";

  private static final String ITS_AUTHORS = "alertmanager";

  private final Process process;
  private final HttpServer onCall;
  private final String address;
  private final Queue<String> calls;

  private AlertmanagerServer(
      Process process, HttpServer onCall, String address, Queue<String> calls) {
    this.process = process;
    this.onCall = onCall;
    this.address = address;
    this.calls = calls;
  }

  /** Skips the test unless Alertmanager is on the path, by either of its names. */
  static void assumeInstalled() throws InterruptedException {
    if (!Installed.isOnThePath(ITS_AUTHORS)) {
      Installed.assume(DEBIANS);
    }
  }

  static AlertmanagerServer start(Path directory, String configuration)
      throws IOException, InterruptedException {
    Queue<String> calls = new ConcurrentLinkedQueue<>();
    HttpServer onCall =
        HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    onCall.createContext(
        "/",
        exchange -> {
          calls.add(new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8));
          exchange.sendResponseHeaders(200, -1);
          exchange.close();
        });
    onCall.start();
    String receiver = "  - name: on-call\n";
    String webhook = "http://127.0.0.1:" + onCall.getAddress().getPort() + "/";
    Path file =
        Files.writeString(
            directory.resolve("alertmanager.yml"),
            configuration
                .replace("group_wait: 30s", "group_wait: 1s")
                .replace(receiver, receiver + "    webhook_configs: [{url: '" + webhook + "'}]\n"));
    Path log = directory.resolve("alertmanager.log");
    Process process =
        new ProcessBuilder(
                Installed.isOnThePath(DEBIANS) ? DEBIANS : ITS_AUTHORS,
                "--config.file=" + file,
                "--storage.path=" + directory.resolve("alertmanager-data"),
                "--web.listen-address=127.0.0.1:0",
                "--cluster.listen-address=")
            .redirectErrorStream(true)
            .redirectOutput(log.toFile())
            .start();
    await()
        .atMost(Duration.ofSeconds(30))
        .until(() -> LISTENING.matcher(Files.readString(log)).find() || !process.isAlive());
    Matcher listening = LISTENING.matcher(Files.readString(log));
    if (!listening.find()) {
      process.destroyForcibly();
      onCall.stop(0);
      throw new AssertionError("Alertmanager does not start: " + Files.readString(log));
    }
    return new AlertmanagerServer(process, onCall, listening.group(1), calls);
  }

  String address() {
    return address;
  }

  /** The bodies of its calls. */
  Queue<String> calls() {
    return calls;
  }

  @Override
  public void close() {
    process.destroy();
    process.onExit().join();
    onCall.stop(0);
  }
}
