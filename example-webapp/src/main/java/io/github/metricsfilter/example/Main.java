package io.github.metricsfilter.example;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.logging.Level;
import java.util.logging.Logger;
import java.util.stream.Stream;
import org.eclipse.jetty.ee10.webapp.WebAppContext;
import org.eclipse.jetty.server.HttpConfiguration;
import org.eclipse.jetty.server.HttpConnectionFactory;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;
import org.eclipse.jetty.server.handler.ErrorHandler;
import org.eclipse.jetty.server.handler.GracefulHandler;

/**
 * Runs the WAR on an embedded Jetty: {@code java -jar example-webapp-exec.war}.
 *
 * <p>The {@code -exec} WAR holds this class, Jetty and, as one file, the plain WAR. Only the latter
 * is deployed, unpacked into a temporary directory, so that nothing of the rest is in a document
 * root.
 */
public final class Main {

  /** Less than the ten seconds that Docker gives a container to stop. */
  private static final long STOP_TIMEOUT_MILLIS = 8_000;

  /** Held on to, as java.util.logging forgets the level of a logger that nobody holds. */
  private static final Logger ROOT_LOGGER = Logger.getLogger("");

  private Main() {}

  /** Runs until the process is ended, by Ctrl-C or SIGTERM. */
  public static void main(String[] args) {
    ROOT_LOGGER.setLevel(Level.WARNING);
    try {
      Settings settings = Settings.load();
      System.out.println("Listening on http://localhost:" + start(settings.port()));
    } catch (SettingException e) {
      System.err.println(e.getMessage());
      System.exit(1);
    } catch (Exception e) {
      System.err.println("Cannot start: " + e);
      System.exit(1);
    }
  }

  /** Returns the port once requests are answered. */
  private static int start(int port) throws Exception {
    Server server = new Server();
    ServerConnector connector = connector(server, port);
    Path directory = Files.createTempDirectory("example-webapp-");
    Runtime.getRuntime().addShutdownHook(new Thread(() -> stop(server, directory)));
    server.setHandler(new GracefulHandler(webApp(directory)));
    server.setErrorHandler(errorPages());
    server.setStopTimeout(STOP_TIMEOUT_MILLIS);
    server.start();
    return connector.getLocalPort();
  }

  /** Opens the port before anything else, so that one that is taken is found at once. */
  private static ServerConnector connector(Server server, int port) {
    HttpConfiguration http = new HttpConfiguration();
    http.setSendServerVersion(false);
    ServerConnector connector = new ServerConnector(server, new HttpConnectionFactory(http));
    connector.setPort(port);
    server.addConnector(connector);
    try {
      connector.open();
    } catch (IOException e) {
      throw new SettingException(
          "PORT", String.valueOf(port), "a free port that this user may listen on");
    }
    return connector;
  }

  private static WebAppContext webApp(Path directory) throws IOException {
    Path war = directory.resolve("example.war");
    try (InputStream nested = Main.class.getResourceAsStream("/example.war")) {
      Files.copy(Objects.requireNonNull(nested), war);
    }
    WebAppContext webApp = new WebAppContext();
    webApp.setContextPath("/");
    webApp.setWar(war.toString());
    webApp.setTempDirectory(directory.resolve("unpacked").toFile());
    webApp.setDefaultsDescriptor(null); // it adds Jetty's servlets for files and JSP
    webApp.setThrowUnavailableOnStartupException(true);
    return webApp;
  }

  /** For requests that never reach the application, malformed ones say. */
  private static ErrorHandler errorPages() {
    ErrorHandler pages = new ErrorHandler();
    pages.setShowStacks(false);
    pages.setShowCauses(false);
    return pages;
  }

  private static void stop(Server server, Path directory) {
    try {
      server.stop();
    } catch (Exception e) {
      System.err.println("Stopping: " + e);
    }
    delete(directory);
  }

  private static void delete(Path directory) {
    try (Stream<Path> paths = Files.walk(directory)) {
      List<Path> deepestFirst = paths.sorted(Comparator.reverseOrder()).toList();
      for (Path path : deepestFirst) {
        Files.delete(path);
      }
    } catch (IOException | UncheckedIOException e) {
      System.err.println("Not deleted: " + directory + ": " + e);
    }
  }
}
