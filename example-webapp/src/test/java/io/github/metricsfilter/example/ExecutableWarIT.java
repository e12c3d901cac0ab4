package io.github.metricsfilter.example;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.net.ConnectException;
import java.net.ServerSocket;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What the {@code -exec} WAR does when it is started, asked and ended. */
class ExecutableWarIT {

  private static final Map<String, String> ANY_PORT = Map.of("PORT", "0");

  @TempDir Path directory;

  @Test
  void servesTheTutorialsPaths() throws Exception {
    try (ExampleProcess example = ExampleProcess.start(directory, ANY_PORT)) {
      assertThat(example.get("/").body()).isEqualTo("Hello world!\n");

      HttpResponse<String> posts = example.get("/posts");
      assertThat(posts.statusCode()).isEqualTo(200);
      assertThat(posts.headers().firstValue("Content-Type")).hasValue("application/json");
      assertThat(new ObjectMapper().readTree(posts.body()).findValuesAsText("title")).hasSize(10);

      await() // a client may have its answer before the container says that the request is over
          .untilAsserted(
              () ->
                  assertThat(example.get("/metrics").body())
                      .contains(
                          "http_requests_total{method=\"GET\",path=\"/\",status=\"200\"} 1.0\n")
                      .contains(
                          "http_requests_total{method=\"GET\",path=\"/posts\",status=\"200\"} 1.0\n")
                      .contains("post_request_duration_seconds_count{method=\"GET\"} 1\n")
                      .containsPattern("memory_usage_bytes\\{hostname=\".+\"} [0-9.]+E[789]\n")
                      .contains("jvm_threads_current "));
      assertThat(example.output()).hasLineCount(1);
      assertThat(example.errors()).isEmpty();
    }
  }

  @Test
  void servesNothingElse() throws Exception {
    try (ExampleProcess example = ExampleProcess.start(directory, ANY_PORT)) {
      for (String path :
          new String[] {
            "/WEB-INF/",
            "/WEB-INF/web.xml",
            "/WEB-INF/classes/io/github/metricsfilter/example/HelloServlet.class",
            "/%57EB-INF/web.xml",
            "/META-INF/MANIFEST.MF",
            "/META-INF/services/org.slf4j.spi.SLF4JServiceProvider",
            "/io/github/metricsfilter/example/",
            "/io/github/metricsfilter/example/Main.class",
            "/org/eclipse/jetty/server/Server.class",
            "/example.war",
            "/index.jsp",
            "/error",
          }) {
        HttpResponse<String> response = example.get(path);
        assertThat(response.statusCode()).as(path).isEqualTo(404);
        assertThat(response.body()).as(path).isEqualTo("Error 404\n");
        assertThat(response.headers().map()).as(path).doesNotContainKey("server");
      }
      assertThat(example.get("//").body())
          .doesNotContainIgnoringCase("jetty")
          .doesNotContain("at ");
    }
  }

  @Test
  void showsOnlyItsOwnMetricsWithoutThoseOfTheJvm() throws Exception {
    Map<String, String> settings = Map.of("PORT", "0", "JVM_METRICS", "false");
    try (ExampleProcess example = ExampleProcess.start(directory, settings)) {
      assertThat(example.get("/metrics").body())
          .contains("http_active_requests 1.0\n", "memory_usage_bytes{")
          .doesNotContain("jvm_", "process_");
    }
  }

  @Test
  void readsDotEnvAfterTheEnvironment() throws Exception {
    Files.writeString(
        directory.resolve(".env"),
        """
        # A comment.
        PORT=nonsense
        JVM_METRICS=false
        POSTS_QUANTILES="0.75:0.01, 0.95:0.01"
        """);
    try (ExampleProcess example = ExampleProcess.start(directory, ANY_PORT)) {
      example.get("/posts");
      assertThat(example.get("/metrics").body())
          .contains("quantile=\"0.75\"", "quantile=\"0.95\"")
          .doesNotContain("jvm_", "quantile=\"0.5\"");
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          PORT            | abc      | a whole number from 0 to 65535
          POSTS_URL       | nonsense | an absolute http or https URL, as http://host/posts
          DELAY_MIN       | 5        | no more than DELAY_MAX=1
          """)
  void refusesABadSettingInOneLine(String name, String value, String legal) throws Exception {
    Files.writeString(directory.resolve(".env"), "PORT=0\nDELAY_MAX=1\n");
    assertRefused(Map.of(name, value), name + "=" + value + ": must be " + legal);
  }

  @Test
  void refusesAPortThatIsTakenInOneLine() throws Exception {
    try (ServerSocket taken = new ServerSocket(0)) {
      String port = String.valueOf(taken.getLocalPort());
      assertRefused(
          Map.of("PORT", port),
          "PORT=" + port + ": must be a free port that this user may listen on");
    }
  }

  @Test
  void refusesAMalformedDotEnvInOneLine() throws Exception {
    Files.writeString(directory.resolve(".env"), "PORT 8000\n");
    assertRefused(Map.of(), ".env: must be lines of NAME=value; Malformed entry PORT 8000");
  }

  private void assertRefused(Map<String, String> settings, String line)
      throws IOException, InterruptedException {
    try (ExampleProcess example = ExampleProcess.run(directory, settings)) {
      assertThat(example.exitStatus()).isEqualTo(1);
      assertThat(example.errors()).isEqualTo(line + System.lineSeparator());
      assertThat(example.output()).isEmpty();
      assertThat(example.temporaryFiles()).isEmptyDirectory();
    }
  }

  @Test
  void endsCleanlyOnSigtermAndFinishesWhatIsUnderWay() throws Exception {
    Map<String, String> settings = Map.of("PORT", "0", "DELAY_MIN", "3");
    try (ExampleProcess example = ExampleProcess.start(directory, settings)) {
      CompletableFuture<HttpResponse<String>> underWay = async(() -> example.get("/"));
      await().until(() -> example.get("/metrics").body().contains("http_active_requests 2.0\n"));

      example.terminate();

      assertThat(underWay.join().body()).isEqualTo("Hello world!\n");
      assertThat(example.exitStatus()).as("128 + SIGTERM").isEqualTo(143);
      assertThat(example.errors()).isEmpty();
      assertThat(example.temporaryFiles()).isEmptyDirectory();
      assertThatThrownBy(() -> example.get("/")).isInstanceOf(ConnectException.class);
    }
  }

  private static <T> CompletableFuture<T> async(Callable<T> task) {
    return CompletableFuture.supplyAsync(
        () -> {
          try {
            return task.call();
          } catch (Exception e) {
            throw new IllegalStateException(e);
          }
        });
  }
}
