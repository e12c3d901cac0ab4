package io.github.metricsfilter.containers;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.metricsfilter.containers.Application.Handler;
import io.github.metricsfilter.containers.ContainerTest.Case;
import io.github.metricsfilter.containers.ContainerTest.Setup;
import jakarta.servlet.AsyncContext;
import jakarta.servlet.ServletOutputStream;
import jakarta.servlet.WriteListener;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * The application takes a time before it lets the response begin, which bounds what is observed
 * from below. It goes on only when the client has read the beginning, whose time bounds it from
 * above.
 */
@Proves(
    "With first-byte the time is observed until the container has begun to send the response: when the application has flushed it, filled its buffer or closed it, else at its end.")
abstract class FirstBytes extends Chapter {

  private static final double SHORT = 0.05;
  private static final double LONG = 0.15;

  /** Tomcat 9 knows the time by the system's clock. */
  private static final double MILLISECOND = 0.001;

  /** More than a container's buffers hold, its connector's included. */
  private static final int MUCH = 1_000_000;

  /** What the application may go on after. */
  private CountDownLatch read = new CountDownLatch(1);

  FirstBytes(ContainerTest container) {
    super(container);
  }

  private Case givenFirstBytes(Consumer<Application> definition) throws Exception {
    read = new CountDownLatch(1);
    return givenWith(b -> b.firstByte(true), definition);
  }

  private Case givenFirstBytes(Handler posts) throws Exception {
    return givenFirstBytes(a -> a.servlet("/posts", posts));
  }

  private static String get(String path) {
    return Client.request("GET", "/app" + path);
  }

  /**
   * That the response has begun after this time and before the client has read the beginning, and
   * that the request has lasted longer than that.
   */
  private void assertBegun(Case app, String exchanged, String upTo, double atLeast)
      throws Exception {
    long begun = System.nanoTime();
    double atMost;
    String answer;
    try (Client client = new Client(app.port())) {
      answer = client.send(exchanged).readUntil(upTo);
      atMost = (System.nanoTime() - begun) / 1e9;
      take(LONG);
      read.countDown();
      client.readAll();
    }
    Scrape scrape = scrapeOfOne();
    assertFirstByte(scrape, answer, atLeast, atMost);
    assertThat(sum(scrape, "http_request_duration_seconds")).isGreaterThan(atLeast + LONG);
  }

  /**
   * That the response has begun after this time, and before the client has read its end. In the
   * portable way the end of the request may have to do, of which a container tells later than that.
   */
  private void assertBegunWithin(Case app, String exchanged, double atLeast) throws Exception {
    long begun = System.nanoTime();
    String answer = Client.exchange(app.port(), exchanged);
    long read = System.nanoTime();
    Scrape scrape = scrapeOfOne();
    long end = setup() == Setup.PORTABLE ? System.nanoTime() : read;
    assertFirstByte(scrape, answer, atLeast, (end - begun) / 1e9);
  }

  private Scrape scrapeOfOne() throws IOException {
    awaitUntil(
        () -> {
          Map<String, Double> counts = scrape().family("http_first_byte_duration_seconds_count");
          assertThat(counts.values()).containsExactly(1.0);
          assertThat(scrape().inFlight()).isZero();
        });
    return scrape().assertConsistent();
  }

  private static void assertFirstByte(Scrape scrape, String answer, double atLeast, double atMost) {
    assertThat(scrape.family("http_first_byte_duration_seconds_count"))
        .isEqualTo(scrape.family("http_request_duration_seconds_count"));
    double observed = sum(scrape, "http_first_byte_duration_seconds");
    assertThat(observed).as(answer).isBetween(atLeast - MILLISECOND, atMost + MILLISECOND);
    assertThat(observed).isLessThanOrEqualTo(sum(scrape, "http_request_duration_seconds"));
  }

  private static double sum(Scrape scrape, String histogram) {
    return scrape.family(histogram + "_sum").values().iterator().next();
  }

  /** How an application can have what it has written sent. */
  enum Beginning {
    FLUSHES_THE_BUFFER {
      @Override
      void of(HttpServletResponse response) throws IOException {
        response.flushBuffer();
      }
    },
    FLUSHES_THE_STREAM {
      @Override
      void of(HttpServletResponse response) throws IOException {
        response.getOutputStream().print("begun");
        response.getOutputStream().flush();
      }
    },
    FLUSHES_THE_WRITER {
      @Override
      void of(HttpServletResponse response) throws IOException {
        response.getWriter().print("begun");
        response.getWriter().flush();
      }
    },
    FILLS_THE_STREAM {
      @Override
      void of(HttpServletResponse response) throws IOException {
        response.getOutputStream().write(new byte[MUCH]);
      }
    },
    FILLS_THE_STREAM_BYTE_BY_BYTE {
      @Override
      void of(HttpServletResponse response) throws IOException {
        for (int i = 0; i < MUCH; i++) {
          response.getOutputStream().write('x');
        }
      }
    },
    PRINTS_MUCH {
      @Override
      void of(HttpServletResponse response) throws IOException {
        response.getOutputStream().print("x".repeat(MUCH));
      }
    },
    FILLS_THE_WRITER {
      @Override
      void of(HttpServletResponse response) throws IOException {
        response.getWriter().print("x".repeat(MUCH));
      }
    },
    CLOSES_THE_STREAM {
      @Override
      void of(HttpServletResponse response) throws IOException {
        response.getOutputStream().close();
      }
    },
    CLOSES_THE_WRITER {
      @Override
      void of(HttpServletResponse response) throws IOException {
        response.getWriter().print("begun");
        response.getWriter().close();
      }
    };

    abstract void of(HttpServletResponse response) throws IOException;
  }

  private Handler beginning(Beginning how) {
    return (request, response) -> {
      take(SHORT);
      how.of(response);
      await(read);
    };
  }

  @ParameterizedTest
  @EnumSource
  void inTheServlet(Beginning how) throws Exception {
    Case app = givenFirstBytes(beginning(how));
    assertBegun(app, get("/posts"), "\r\n", SHORT);
  }

  @ParameterizedTest
  @EnumSource(names = {"IN_A_DISPATCH", "IN_A_THREAD"})
  void asynchronous(Ending.Place place) throws Exception {
    ExecutorService background = background();
    Case app =
        givenFirstBytes(a -> place.add(a, beginning(Beginning.FLUSHES_THE_STREAM), background));
    assertBegun(app, get("/posts"), "begun", SHORT);
  }

  @Test
  void inAThreadBeforeADispatch() throws Exception {
    ExecutorService background = background();
    Case app =
        givenFirstBytes(
            a ->
                Ending.Place.IN_A_DISPATCH_BY_A_THREAD_THAT_HAS_FLUSHED.add(
                    a, (request, response) -> await(read), background));
    assertBegun(app, get("/posts"), "begun", 0);
  }

  @Test
  void inAnswerToHead() throws Exception {
    Case app = givenFirstBytes(beginning(Beginning.FLUSHES_THE_WRITER));
    assertBegun(app, Client.request("HEAD", "/app/posts"), "\r\n", SHORT);
  }

  /** What is in a buffer isn't sent yet. */
  @ParameterizedTest
  @EnumSource(names = {"IN_THE_SERVLET", "IN_A_DISPATCH", "IN_A_THREAD"})
  void buffered(Ending.Place place) throws Exception {
    ExecutorService background = background();
    Case app =
        givenFirstBytes(
            a ->
                place.add(
                    a,
                    (request, response) -> {
                      response.getWriter().print("hello");
                      take(LONG);
                    },
                    background));
    assertBegunWithin(app, get("/posts"), LONG);
  }

  @Test
  void resetAndWrittenAnew() throws Exception {
    Case app =
        givenFirstBytes(
            (request, response) -> {
              response.getWriter().print("hello");
              response.reset();
              beginning(Beginning.FLUSHES_THE_WRITER).handle(request, response);
            });
    assertBegun(app, get("/posts"), "begun", SHORT);
  }

  @ParameterizedTest
  @ValueSource(ints = {200, 204, 304})
  void empty(int status) throws Exception {
    Case app =
        givenFirstBytes(
            (request, response) -> {
              response.setStatus(status);
              take(SHORT);
            });
    assertBegunWithin(app, get("/posts"), SHORT);
  }

  /** Sent at once, or when the chain returns. */
  @Test
  void redirect() throws Exception {
    Case app =
        givenFirstBytes(
            (request, response) -> {
              take(SHORT);
              response.sendRedirect("/app/elsewhere");
            });
    assertBegunWithin(app, get("/posts"), SHORT);
  }

  @ParameterizedTest
  @EnumSource(names = {"SENDS_AN_ERROR", "THROWS", "IS_UNAVAILABLE"})
  void ofAFailure(Ending ending) throws Exception {
    Case app =
        givenFirstBytes(
            (request, response) -> {
              take(SHORT);
              ending.handle(request, response);
            });
    assertBegunWithin(app, get("/posts"), SHORT);
  }

  /** After {@code sendError} the response is committed, but not sent. */
  @Test
  @NeedsTheContainersWord("the page runs after the chain has returned")
  void inAnErrorPage() throws Exception {
    Case app =
        givenFirstBytes(
            a ->
                a.servlet(
                        "/posts",
                        (request, response) -> {
                          take(SHORT);
                          response.sendError(409);
                        })
                    .servlet("/page", beginning(Beginning.FLUSHES_THE_WRITER))
                    .errorPage(409, "/page"));
    assertBegun(app, get("/posts"), "begun", 2 * SHORT);
  }

  @Test
  void inAForward() throws Exception {
    Case app =
        givenFirstBytes(
            a ->
                a.servlet(
                        "/posts",
                        (request, response) ->
                            request.getRequestDispatcher("/target").forward(request, response))
                    .servlet("/target", beginning(Beginning.FLUSHES_THE_WRITER)));
    assertBegun(app, get("/posts"), "begun", SHORT);
  }

  /** The end of a forward ends the response, of which not every container sends anything then. */
  @Test
  void forwarded() throws Exception {
    Case app =
        givenFirstBytes(
            a ->
                a.servlet(
                        "/posts",
                        (request, response) -> {
                          take(SHORT);
                          request.getRequestDispatcher("/target").forward(request, response);
                          take(SHORT);
                        })
                    .servlet("/target", HELLO));
    assertBegunWithin(app, get("/posts"), SHORT);
  }

  @Test
  void included() throws Exception {
    Case app =
        givenFirstBytes(
            a ->
                a.servlet(
                        "/posts",
                        (request, response) -> {
                          request.getRequestDispatcher("/part").include(request, response);
                          take(SHORT);
                          response.flushBuffer();
                          await(read);
                        })
                    .servlet("/part", HELLO));
    assertBegun(app, get("/posts"), "hello", SHORT);
  }

  /** One call that lasts for as long as the client takes to read counts when it begins. */
  @Test
  void ofADownload() throws Exception {
    Case app =
        givenFirstBytes(
            (request, response) -> {
              take(SHORT);
              response.getOutputStream().write(new byte[20 * MUCH]);
            });
    assertBegun(app, get("/posts"), "\r\n\r\n", SHORT);
  }

  @Test
  void withoutBlocking() throws Exception {
    ExecutorService background = background();
    Case app =
        givenFirstBytes(
            (request, response) -> {
              AsyncContext cycle = request.startAsync();
              ServletOutputStream output = cycle.getResponse().getOutputStream();
              take(SHORT);
              output.setWriteListener(
                  new WriteListener() {
                    private boolean written;

                    @Override
                    public void onWritePossible() throws IOException {
                      if (!written && output.isReady()) {
                        written = true;
                        output.write(new byte[MUCH]);
                        background.execute(
                            unchecked(
                                () -> {
                                  await(read);
                                  cycle.complete();
                                }));
                      }
                    }

                    @Override
                    public void onError(Throwable failure) {
                      cycle.complete();
                    }
                  });
            });
    assertBegun(app, get("/posts"), "\r\n", SHORT);
  }

  /** An interim response is none. */
  @Test
  void afterAnInterimResponse() throws Exception {
    Case app =
        givenFirstBytes(
            (request, response) -> {
              request.getInputStream().readAllBytes();
              beginning(Beginning.FLUSHES_THE_STREAM).handle(request, response);
            });
    long begun = System.nanoTime();
    try (Client client = new Client(app.port())) {
      client.send(
          Client.request("POST", "/app/posts", "Content-Length: 5\r\nExpect: 100-continue"));
      assertThat(client.readUntil("\r\n\r\n")).startsWith("HTTP/1.1 100");
      client.send("hello").readUntil("begun");
      double atMost = (System.nanoTime() - begun) / 1e9;
      read.countDown();
      client.readAll();
      assertFirstByte(scrapeOfOne(), "", SHORT, atMost);
    }
  }

  /** By a filter before this one: then nothing is left to wait for. */
  @Test
  void begunBefore() throws Exception {
    read = new CountDownLatch(1);
    Case app =
        given(
            a ->
                a.filter(
                    (request, response, chain) -> {
                      begin(response);
                      chain.doFilter(request, response);
                    }),
            a -> container().addFilter(a, container().newFilter(b -> b.firstByte(true))),
            a -> a.servlet("/posts", (request, response) -> take(LONG)));
    long begun = System.nanoTime();
    Client.exchange(app.port(), get("/posts"));
    double atMost = (System.nanoTime() - begun) / 1e9;
    Scrape scrape = scrapeOfOne();
    assertFirstByte(scrape, "", 0, atMost - LONG);
  }

  /** A client that has got nothing: then it is the time until the end. */
  @Test
  void neverBegun() throws Exception {
    Case app =
        givenFirstBytes(
            (request, response) -> {
              await(read);
              take(SHORT);
            });
    long begun = System.nanoTime();
    try (Client client = new Client(app.port())) {
      client.send(get("/posts"));
      awaitUntil(() -> assertThat(scrape().inFlight()).isOne());
      client.abort();
    }
    read.countDown();
    Scrape scrape = scrapeOfOne();
    assertFirstByte(scrape, "", SHORT, (System.nanoTime() - begun) / 1e9);
  }

  /** On one connection, of which the container keeps its objects for the next request. */
  @Test
  void oneAfterAnother() throws Exception {
    Case app =
        givenFirstBytes(
            a ->
                a.servlet("/begun", (request, response) -> begin(response))
                    .servlet(
                        "/buffered",
                        (request, response) -> {
                          take(LONG);
                          response.getWriter().print("later");
                        }));
    double begunWithin = 0;
    try (Client client = new Client(app.port())) {
      for (int i = 0; i < 2; i++) {
        long sent = System.nanoTime();
        client.send("GET /app/begun HTTP/1.1\r\nHost: test\r\n\r\n").readUntil("0\r\n\r\n");
        begunWithin += (System.nanoTime() - sent) / 1e9;
        client.send("GET /app/buffered HTTP/1.1\r\nHost: test\r\n\r\n").readUntil("later");
      }
    }
    awaitUntil(
        () ->
            assertThat(scrape().family("http_first_byte_duration_seconds_count"))
                .isEqualTo(Map.of("200 /app/begun GET", 2.0, "200 /app/buffered GET", 2.0)));
    Scrape scrape = scrape().assertConsistent();
    assertThat(scrape.value("http_first_byte_duration_seconds_sum 200 /app/begun GET"))
        .isBetween(0.0, begunWithin + MILLISECOND);
    assertThat(scrape.value("http_first_byte_duration_seconds_sum 200 /app/buffered GET"))
        .isBetween(2 * (LONG - MILLISECOND), 60.0);
  }

  /** The container tells by itself, so that the application sees its objects. */
  @Test
  @NeedsTheContainersWord("the portable way sees what the application writes by wrapping it")
  void wrapsNothing() throws Exception {
    Case app = givenFirstBytes(CLASSES);
    assertThat(app.get("/posts")).startsWith("HTTP/1.1 200");
  }

  /** Together with the sizes, which wrap the response. */
  @ParameterizedTest
  @CsvSource({"GET, 5", "HEAD, 0"})
  void besideTheSizes(String method, int bytes) throws Exception {
    read = new CountDownLatch(1);
    Case app =
        givenWith(
            b -> b.firstByte(true).requestSize(true).responseSize(true),
            a -> a.servlet("/posts", beginning(Beginning.FLUSHES_THE_WRITER)));
    assertBegun(app, Client.request(method, "/app/posts"), "\r\n", SHORT);
    assertThat(sum(scrape(), "http_response_size_bytes")).isEqualTo(bytes);
  }

  /** The answer is the same with what this takes to be observed. */
  @ParameterizedTest
  @ValueSource(strings = {"/posts", "/forward", "/redirect", "/error", "/missing", "/broken"})
  void theAnswerIsTheSame(String path) throws Exception {
    Case app =
        givenFirstBytes(
            a ->
                a.servlet("/posts", (request, response) -> begin(response))
                    .servlet(
                        "/forward",
                        (request, response) ->
                            request.getRequestDispatcher("/posts").forward(request, response))
                    .servlet(
                        "/redirect", (request, response) -> response.sendRedirect("/app/posts"))
                    .servlet("/error", Ending.SENDS_AN_ERROR)
                    .servlet("/broken", Ending.THROWS));
    for (String method : new String[] {"GET", "HEAD"}) {
      app.send(method, path);
    }
  }
}
