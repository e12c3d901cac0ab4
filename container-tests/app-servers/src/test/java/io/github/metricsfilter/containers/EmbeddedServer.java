package io.github.metricsfilter.containers;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** A server that is one jar, run by {@link EmbeddedMain}. */
abstract class EmbeddedServer extends AppServer {

  /**
   * The situations that go asynchronous, as a pattern. Their access log has each when its first
   * dispatch returns, with whatever status the response has by then.
   */
  static final String ASYNCHRONOUS =
      ".*/IN_A_(DISPATCH|THREAD).*"
          + "|/(completed|dispatched|endless-in-a|error-but|failed|pending|read-in-a|read-later).*"
          + "|/(restarted|run-by|started|timed-out|too-short|wrapped|written-later).*";

  private final String name;
  private final String jar;
  private final Path home;

  EmbeddedServer(String name, String jar) throws IOException {
    this.name = name;
    this.jar = jar;
    // For all that it writes, the access log included.
    home = SERVERS.resolve(name + "-home").toAbsolutePath();
    delete(home);
    Files.createDirectories(home);
  }

  @Override
  List<String> command() {
    List<String> command =
        new ArrayList<>(
            List.of(
                System.getProperty("java.home") + "/bin/java",
                "-Djava.net.preferIPv4Stack=true",
                "-Djava.io.tmpdir=" + home));
    // As Payara's manifest has it, and what GlassFish needs.
    for (String opened :
        List.of(
            "java.base/java.io",
            "java.base/java.lang",
            "java.base/java.net",
            "java.base/java.nio",
            "java.base/java.util",
            "java.base/jdk.internal.loader",
            "java.base/sun.net.www",
            "java.base/sun.net.www.protocol.jar",
            "java.base/sun.net.www.protocol.jrt",
            "java.base/sun.nio.ch",
            "java.logging/java.util.logging",
            "java.management/javax.management",
            "java.management/javax.management.openmbean",
            "java.management/sun.management",
            "java.naming/javax.naming.spi",
            "jdk.management/com.sun.management.internal",
            "java.rmi/sun.rmi.transport")) {
      command.add("--add-opens=" + opened + "=ALL-UNNAMED");
    }
    command.add("--add-exports=java.base/jdk.internal.ref=ALL-UNNAMED");
    command.addAll(
        List.of(
            "-cp",
            SERVERS.resolve(jar).toAbsolutePath()
                + ":"
                + SERVERS.resolveSibling("test-classes").toAbsolutePath(),
            EmbeddedMain.class.getName(),
            name,
            String.valueOf(port),
            home.toString()));
    return command;
  }

  @Override
  String started() {
    return "READY";
  }

  private void say(String line) throws IOException {
    int before = told(line);
    process().getOutputStream().write((line + "\n").getBytes(UTF_8));
    process().getOutputStream().flush();
    await(line, () -> told(line) > before);
    assertThat(console()).doesNotContain("FAILED " + line);
  }

  /** How often it has told what has become of this. */
  private int told(String line) {
    return console().split("(DONE|FAILED) " + Pattern.quote(line), -1).length;
  }

  @Override
  void deploy(Path war) throws IOException {
    say("deploy " + nameOf(war) + " " + war.toAbsolutePath());
  }

  @Override
  void undeploy(String name) throws IOException {
    say("undeploy " + name);
  }

  @Override
  List<Path> logs() {
    return List.of();
  }

  @Override
  Path accessLog() {
    try (Stream<Path> files = Files.walk(home)) {
      return files
          .filter(file -> file.getFileName().toString().contains("access_log."))
          .findFirst()
          .orElseThrow();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
