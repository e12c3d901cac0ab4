package io.github.metricsfilter.containers;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/** A server that is one jar, run by {@link EmbeddedMain}. */
abstract class EmbeddedServer extends AppServer {

  private final String name;
  private final String jar;
  private final Path accessLogs;

  EmbeddedServer(String name, String jar) throws IOException {
    this.name = name;
    this.jar = jar;
    accessLogs = SERVERS.resolve(name + "-logs").toAbsolutePath();
    delete(accessLogs);
    Files.createDirectories(accessLogs);
  }

  @Override
  List<String> command() {
    List<String> command =
        new ArrayList<>(
            List.of(
                System.getProperty("java.home") + "/bin/java", "-Djava.net.preferIPv4Stack=true"));
    for (String opened :
        List.of(
            "java.base/java.lang",
            "java.base/java.util",
            "java.base/java.io",
            "java.base/sun.net.www",
            "java.base/jdk.internal.loader",
            "java.naming/javax.naming.spi",
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
            accessLogs.toString()));
    return command;
  }

  @Override
  String started() {
    return "READY";
  }

  private void say(String line) throws IOException {
    int before = console().split("DONE " + line, -1).length;
    process().getOutputStream().write((line + "\n").getBytes(UTF_8));
    process().getOutputStream().flush();
    await(line, () -> console().split("DONE " + line, -1).length > before);
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
    try (Stream<Path> logs = Files.list(accessLogs)) {
      return logs.filter(Files::isRegularFile).findFirst().orElseThrow();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
