package io.github.metricsfilter.example;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.util.Objects;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/**
 * A small service that has posts, so that the example runs without a network. Only this machine
 * reaches it.
 */
final class PostsService {

  private static final String PATH = "/posts";
  private static final int THREADS = 4;

  private final HttpServer server;
  private final ExecutorService threads = Executors.newFixedThreadPool(THREADS);

  private PostsService(HttpServer server, byte[] posts) {
    this.server = server;
    server.setExecutor(threads);
    server.createContext(PATH, exchange -> answer(exchange, posts));
    server.start();
  }

  static PostsService start() {
    // The JDK's server writes headers and body apart. Without this the body waits, 40 ms on Linux,
    // for the client's delayed acknowledgement of the headers, and the Summary would show just
    // that.
    System.setProperty("sun.net.httpserver.nodelay", "true");
    InetSocketAddress anyPort = new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
    try (InputStream posts = PostsService.class.getResourceAsStream("posts.json")) {
      return new PostsService(
          HttpServer.create(anyPort, 0), Objects.requireNonNull(posts).readAllBytes());
    } catch (IOException e) {
      throw new UncheckedIOException("The posts service cannot start", e);
    }
  }

  private static void answer(HttpExchange exchange, byte[] posts) throws IOException {
    try (exchange) {
      exchange.getResponseHeaders().set("Content-Type", "application/json");
      exchange.sendResponseHeaders(200, posts.length);
      exchange.getResponseBody().write(posts);
    }
  }

  URI url() {
    InetSocketAddress address = server.getAddress();
    return URI.create("http://" + hostOf(address) + ":" + address.getPort() + PATH);
  }

  private static String hostOf(InetSocketAddress address) {
    String host = address.getAddress().getHostAddress();
    return host.contains(":") ? "[" + host + "]" : host;
  }

  void stop() {
    server.stop(0);
    threads.shutdownNow();
  }
}
