package com.example;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import org.eclipse.jetty.server.Server;
import org.junit.jupiter.api.Test;

class ShopTest {

  private final Server server = Shop.server(0);

  @Test
  void showsItsRequestsByTheTemplatesOfTheResources() throws Exception {
    server.start();
    try {
      assertEquals("item 1", get("/shop/api/items/1"));
      assertEquals("item 2", get("/shop/api/items/2"));
      get("/shop/api/items/-1");
      get("/shop/nothing");
      await()
          .untilAsserted(
              () -> {
                String scrape = get("/shop/metrics");
                for (String line :
                    new String[] {
                      "path=\"/shop/api/items/{id}\",status=\"200\"} 2.0",
                      "path=\"/shop/api/items/{id}\",status=\"404\"} 1.0",
                      "path=\"/shop/*\",status=\"404\"} 1.0"
                    }) {
                  assertTrue(
                      scrape.contains("\nhttp_requests_total{method=\"GET\"," + line), scrape);
                }
              });
      assertTrue(get("/shop/metrics").contains("\njvm_threads_current "));
    } finally {
      server.stop();
    }
  }

  private String get(String path) throws Exception {
    URI uri = server.getURI().resolve(path);
    return HttpClient.newHttpClient()
        .send(HttpRequest.newBuilder(uri).build(), BodyHandlers.ofString())
        .body();
  }
}
