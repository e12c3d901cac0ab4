package io.github.metricsfilter.containers;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/** Tomcat as its zip, with the filter in conf/web.xml and the library in lib. */
final class TomcatZip extends AppServer {

  private final Path home =
      SERVERS.resolve("apache-tomcat-" + System.getProperty("tomcat.version")).toAbsolutePath();
  private final Path base = SERVERS.resolve("tomcat-base").toAbsolutePath();

  TomcatZip() throws IOException {
    copyAll(home, base);
    delete(base.resolve("webapps"));
    Files.createDirectories(base.resolve("webapps"));
    Path serverXml = base.resolve("conf/server.xml");
    replace(serverXml, "port=\"8005\"", "port=\"-1\"");
    // Whose threads end soon: one that an application's request has begun holds its class loader.
    replace(
        serverXml,
        "<Connector port=\"8080\"",
        "<Executor name=\"pool\" minSpareThreads=\"0\" maxIdleTime=\"1000\"/>"
            + "<Connector executor=\"pool\" address=\"127.0.0.1\" port=\""
            + port
            + "\"");
    // How often it looks at its folder, in seconds.
    replace(serverXml, "<Engine ", "<Engine backgroundProcessorDelay=\"1\" ");
    replace(
        serverXml,
        "pattern=\"%h %l %u %t &quot;%r&quot; %s %b\"",
        "pattern=\"%m %U %s\" buffered=\"false\"");
    replace(
        base.resolve("conf/web.xml"),
        "</web-app>",
        Wars.filterAndServlet(List.of(), List.of()) + "</web-app>");
    try (Stream<Path> jars = Files.list(SERVERS.resolveSibling("war-lib"))) {
      for (Path jar : (Iterable<Path>) jars::iterator) {
        Files.copy(jar, base.resolve("lib").resolve(jar.getFileName()));
      }
    }
  }

  @Override
  List<String> command() {
    return List.of("sh", base.resolve("bin/catalina.sh").toString(), "run");
  }

  @Override
  String started() {
    return "Server startup in";
  }

  @Override
  void deploy(Path war) throws IOException {
    copyInOneStep(war, base.resolve("webapps").resolve(war.getFileName()));
  }

  @Override
  void undeploy(String name) throws IOException {
    Files.delete(base.resolve("webapps/" + name + ".war"));
    await(name + " is undeployed", () -> !Files.exists(base.resolve("webapps/" + name)));
  }

  @Override
  List<Path> logs() {
    return List.of();
  }

  @Override
  Path accessLog() {
    try (Stream<Path> logs = Files.list(base.resolve("logs"))) {
      return logs.filter(log -> log.getFileName().toString().contains("access_log"))
          .findFirst()
          .orElseThrow();
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }
}
