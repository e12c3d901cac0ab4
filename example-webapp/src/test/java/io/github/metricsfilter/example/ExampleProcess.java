package io.github.metricsfilter.example;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.github.metricsfilter.fixtures.HttpService;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** The example as a process of its own: {@code java -jar} of the {@code -exec} WAR. */
final class ExampleProcess implements HttpService, AutoCloseable {

  private static final String READY = "Listening on ";
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  private final Process process;
  private final Path directory;

  private ExampleProcess(Process process, Path directory) {
    this.process = process;
    this.directory = directory;
  }

  /** Runs it in the directory, with these settings and no others in its environment. */
  static ExampleProcess run(Path directory, Map<String, String> settings) throws IOException {
    Files.createDirectories(directory.resolve("tmp"));
    ProcessBuilder builder =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Djava.io.tmpdir=" + directory.resolve("tmp"),
                "-jar",
                System.getProperty("exec.war"))
            .directory(directory.toFile())
            .redirectOutput(directory.resolve("out").toFile())
            .redirectError(directory.resolve("err").toFile());
    builder.environment().clear();
    builder.environment().putAll(settings);
    return new ExampleProcess(builder.start(), directory);
  }

  /** Runs it on any free port and waits until it says that it is ready. */
  static ExampleProcess start(Path directory, Map<String, String> settings) throws IOException {
    ExampleProcess example = run(directory, settings);
    await()
        .atMost(PATIENCE)
        .until(() -> example.output().contains("\n") || !example.process.isAlive());
    if (!example.output().startsWith(READY)) {
      example.close();
      throw new AssertionError("It does not start: " + example.output() + example.errors());
    }
    return example;
  }

  String output() {
    return read("out");
  }

  String errors() {
    return read("err");
  }

  private String read(String file) {
    try {
      return Files.readString(directory.resolve(file));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The directory in which it makes its temporary files. */
  Path temporaryFiles() {
    return directory.resolve("tmp");
  }

  @Override
  public URI uri(String path) {
    return URI.create(output().strip().substring(READY.length()) + path);
  }

  HttpResponse<String> request(String method, String path)
      throws IOException, InterruptedException {
    return send(request(path).method(method, HttpRequest.BodyPublishers.noBody()));
  }

  /** Sends SIGTERM. */
  void terminate() {
    process.destroy();
  }

  /** Sends SIGKILL, and waits until it has gone. */
  void kill() {
    process.destroyForcibly().onExit().join();
  }

  int exitStatus() throws InterruptedException {
    assertThat(process.waitFor(PATIENCE.toSeconds(), TimeUnit.SECONDS)).as("it ended").isTrue();
    return process.exitValue();
  }

  @Override
  public void close() {
    process.destroyForcibly().onExit().join(); // its files can be deleted then
  }
}
