package io.github.metricsfilter.containers;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.awaitility.core.ConditionTimeoutException;

/** A server in a process of its own, which listens at 127.0.0.1 only. */
@SuppressWarnings("NullAway.Init") // start sets the process
abstract class AppServer implements AutoCloseable {

  static final Path SERVERS = Path.of(System.getProperty("target", "target")).resolve("servers");

  private static final Duration PATIENCE = Duration.ofMinutes(5);

  /** Longer than what is waited for by default for the end of a cycle: 30 s. */
  private static final Duration ANSWER = Duration.ofSeconds(60);

  final int port = freePort();
  private final Path console;
  private Process process;

  AppServer() throws IOException {
    console = SERVERS.resolve(getClass().getSimpleName() + "-console.log").toAbsolutePath();
  }

  /** The command that runs the server in the foreground. */
  abstract List<String> command();

  /** Where that command is to be run. */
  Path directory() {
    return SERVERS;
  }

  /** What its console says when it has started. */
  abstract String started();

  /** Has it deploy this, at the context path that is the file's name. */
  abstract void deploy(Path war) throws IOException;

  abstract void undeploy(String name) throws IOException;

  /** Its log, all of it. */
  abstract List<Path> logs();

  /** Its access log, in which each line has the method, the path and the status. */
  abstract Path accessLog();

  final AppServer start() throws IOException {
    ProcessBuilder builder =
        new ProcessBuilder(command())
            .directory(directory().toFile())
            .redirectErrorStream(true)
            .redirectOutput(console.toFile());
    builder.environment().put("JAVA_HOME", System.getProperty("java.home"));
    // A collection also takes what only caches hold, such as Liberty's of logged exceptions.
    builder.environment().put("JAVA_TOOL_OPTIONS", "-XX:SoftRefLRUPolicyMSPerMB=0");
    process = builder.start();
    await("the server has started", () -> console().contains(started()) || !process.isAlive());
    assertThat(process.isAlive()).as(this::console).isTrue();
    assertListensHereOnly();
    return this;
  }

  /** All processes of the server, which may have been started by a script. */
  private Stream<ProcessHandle> processes() {
    return Stream.concat(process.descendants(), Stream.of(process.toHandle()));
  }

  /** That none of its sockets can be reached from elsewhere; else it is stopped at once. */
  private void assertListensHereOnly() throws IOException {
    Process ss = new ProcessBuilder("ss", "-ltnupH").start();
    String sockets = new String(ss.getInputStream().readAllBytes(), UTF_8);
    List<String> own = processes().map(p -> "pid=" + p.pid() + ",").toList();
    List<String> elsewhere =
        sockets
            .lines()
            .filter(line -> own.stream().anyMatch(line::contains))
            .filter(
                line ->
                    !line.matches(".*\\s(127\\.0\\.0\\.1|\\[::ffff:127\\.0\\.0\\.1]):\\d+\\s.*"))
            .toList();
    if (!elsewhere.isEmpty()) {
      close();
    }
    assertThat(elsewhere).isEmpty();
  }

  final String console() {
    return read(console);
  }

  final String log() {
    StringBuilder all = new StringBuilder();
    logs().forEach(log -> all.append(read(log)));
    return all.append(console()).toString();
  }

  static String read(Path file) {
    try {
      return Files.exists(file) ? Files.readString(file) : "";
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The process that runs Java. */
  final long pid() {
    return processes()
        .filter(p -> p.info().command().orElse("").endsWith("java"))
        .findFirst()
        .orElseThrow()
        .pid();
  }

  final Process process() {
    return process;
  }

  /** Deploys, and waits until the application answers. */
  final void deployAndAwait(Path war, String path) throws IOException {
    deploy(war);
    awaitAnswer("/" + nameOf(war) + path, "200");
  }

  static String nameOf(Path war) {
    return war.getFileName().toString().replace(".war", "");
  }

  final void awaitAnswer(String path, String status) {
    await(
        path + " answers " + status,
        () -> {
          try {
            return Client.exchange(port, Client.request("GET", path))
                .startsWith("HTTP/1.1 " + status);
          } catch (IOException e) {
            return false;
          }
        });
  }

  static void await(String what, Callable<Boolean> condition) {
    Awaitility.await(what).atMost(PATIENCE).pollInterval(Duration.ofMillis(100)).until(condition);
  }

  /** Likewise; says what is there instead if it takes too long. */
  static void await(String what, Callable<Boolean> condition, Supplier<String> instead) {
    try {
      Awaitility.await(what).atMost(ANSWER).pollInterval(Duration.ofMillis(250)).until(condition);
    } catch (ConditionTimeoutException e) {
      throw new AssertionError(what + " is not so: " + instead.get(), e);
    }
  }

  static int freePort() {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public void close() {
    List<ProcessHandle> all = new ArrayList<>(processes().toList());
    all.forEach(ProcessHandle::destroy);
    try {
      await("the server has ended", () -> all.stream().noneMatch(ProcessHandle::isAlive));
    } finally {
      all.forEach(ProcessHandle::destroyForcibly);
    }
  }

  // Files that servers are configured by

  static void replace(Path file, String text, String by) throws IOException {
    String before = Files.readString(file);
    assertThat(before).contains(text);
    Files.writeString(file, before.replace(text, by));
  }

  /** Puts a file there in one step, for servers that look at folders. */
  static void copyInOneStep(Path file, Path to) throws IOException {
    Path part = to.resolveSibling(to.getFileName() + ".part");
    Files.copy(file, part, StandardCopyOption.REPLACE_EXISTING);
    Files.move(part, to, StandardCopyOption.ATOMIC_MOVE);
  }

  static void copyAll(Path folder, Path to) throws IOException {
    delete(to);
    try (Stream<Path> files = Files.walk(folder)) {
      for (Path file : (Iterable<Path>) files::iterator) {
        Files.copy(file, to.resolve(folder.relativize(file)), StandardCopyOption.COPY_ATTRIBUTES);
      }
    }
  }

  static void delete(Path folder) throws IOException {
    if (Files.exists(folder)) {
      try (Stream<Path> files = Files.walk(folder)) {
        for (Path file : (Iterable<Path>) files.sorted(Comparator.reverseOrder())::iterator) {
          Files.delete(file);
        }
      }
    }
  }
}
