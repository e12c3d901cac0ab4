package io.github.metricsfilter;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.github.metricsfilter.fixtures.EmbeddedJetty;
import jakarta.servlet.AsyncContext;
import jakarta.servlet.ReadListener;
import jakarta.servlet.ServletInputStream;
import jakarta.servlet.ServletOutputStream;
import jakarta.servlet.WriteListener;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.net.http.HttpRequest.BodyPublisher;
import java.net.http.HttpRequest.BodyPublishers;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** The bytes that are counted are those that the application reads and writes, however it does. */
class BodySizeTest {

  private static final String TEXT = "Grüße, 世界 \uD83D\uDE00\n".repeat(1000);
  private static final int TEXT_BYTES = TEXT.getBytes(StandardCharsets.UTF_8).length;

  private final JettyApplication app = new JettyApplication();

  @AfterEach
  void stop() {
    app.close();
  }

  private void start(String path, EmbeddedJetty.Handler handler) throws Exception {
    app.filter(
            PrometheusRequestFilter.builder()
                .registry(app.registry)
                .requestSize(true)
                .responseSize(true)
                .build())
        .servlet(path, handler)
        .start();
  }

  private String post(BodyPublisher body, String contentType) throws Exception {
    return app.send(app.request("/x").header("Content-Type", contentType).POST(body)).body();
  }

  private void observed(String method, int requestBytes, int responseBytes) {
    await()
        .untilAsserted(
            () ->
                assertThat(app.scrape().lines())
                    .anyMatch(
                        line ->
                            line.startsWith("http_request_size_bytes_sum{method=\"" + method)
                                && line.endsWith(" " + (double) requestBytes))
                    .anyMatch(
                        line ->
                            line.startsWith("http_response_size_bytes_sum{method=\"" + method)
                                && line.endsWith(" " + (double) responseBytes)));
  }

  @Test
  void readerAndWriter() throws Exception {
    start(
        "/x",
        (request, response) -> {
          response.setContentType("text/plain;charset=UTF-8");
          StringBuilder read = new StringBuilder();
          int c;
          while ((c = request.getReader().read()) >= 0) {
            read.append((char) c);
          }
          for (int i = 0; i < read.length(); i++) {
            response.getWriter().write(read.charAt(i)); // pairs of surrogates in two halves
          }
        });

    String answer = post(BodyPublishers.ofString(TEXT), "text/plain;charset=UTF-8");

    assertThat(answer).isEqualTo(TEXT);
    observed("POST", TEXT_BYTES, TEXT_BYTES);
  }

  @Test
  void chunkedStreamOfWhichAPartIsRead() throws Exception {
    start(
        "/x",
        (request, response) -> {
          assertThat(request.getInputStream().readNBytes(100)).hasSize(100);
          response.getOutputStream().print("read ");
          response.getOutputStream().println(100);
          response.flushBuffer();
          response.getOutputStream().write('!');
        });
    byte[] body = new byte[5000];

    post(BodyPublishers.ofInputStream(() -> new ByteArrayInputStream(body)), "text/plain");

    observed("POST", 100, "read 100\r\n!".length());
  }

  @Test
  void nonBlocking() throws Exception {
    start(
        "/x",
        (request, response) -> {
          AsyncContext context = request.startAsync();
          ServletInputStream input = context.getRequest().getInputStream();
          ServletOutputStream output = context.getResponse().getOutputStream();
          input.setReadListener(new Echo(context, input, output));
        });

    String answer = post(BodyPublishers.ofString("x".repeat(100_000)), "text/plain");

    assertThat(answer).hasSize(100_000);
    observed("POST", 100_000, 100_000);
  }

  /** Reads all of the body without blocking, then writes as many bytes without blocking. */
  private static final class Echo implements ReadListener, WriteListener {
    private final AsyncContext context;
    private final ServletInputStream input;
    private final ServletOutputStream output;
    private final byte[] buffer = new byte[4096];
    private int toWrite;

    Echo(AsyncContext context, ServletInputStream input, ServletOutputStream output) {
      this.context = context;
      this.input = input;
      this.output = output;
    }

    @Override
    public void onDataAvailable() throws IOException {
      while (input.isReady() && !input.isFinished()) {
        toWrite += Math.max(0, input.read(buffer));
      }
    }

    @Override
    public void onAllDataRead() {
      output.setWriteListener(this);
    }

    @Override
    public void onWritePossible() throws IOException {
      while (output.isReady()) {
        if (toWrite == 0) {
          context.complete();
          return;
        }
        int length = Math.min(toWrite, buffer.length);
        output.write(buffer, 0, length);
        toWrite -= length;
      }
    }

    @Override
    public void onError(Throwable failure) {
      context.complete();
    }
  }

  @Test
  void aFormThatTheContainerReads() throws Exception {
    start("/x", (request, response) -> response.getWriter().print(request.getParameter("a")));

    post(BodyPublishers.ofString("a=1&b=2"), "application/x-www-form-urlencoded");

    observed("POST", 7, 1);
  }

  @Test
  void whatIsDiscardedIsNotCounted() throws Exception {
    start(
        "/x",
        (request, response) -> {
          response.getOutputStream().print("never sent");
          response.reset();
          response.getOutputStream().print("nor this");
          response.resetBuffer();
          response.getOutputStream().print("sent");
        });

    assertThat(app.get("/x").body()).isEqualTo("sent");

    observed("GET", 0, 4);
  }

  @Test
  void sendErrorDiscardsWhatWasWritten() throws Exception {
    start(
        "/x",
        (request, response) -> {
          response.getOutputStream().print("never sent");
          response.sendError(500);
        });

    app.get("/x");

    observed("GET", 0, 0);
  }

  @Test
  void headHasNoBody() throws Exception {
    start("/x", (request, response) -> response.getOutputStream().print("dropped"));

    app.send(app.request("/x").method("HEAD", BodyPublishers.noBody()));

    observed("HEAD", 0, 0);
  }
}
