package io.github.metricsfilter.containers;

import io.github.metricsfilter.containers.ContainerTest.Case;
import io.github.metricsfilter.containers.ContainerTest.Setup;
import jakarta.servlet.AsyncContext;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;

@Proves("Many requests at once are each counted once, and no scrape sees a total that falls.")
abstract class UnderLoad extends Chapter {

  UnderLoad(ContainerTest container) {
    super(container);
  }

  @Test
  void completedAtOnceByThousands() throws Exception {
    int connections = 16;
    int requests = setup() == Setup.REQUEST_ONLY ? 250 : 50;
    ExecutorService background = background();
    Case app =
        given(
            (request, response) -> {
              AsyncContext cycle = request.startAsync();
              background.execute(() -> complete(cycle));
            });
    List<Future<?>> clients = new ArrayList<>();
    for (int i = 0; i < connections; i++) {
      clients.add(
          background.submit(
              () -> {
                try (Client client = new Client(app.port())) {
                  for (int j = 0; j < requests; j++) {
                    client.send("GET /app/posts HTTP/1.1\r\nHost: test\r\n\r\n").readUntil("later");
                  }
                }
                return null;
              }));
    }
    for (Future<?> client : clients) {
      client.get();
    }
    app.assertCounted(Map.of("201 /app/posts GET", (double) connections * requests));
  }

  @Test
  void thousandsWhileScraped() throws Exception {
    int connections = 32;
    int rounds = setup() == Setup.REQUEST_ONLY ? 32 : 8;
    ExecutorService background = background();
    Case app =
        given(
            a -> {
              WhateverStandsAroundIt.everyEnding(a, background);
              a.servlet(
                  "/forwarded",
                  (request, response) ->
                      request.getRequestDispatcher("/posts").forward(request, response));
            });
    List<Future<?>> clients = new ArrayList<>();
    for (int i = 0; i < connections; i++) {
      clients.add(
          background.submit(
              () -> {
                for (int j = 0; j < rounds; j++) {
                  for (String path : PATHS) {
                    Client.exchange(app.port(), Client.request("GET", "/app" + path));
                  }
                }
                return null;
              }));
    }
    AtomicBoolean stop = new AtomicBoolean();
    app.get("/posts"); // so that the first scrape finds the metrics
    Future<?> scraper =
        background.submit(
            () -> {
              Scrape last = scrape().assertConsistent();
              while (!stop.get()) {
                last = scrape().assertConsistent().assertFollows(last);
              }
              return null;
            });
    for (Future<?> client : clients) {
      client.get();
    }
    stop.set(true);
    scraper.get();
    double each = connections * rounds;
    Map<String, Double> expected = new TreeMap<>();
    expected.put("200 /app/posts GET", each + 1);
    expected.put("409 /app/error GET", each);
    expected.put("500 /app/failing GET", each);
    expected.put("201 /app/async GET", each);
    expected.put("200 /app/forwarded GET", each);
    app.assertCounted(expected);
  }

  private static final List<String> PATHS =
      List.of("/posts", "/error", "/failing", "/async", "/forwarded");
}
