package io.github.metricsfilter.containers;

import static java.net.http.HttpResponse.BodyHandlers.ofByteArray;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.Closeable;
import java.io.InputStream;
import java.io.PipedInputStream;
import java.io.PipedOutputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandler;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;

/** A client that speaks HTTP/2 without TLS on one connection, and may take a request back. */
final class Http2Client {

  private static final Duration PATIENCE = Duration.ofSeconds(10);

  private final HttpClient client =
      HttpClient.newBuilder().version(HttpClient.Version.HTTP_2).connectTimeout(PATIENCE).build();
  private final int port;

  /** Upgrades the connection by a request that no application gets. */
  Http2Client(int port) throws Exception {
    this.port = port;
    status("/");
  }

  private HttpRequest.Builder request(String path) {
    return HttpRequest.newBuilder(URI.create("http://localhost:" + port + path)).timeout(PATIENCE);
  }

  /** The status of the answer to a GET. */
  int status(String path) throws Exception {
    return send(request(path).build(), BodyHandlers.discarding()).statusCode();
  }

  /** What comes in answer to a POST of this body. */
  byte[] post(String path, byte[] body) throws Exception {
    return send(request(path).POST(BodyPublishers.ofByteArray(body)).build(), ofByteArray()).body();
  }

  private <T> HttpResponse<T> send(HttpRequest request, BodyHandler<T> body) throws Exception {
    HttpResponse<T> response = client.send(request, body);
    assertThat(response.version()).isEqualTo(HttpClient.Version.HTTP_2);
    return response;
  }

  /**
   * A GET of which this much of the answer has come; to close it resets its stream. What has come
   * and isn't read yet is lost if the server resets it before.
   */
  Closeable begun(String path, String beginning) throws Exception {
    InputStream body = send(request(path).build(), BodyHandlers.ofInputStream()).body();
    assertThat(new String(body.readNBytes(beginning.length()), UTF_8)).isEqualTo(beginning);
    return body;
  }

  /** Resets the stream of a GET that is not answered, at this moment. */
  void resetWhen(String path, CountDownLatch moment) throws Exception {
    cancelWhen(request(path).build(), moment);
  }

  /** Resets the stream of a POST whose body has begun and doesn't end, at this moment. */
  void resetUploadWhen(String path, CountDownLatch moment) throws Exception {
    try (PipedOutputStream body = new PipedOutputStream();
        PipedInputStream sent = new PipedInputStream(body)) {
      body.write("begun".getBytes(UTF_8));
      body.flush();
      cancelWhen(request(path).POST(BodyPublishers.ofInputStream(() -> sent)).build(), moment);
    }
  }

  private void cancelWhen(HttpRequest request, CountDownLatch moment) throws Exception {
    CompletableFuture<HttpResponse<Void>> answer =
        client.sendAsync(request, BodyHandlers.discarding());
    Chapter.await(moment);
    assertThat(answer.cancel(true)).isTrue();
  }
}
