package com.example.shop;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.BufferedReader;
import java.io.File;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import org.junit.jupiter.api.Test;

/** Nothing is on the class path, so that what the modules don't permit fails. */
class ShopTest {

  private static final String PROTOBUF =
      "application/vnd.google.protobuf;proto=io.prometheus.client.MetricFamily;encoding=delimited";

  @Test
  void showsItsRequests() throws Exception {
    Process shop =
        new ProcessBuilder(
                System.getProperty("java.home") + "/bin/java",
                "--module-path",
                "target/classes" + File.pathSeparator + "target/modules",
                "--module",
                "com.example.shop/com.example.shop.Shop")
            .redirectError(ProcessBuilder.Redirect.INHERIT)
            .start();
    try (BufferedReader output = shop.inputReader()) {
      String root = String.valueOf(output.readLine()); // null if it has failed
      assertEquals("item 1", get(root + "items/1", "*/*"));
      get(root + "items/none", "*/*");
      await()
          .untilAsserted(
              () -> {
                String scrape = get(root + "metrics", "*/*");
                for (String line :
                    new String[] {
                      "path=\"/items/*\",status=\"200\"} 1.0",
                      // Jetty has told it: the filter saw an exception only.
                      "path=\"/items/*\",status=\"503\"} 1.0"
                    }) {
                  assertTrue(
                      scrape.contains("\nhttp_requests_total{method=\"GET\"," + line), scrape);
                }
              });
      String scrape = get(root + "metrics", "*/*");
      assertTrue(scrape.contains("\njvm_threads_current "), scrape);
      assertTrue(scrape.contains("\nprocess_cpu_seconds_total "), scrape);
      assertTrue(get(root + "metrics", PROTOBUF).contains("http_requests"));
    } finally {
      shop.destroy();
      shop.waitFor();
    }
  }

  private static String get(String uri, String accept) throws Exception {
    return HttpClient.newHttpClient()
        .send(
            HttpRequest.newBuilder(URI.create(uri)).header("Accept", accept).build(),
            BodyHandlers.ofString())
        .body();
  }
}
