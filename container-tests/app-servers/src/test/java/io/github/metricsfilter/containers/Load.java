package io.github.metricsfilter.containers;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/** Clients that ask at once, each for one path after the other, on connections that are kept. */
final class Load {

  private Load() {}

  /** How often each path was answered with which status, by what its series is called. */
  static Map<String, Double> of(
      int port, String context, List<String> paths, int connections, int seconds) throws Exception {
    long end = System.nanoTime() + seconds * 1_000_000_000L;
    ExecutorService threads = Executors.newFixedThreadPool(connections);
    List<Future<Map<String, Double>>> clients = new ArrayList<>();
    for (int i = 0; i < connections; i++) {
      int first = i;
      clients.add(
          threads.submit(
              () -> {
                HttpClient client =
                    HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
                Map<String, Double> answers = new TreeMap<>();
                for (int j = first; System.nanoTime() < end; j++) {
                  String path = context + paths.get(j % paths.size());
                  URI uri = URI.create("http://127.0.0.1:" + port + path);
                  int status =
                      client
                          .send(HttpRequest.newBuilder(uri).build(), BodyHandlers.discarding())
                          .statusCode();
                  answers.merge(status + " " + path + " GET", 1.0, Double::sum);
                }
                return answers;
              }));
    }
    try {
      Map<String, Double> all = new TreeMap<>();
      for (Future<Map<String, Double>> client : clients) {
        client.get().forEach((series, count) -> all.merge(series, count, Double::sum));
      }
      return all;
    } finally {
      threads.shutdownNow();
    }
  }
}
