package io.github.metricsfilter.containers;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** What clients ask an application for, each in its own way, and the answers. */
final class Asked {

  /** A client: what it sends and what it receives, empty if it got no status. */
  @FunctionalInterface
  interface Exchange {
    String with(int port, String path) throws IOException;
  }

  private static final int CLIENTS = 8;

  /** Of an application that begins to answer late: what it takes at least, in seconds. */
  static final double BEGINS_AFTER = 0.05;

  /** What a client then lets pass, in seconds, before it sends the body. */
  static final double GOES_ON_AFTER = 0.15;

  /**
   * The header that has the path, for access logs: WildFly's has none but that of the last
   * dispatch.
   */
  static final String PATH_HEADER = "Asked";

  /** Clients that do something else than to ask for the path and to read all. */
  private static final Map<String, Exchange> OTHERS = new TreeMap<>();

  static {
    OTHERS.put("/echo", (port, path) -> post(port, path, "Content-Length: 4", "body"));
    OTHERS.put("/read-later", (port, path) -> post(port, path, "Content-Length: 4", "body"));
    OTHERS.put("/prefix/*", (port, path) -> get(port, path.replace("*", "a/b?c=d")));
    OTHERS.put("/*.do", (port, path) -> get(port, path.replace("*", "add")));
    OTHERS.put("/*", (port, path) -> get(port, path.replace("*", "none")));
    OTHERS.put("/parameters", (port, path) -> get(port, path + "?name=%zz&%c3%28"));
    OTHERS.put("/session", (port, path) -> get(port, path + ";jsessionid=invented"));
    for (String endless :
        List.of(
            "/endless", "/endless-and-caught", "/endless-in-a-dispatch", "/endless-in-a-thread")) {
      OTHERS.put(endless, Asked::leaveWhenBegun);
    }
    OTHERS.put("/pending", Asked::leaveWhenBegun);
    OTHERS.put("/pending-silently", Asked::leaveAtOnce);
    OTHERS.put("/read", (port, path) -> breakOff(port, path, "Content-Length: 100"));
    OTHERS.put(
        "/read-in-a-framework", (port, path) -> breakOff(port, path, "Transfer-Encoding: chunked"));
    OTHERS.put("/read-in-a-dispatch", Asked::leaveWhileUploading);
  }

  private Asked() {}

  private static String get(int port, String path) throws IOException {
    return Client.exchange(port, request("GET", path, "Connection: close"));
  }

  private static String post(int port, String path, String header, String body) throws IOException {
    return Client.exchange(port, request("POST", path, header) + body);
  }

  private static String request(String method, String path, String header) {
    return Client.request(method, path, header + "\r\n" + PATH_HEADER + ": " + path);
  }

  /** A request that leaves the connection open. */
  private static String request(String path) {
    return request("GET", path, "Connection: keep-alive");
  }

  private static String leaveWhenBegun(int port, String path) throws IOException {
    try (Client client = new Client(port)) {
      String begun = client.send(request(path)).readUntil("begun");
      client.abort();
      return begun;
    }
  }

  private static String leaveAtOnce(int port, String path) throws IOException {
    try (Client client = new Client(port)) {
      client.send(request(path)).abort();
      return "";
    }
  }

  private static String leaveWhileUploading(int port, String path) throws IOException {
    try (Client client = new Client(port)) {
      client.send(request("POST", path, "Content-Length: 100") + "body").abort();
      return "";
    }
  }

  private static String breakOff(int port, String path, String header) throws IOException {
    try (Client client = new Client(port)) {
      return client.send(request("POST", path, header)).send("4\r\nbody").endOfRequest().readAll();
    }
  }

  /**
   * Sends the body only some time after the answer has begun.
   *
   * @return how long the client has waited for the beginning, in seconds
   */
  static double begin(int port, String path, String body) throws IOException {
    long sent = System.nanoTime();
    try (Client client = new Client(port)) {
      client.send(request("POST", path, "Content-Length: " + body.length()));
      client.readUntil("begun");
      double seconds = (System.nanoTime() - sent) / 1e9;
      Chapter.take(GOES_ON_AFTER);
      client.send(body).readAll();
      return seconds;
    }
  }

  /** The routes that an application of situations has told of. */
  static List<String> routes(int port, String name) throws IOException {
    byte[] body = Client.bodyOf(get(port, "/" + name + "/routes"));
    return new String(body, StandardCharsets.US_ASCII)
        .lines()
        .filter(line -> line.startsWith("route "))
        .map(line -> line.substring("route ".length()))
        .collect(Collectors.toList());
  }

  /** The answers to one request of each route, by route and method, in the order of the routes. */
  static Map<String, String> all(int port, String name, List<String> routes) throws Exception {
    ExecutorService clients = Executors.newFixedThreadPool(CLIENTS);
    try {
      Map<String, Future<String>> answers = new TreeMap<>();
      for (String route : routes) {
        Exchange exchange = OTHERS.getOrDefault(route, Asked::get);
        answers.put(
            "/" + name + counted(route) + " " + method(route),
            clients.submit(
                () -> {
                  try {
                    return exchange.with(port, "/" + name + route);
                  } catch (IOException e) {
                    return ""; // the server has closed the connection
                  }
                }));
      }
      Map<String, String> statuses = new TreeMap<>();
      for (Map.Entry<String, Future<String>> answer : answers.entrySet()) {
        statuses.put(answer.getKey(), status(answer.getValue().get()));
      }
      return statuses;
    } finally {
      clients.shutdownNow();
    }
  }

  /** What the application names some of the routes. */
  private static String counted(String route) {
    return route.startsWith("/named") ? route + " by the application" : route;
  }

  private static String status(String answer) {
    return answer.startsWith("HTTP/1.1 ") ? Chapter.statusOf(answer) : "";
  }

  private static String method(String route) {
    return Stream.of("/echo", "/read").anyMatch(route::startsWith) ? "POST" : "GET";
  }

  /** What is counted otherwise than the clients saw it, in words. */
  static List<String> differences(Map<String, String> statuses, Scrape scrape) {
    List<String> differences = new ArrayList<>();
    Map<String, Double> requests = new TreeMap<>(scrape.requests());
    statuses.forEach(
        (route, status) -> {
          Map<String, Double> counted = new TreeMap<>();
          requests.forEach(
              (series, count) -> {
                if (Scrape.withoutStatus(series).equals(route)) {
                  counted.put(series.substring(0, series.indexOf(' ')), count);
                }
              });
          boolean once = counted.values().stream().mapToDouble(d -> d).sum() == 1;
          String expected = status.equals("999") ? "unknown" : status;
          if (!once || !(expected.isEmpty() || counted.containsKey(expected))) {
            differences.add(
                route + ": " + (status.isEmpty() ? "no answer" : status) + ", counted " + counted);
          }
        });
    requests.keySet().stream()
        .filter(series -> !statuses.containsKey(Scrape.withoutStatus(series)))
        .forEach(series -> differences.add(series + ": nobody has asked for that"));
    if (scrape.inFlight() != 0) {
      differences.add("in flight: " + scrape.inFlight());
    }
    return differences;
  }
}
