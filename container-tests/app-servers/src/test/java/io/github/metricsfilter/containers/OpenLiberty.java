package io.github.metricsfilter.containers;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** Open Liberty as its zip, with a server.xml; applications go to dropins. */
final class OpenLiberty extends AppServer {

  private final Path home = SERVERS.resolve("wlp").toAbsolutePath();
  private final Path base = home.resolve("usr/servers/metrics");

  OpenLiberty() throws IOException {
    delete(base);
    Files.createDirectories(base.resolve("dropins"));
    Files.writeString(
        base.resolve("server.xml"),
        """
        <server>
          <featureManager>
            <feature>servlet-6.0</feature>
            <feature>pages-3.1</feature>
            <feature>faces-4.0</feature>
            <feature>cdi-4.0</feature>
            <feature>restfulWS-3.1</feature>
          </featureManager>
          <httpEndpoint id="defaultHttpEndpoint" host="127.0.0.1" httpPort="%d" httpsPort="-1">
            <accessLogging filepath="${server.output.dir}/logs/access.log" logFormat="%%m %%U %%s"/>
          </httpEndpoint>
          <applicationMonitor pollingRate="300ms"/>
        </server>
        """
            .formatted(port));
    // The command port's only interface cannot be chosen, so there is none.
    Files.writeString(base.resolve("bootstrap.properties"), "command.port=-1\n");
  }

  @Override
  List<String> command() {
    return List.of(home.resolve("bin/server").toString(), "run", "metrics");
  }

  @Override
  String started() {
    return "CWWKF0011I";
  }

  @Override
  void deploy(Path war) throws IOException {
    copyInOneStep(war, base.resolve("dropins").resolve(war.getFileName()));
  }

  @Override
  void undeploy(String name) throws IOException {
    Files.delete(base.resolve("dropins/" + name + ".war"));
    awaitAnswer("/" + name + "/metrics", "404");
  }

  @Override
  List<Path> logs() {
    return List.of();
  }

  @Override
  Path accessLog() {
    return base.resolve("logs/access.log");
  }
}
