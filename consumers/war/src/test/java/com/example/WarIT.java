package com.example;

import static org.awaitility.Awaitility.await;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import org.apache.catalina.startup.Tomcat;
import org.junit.jupiter.api.Test;

/** The WAR as it is packaged, in a Tomcat that has nothing of it on its own class path. */
class WarIT {

  @Test
  void showsItsRequests() throws Exception {
    Tomcat tomcat = new Tomcat();
    tomcat.setBaseDir(Path.of("target/tomcat").toAbsolutePath().toString());
    Files.createDirectories(Path.of("target/tomcat/webapps"));
    tomcat.setHostname("127.0.0.1");
    tomcat.setPort(0);
    tomcat.getConnector().setProperty("address", "127.0.0.1");
    tomcat.addWebapp("/shop", Path.of("target/war-1.war").toAbsolutePath().toString());
    tomcat.start();
    try {
      String root = "http://127.0.0.1:" + tomcat.getConnector().getLocalPort() + "/shop";
      get(root + "/index.html");
      await()
          .until(
              () -> {
                String scrape = get(root + "/metrics");
                return scrape.contains(
                        "http_requests_total{method=\"GET\",path=\"/shop/*\",status=\"200\"} 1.0")
                    && scrape.contains("jvm_threads_current ");
              });
    } finally {
      tomcat.stop();
      tomcat.destroy();
    }
  }

  private static String get(String uri) throws Exception {
    return HttpClient.newHttpClient()
        .send(HttpRequest.newBuilder(URI.create(uri)).build(), BodyHandlers.ofString())
        .body();
  }
}
