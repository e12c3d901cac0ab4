package com.example;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.undertow.Undertow;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import org.junit.jupiter.api.Test;

class ShopTest {

  @Test
  void showsItsRequests() throws Exception {
    Undertow server = Shop.server(0);
    server.start();
    try {
      InetSocketAddress address = (InetSocketAddress) server.getListenerInfo().get(0).getAddress();
      String shop = "http://127.0.0.1:" + address.getPort() + "/shop";
      assertEquals("item 1", get(shop + "/items/1"));
      get(shop + "/items/none"); // throws
      get(shop + "/nothing");
      await()
          .untilAsserted(
              () -> {
                String scrape = get(shop + "/metrics");
                for (String line :
                    new String[] {
                      "path=\"/shop/items/*\",status=\"200\"} 1.0",
                      "path=\"/shop/items/*\",status=\"500\"} 1.0",
                      "path=\"/shop/*\",status=\"404\"} 1.0"
                    }) {
                  assertTrue(
                      scrape.contains("\nhttp_requests_total{method=\"GET\"," + line), scrape);
                }
              });
      assertTrue(get(shop + "/metrics").contains("\njvm_threads_current "));
    } finally {
      server.stop();
    }
  }

  private static String get(String uri) throws Exception {
    return HttpClient.newHttpClient()
        .send(HttpRequest.newBuilder(URI.create(uri)).build(), BodyHandlers.ofString())
        .body();
  }
}
