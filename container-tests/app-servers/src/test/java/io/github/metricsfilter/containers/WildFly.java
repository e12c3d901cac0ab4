package io.github.metricsfilter.containers;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** WildFly as its zip, with a configuration of its own; applications go to its folder. */
final class WildFly extends AppServer {

  private final Path home =
      SERVERS.resolve("wildfly-" + System.getProperty("wildfly.version")).toAbsolutePath();
  private final Path base = SERVERS.resolve("wildfly-base").toAbsolutePath();

  WildFly() throws IOException {
    copyAll(home.resolve("standalone"), base);
    Path configuration = base.resolve("configuration/standalone.xml");
    replace(configuration, "scan-interval=\"5000\"", "scan-interval=\"300\"");
    replace(
        configuration,
        "<http-invoker ",
        "<access-log pattern=\"%m %{i,"
            + Asked.PATH_HEADER
            + "} %s\" prefix=\"access.\" suffix=\"log\"/><http-invoker ");
  }

  @Override
  List<String> command() {
    return List.of(
        home.resolve("bin/standalone.sh").toString(),
        "-b=127.0.0.1",
        "-bmanagement=127.0.0.1",
        "-Djboss.server.base.dir=" + base,
        "-Djboss.http.port=" + port,
        "-Djboss.https.port=" + freePort(),
        "-Djboss.management.http.port=" + freePort());
  }

  @Override
  String started() {
    return "WFLYSRV0025";
  }

  @Override
  void deploy(Path war) throws IOException {
    copyInOneStep(war, base.resolve("deployments").resolve(war.getFileName()));
  }

  @Override
  void undeploy(String name) throws IOException {
    Files.delete(base.resolve("deployments/" + name + ".war"));
    await(
        name + " is undeployed",
        () -> Files.exists(base.resolve("deployments/" + name + ".war.undeployed")));
  }

  @Override
  List<Path> logs() {
    return List.of();
  }

  @Override
  Path accessLog() {
    return base.resolve("log/access.log");
  }
}
