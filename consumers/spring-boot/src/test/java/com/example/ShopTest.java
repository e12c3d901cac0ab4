package com.example;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import org.junit.jupiter.api.Test;
import org.springframework.boot.SpringApplication;
import org.springframework.context.ConfigurableApplicationContext;

/** Our endpoint and the actuator's show the requests by route, and the actuator's metrics. */
class ShopTest {

  @Test
  void bothEndpointsShowTheRoute() throws Exception {
    try (ConfigurableApplicationContext shop =
        SpringApplication.run(
            Shop.class,
            "--server.port=0",
            "--server.address=127.0.0.1",
            "--spring.threads.virtual.enabled=true",
            "--management.endpoints.web.exposure.include=prometheus")) {
      String root =
          "http://127.0.0.1:" + shop.getEnvironment().getRequiredProperty("local.server.port");
      String thread = get(root + "/users/1");
      get(root + "/users/2");
      assertThat(thread.startsWith("VirtualThread")).isEqualTo(Runtime.version().feature() >= 21);

      for (String endpoint : new String[] {"/metrics", "/actuator/prometheus"}) {
        await()
            .untilAsserted(
                () ->
                    assertThat(get(root + endpoint))
                        .contains(
                            "http_requests_total{method=\"GET\",path=\"/users/{id}\",status=\"200\"}"
                                + " 2.0",
                            "http_server_requests_seconds_count{",
                            "metrics_servlet_errors_total{cause=\"collect\"} 0.0",
                            "metrics_servlet_errors_total{cause=\"malformed\"} 0.0"));
      }
    }
  }

  private static String get(String uri) throws Exception {
    return HttpClient.newHttpClient()
        .send(HttpRequest.newBuilder(URI.create(uri)).build(), BodyHandlers.ofString())
        .body();
  }
}
