package io.github.metricsfilter.example;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.metricsfilter.fixtures.EmbeddedTomcat;
import java.io.IOException;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** docs/securing.md's web.xml in Tomcat: the metrics for those who know the password. */
class SecuredTomcatIT {

  @TempDir Path directory;

  private EmbeddedTomcat tomcat;

  @BeforeEach
  void deploy() throws Exception {
    Path webInf = Files.createDirectories(directory.resolve("app/WEB-INF"));
    Files.copy(Path.of("src/test/resources/secured-web.xml"), webInf.resolve("web.xml"));
    tomcat = new EmbeddedTomcat(directory);
    tomcat.deploy(directory.resolve("app"), SecuredTomcatIT.class.getClassLoader());
    tomcat.addUser("prometheus", "s3cr3t", "metrics");
    tomcat.addUser("stranger", "s3cr3t");
    tomcat.start();
  }

  @AfterEach
  void stop() throws Exception {
    tomcat.close();
  }

  @Test
  void tomcatAsksForThePassword() throws Exception {
    assertThat(get("").statusCode()).isEqualTo(401);
    assertThat(get("prometheus:wrong").statusCode()).isEqualTo(401);
    assertThat(get("stranger:s3cr3t").statusCode()).isEqualTo(403);
    assertThat(get("stranger:s3cr3t").body()).doesNotContain("metrics_servlet", "jvm_");

    HttpResponse<String> right = get("prometheus:s3cr3t");
    assertThat(right.statusCode()).isEqualTo(200);
    assertThat(right.body())
        .contains("metrics_servlet_scrapes_in_flight 1.0", "jvm_threads_current");
  }

  /** See docs/metrics-servlet.md. */
  @Test
  void tomcatTakesTheNamesOfMetricsOnlyInEncodedBrackets() throws Exception {
    HttpResponse<String> encoded =
        get("/metrics?name%5B%5D=jvm_threads_current", "prometheus:s3cr3t");

    assertThat(encoded.statusCode()).isEqualTo(200);
    assertThat(encoded.body()).contains("jvm_threads_current").doesNotContain("metrics_servlet");
    assertThat(get("/metrics?name[]=jvm_threads_current", "prometheus:s3cr3t").statusCode())
        .isEqualTo(400);
  }

  private HttpResponse<String> get(String credentials) throws IOException, InterruptedException {
    return get("/metrics", credentials);
  }

  private HttpResponse<String> get(String path, String credentials)
      throws IOException, InterruptedException {
    HttpRequest.Builder request = tomcat.request(path);
    if (!credentials.isEmpty()) {
      byte[] bytes = credentials.getBytes(StandardCharsets.UTF_8);
      request.header("Authorization", "Basic " + Base64.getEncoder().encodeToString(bytes));
    }
    return tomcat.send(request);
  }
}
