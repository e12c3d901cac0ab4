package io.github.metricsfilter.example;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What {@code /posts} answers while the service behind it misbehaves. */
class PostsFailureIT {

  private static final String NOT_READ = "502 Bad Gateway: the posts service could not be read.\n";
  private static final String TOO_LATE =
      "502 Bad Gateway: the posts service did not answer in time.\n";

  private static final Pattern CALLS =
      Pattern.compile("post_request_duration_seconds_count\\{method=\"GET\"} (\\d+)\n");

  @TempDir static Path directory;

  private static ServerSocket upstream;
  private static ExampleProcess example;

  @BeforeAll
  static void start() throws IOException {
    upstream = new ServerSocket(0, 0, InetAddress.getLoopbackAddress());
    example = start(directory, upstream);
  }

  private static ExampleProcess start(Path directory, ServerSocket upstream) throws IOException {
    String url = "http://127.0.0.1:" + upstream.getLocalPort() + "/secret";
    return ExampleProcess.start(
        directory, Map.of("PORT", "0", "POSTS_URL", url, "POSTS_TIMEOUT", "3"));
  }

  @AfterAll
  static void stop() throws IOException {
    example.close();
    upstream.close();
  }

  @Test
  void passesOnWhatTheServiceAnswers() throws Exception {
    upstreamDoes(
        (in, out) ->
            write(out, "200 OK\r\nContent-Type: application/json\r\nContent-Length: 2", "[]"));

    HttpResponse<String> response = example.get("/posts");

    assertThat(response.statusCode()).isEqualTo(200);
    assertThat(response.body()).isEqualTo("[]");
  }

  @Test
  void nobodyListens(@TempDir Path ownDirectory) throws Exception {
    ServerSocket closed = new ServerSocket(0);
    closed.close();
    try (ExampleProcess own = start(ownDirectory, closed)) {
      assertFails(own, 502, NOT_READ);
    }
  }

  @Test
  void anErrorStatus() throws Exception {
    upstreamDoes(
        (in, out) ->
            write(out, "500 Oops\r\nContent-Type: application/json\r\nContent-Length: 2", "{}"));
    assertFails(502, "502 Bad Gateway: the posts service answered with an error.\n");
  }

  @Test
  void somethingElseThanJson() throws Exception {
    upstreamDoes(
        (in, out) -> write(out, "200 OK\r\nContent-Type: text/html\r\nContent-Length: 3", "<p>"));
    assertFails(502, "502 Bad Gateway: the posts service did not answer with JSON.\n");
  }

  @Test
  void notHttp() throws Exception {
    upstreamDoes((in, out) -> out.write("SSH-2.0\r\n\r\n".getBytes(US_ASCII)));
    assertFails(502, NOT_READ);
  }

  @Test
  void anEndInTheMiddleOfTheBody() throws Exception {
    upstreamDoes(
        (in, out) ->
            write(out, "200 OK\r\nContent-Type: application/json\r\nContent-Length: 99", "["));
    assertFails(502, NOT_READ);
  }

  @Test
  void aBodyWithoutAnEnd() throws Exception {
    upstreamDoes(
        (in, out) -> {
          write(out, "200 OK\r\nContent-Type: application/json", "[");
          byte[] chunk = new byte[1 << 16];
          while (true) { // until the client closes the connection
            out.write(chunk);
          }
        });
    assertFails(502, NOT_READ);
  }

  @Test
  void noAnswer() throws Exception {
    CountDownLatch closed = new CountDownLatch(1);
    upstreamDoes(
        (in, out) -> {
          in.transferTo(OutputStream.nullOutputStream()); // until the client closes the connection
          closed.countDown();
        });
    assertFails(502, TOO_LATE);
    assertThat(closed.await(10, TimeUnit.SECONDS)).as("the connection was closed").isTrue();
  }

  @Test
  void aBodyThatStalls() throws Exception {
    CountDownLatch closed = new CountDownLatch(1);
    upstreamDoes(
        (in, out) -> {
          write(out, "200 OK\r\nContent-Type: application/json\r\nContent-Length: 99", "[");
          in.transferTo(OutputStream.nullOutputStream());
          closed.countDown();
        });
    assertFails(502, TOO_LATE);
    assertThat(closed.await(10, TimeUnit.SECONDS)).as("the connection was closed").isTrue();
  }

  private void assertFails(int status, String text) throws Exception {
    assertFails(example, status, text);
  }

  /** In bounded time, with nothing in the page but this text; the Summary counts the call. */
  private static void assertFails(ExampleProcess example, int status, String text)
      throws Exception {
    int before = calls(example);

    HttpResponse<String> response =
        assertTimeoutPreemptively(Duration.ofSeconds(10), () -> example.get("/posts"));

    assertThat(response.statusCode()).isEqualTo(status);
    assertThat(response.body()).isEqualTo(text);
    assertThat(calls(example)).isEqualTo(before + 1);
  }

  private static int calls(ExampleProcess example) throws Exception {
    Matcher calls = CALLS.matcher(example.get("/metrics").body());
    return calls.find() ? Integer.parseInt(calls.group(1)) : 0;
  }

  @FunctionalInterface
  private interface Behaviour {
    void answer(InputStream in, OutputStream out) throws IOException;
  }

  private void upstreamDoes(Behaviour behaviour) {
    Thread thread =
        new Thread(
            () -> {
              try (Socket socket = upstream.accept()) {
                behaviour.answer(socket.getInputStream(), socket.getOutputStream());
                socket.shutdownOutput();
                socket.getInputStream().transferTo(OutputStream.nullOutputStream());
              } catch (IOException e) {
                // The client or the test closed the connection; what it saw is asserted there.
              }
            });
    thread.setDaemon(true);
    thread.start();
  }

  private static void write(OutputStream out, String head, String body) throws IOException {
    out.write(("HTTP/1.1 " + head + "\r\n\r\n" + body).getBytes(US_ASCII));
    out.flush();
  }
}
