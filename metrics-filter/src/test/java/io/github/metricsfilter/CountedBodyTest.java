package io.github.metricsfilter;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.prometheus.metrics.model.registry.PrometheusRegistry;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletInputStream;
import jakarta.servlet.ServletOutputStream;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import jakarta.servlet.http.Part;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Each way to read and write a body, to the byte; and with which call the response begins. */
class CountedBodyTest {

  private static final Part PART =
      FakeExchange.fake(Part.class, (proxy, method, arguments) -> null);

  private static final String EURO_AND_SMILE = "a\u20AC\uD83D\uDE00"; // 1 + 3 + 4 bytes

  private final PrometheusRegistry registry = new PrometheusRegistry();
  private final PrometheusRequestFilter filter =
      PrometheusRequestFilter.builder()
          .registry(registry)
          .requestSize(true)
          .responseSize(true)
          .firstByte(true)
          .build();
  private final FakeExchange exchange = new FakeExchange();

  /** What an application does with a request. */
  private interface Servlet {
    void serve(HttpServletRequest request, HttpServletResponse response) throws Exception;
  }

  @BeforeEach
  void start() throws Exception {
    FakeExchange.init(filter);
  }

  @AfterEach
  void stop() {
    filter.destroy();
  }

  private void serve(Servlet servlet) throws Exception {
    FilterChain chain =
        (request, response) -> {
          try {
            servlet.serve((HttpServletRequest) request, (HttpServletResponse) response);
          } catch (IOException | RuntimeException e) {
            throw e;
          } catch (Exception e) {
            throw new IllegalStateException(e);
          }
        };
    exchange.enter(filter, chain);
  }

  private double value(String metric) {
    Matcher sample =
        Pattern.compile("(?m)^" + metric + "\\{.*} (.*)$")
            .matcher(JettyApplication.scrape(registry));
    assertThat(sample.find()).as(metric).isTrue();
    return Double.parseDouble(sample.group(1));
  }

  private void read(int bytes) {
    assertThat(value("http_request_size_bytes_sum")).isEqualTo(bytes);
  }

  private void wrote(int bytes) {
    assertThat(value("http_response_size_bytes_sum")).isEqualTo(bytes);
  }

  @Test
  void theStreamOfARequest() throws Exception {
    exchange.body = "0123456789".getBytes(StandardCharsets.US_ASCII);
    serve(
        (request, response) -> {
          ServletInputStream input = request.getInputStream();
          assertThat(input.isReady()).isTrue();
          assertThat(input.isFinished()).isFalse();
          assertThat(input.read()).isEqualTo('0');
          assertThat(input.available()).isEqualTo(9);
          assertThat(input.read(new byte[5], 1, 3)).isEqualTo(3);
          assertThat(request.getInputStream()).isSameAs(input);
          assertThat(input.readNBytes(5)).hasSize(5);
          assertThat(input.isReady()).isFalse();
          assertThat(input.read()).isEqualTo('9');
          assertThat(input.isFinished()).isTrue();
          assertThat(input.read()).isEqualTo(-1);
          assertThat(input.read(new byte[5])).isEqualTo(-1);
          input.setReadListener(null);
          input.close();
        });

    read(10);
    assertThat(exchange.called).containsExactly("setReadListener", "close");
  }

  @ParameterizedTest
  @CsvSource({"UTF-8, 8", "UTF-16BE, 8", "UTF-32BE, 12"})
  void theReaderOfARequest(String charset, int bytes) throws Exception {
    exchange.charset = charset;
    exchange.body = EURO_AND_SMILE.getBytes(charset);
    serve(
        (request, response) -> {
          BufferedReader reader = request.getReader();
          assertThat(request.getReader()).isSameAs(reader);
          assertThat(reader.readLine()).isEqualTo(EURO_AND_SMILE);
          assertThat(reader.read()).isEqualTo(-1);
        });

    read(bytes);
  }

  @Test
  void aBodyThatIsNotRead() throws Exception {
    exchange.body = new byte[10];
    serve((request, response) -> request.getInputStream());

    read(0);
  }

  @ParameterizedTest
  @CsvSource({
    "application/x-www-form-urlencoded, 7",
    "multipart/form-data; boundary=x, 7",
    "text/plain, 0",
    ", 0",
  })
  void aFormThatTheContainerReads(String type, int bytes) throws Exception {
    exchange.answers.put("getContentType", type);
    exchange.answers.put("getContentLengthLong", 7L);
    for (Servlet form :
        new Servlet[] {
          (request, response) -> assertThat(request.getParameter("a")).isEqualTo("a"),
          (request, response) -> assertThat(request.getParameterMap()).hasSize(1),
          (request, response) -> assertThat(request.getParameterNames()).isNotNull(),
          (request, response) -> assertThat(request.getParameterValues("a")).hasSize(2),
          (request, response) -> assertThat(request.getParts()).hasSize(1),
          (request, response) -> assertThat(request.getPart("a")).isNotNull(),
        }) {
      restart();
      serve(form);
      read(bytes);
    }
  }

  /** With metrics that begin at zero. */
  private void restart() throws Exception {
    filter.destroy();
    FakeExchange.init(filter);
    exchange.attributes.clear();
    exchange.answers.putAll(
        Map.of(
            "getParameter",
            "a",
            "getParameterMap",
            Map.of("a", new String[] {"1", "2"}),
            "getParameterNames",
            Collections.emptyEnumeration(),
            "getParameterValues",
            new String[] {"1", "2"},
            "getParts",
            List.of(PART),
            "getPart",
            PART));
  }

  /** The application has it already, so that the container has nothing to read. */
  @Test
  void aFormThatTheApplicationReads() throws Exception {
    exchange.answers.put("getContentType", "application/x-www-form-urlencoded");
    exchange.answers.put("getContentLengthLong", 7L);
    exchange.body = new byte[7];
    serve(
        (request, response) -> {
          assertThat(request.getInputStream().read()).isZero();
          request.getParameter("a");
        });
    read(1);

    restart();
    serve(
        (request, response) -> {
          request.getReader();
          request.getParameter("a");
        });
    read(0);
  }

  @Test
  void theStreamOfAResponse() throws Exception {
    serve(
        (request, response) -> {
          ServletOutputStream output = response.getOutputStream();
          assertThat(response.getOutputStream()).isSameAs(output);
          assertThat(output.isReady()).isTrue();
          output.write('a');
          output.write(new byte[] {'b', 'c', 'd'}, 1, 2);
          output.print("ef");
          output.println();
          output.write(new byte[] {'g', 'h'});
          assertThat(output.isReady()).isFalse();
          output.setWriteListener(null);
          output.flush();
          output.close();
        });

    wrote("acdef\r\ngh".length());
    assertThat(exchange.written).hasToString("acdef\r\ngh");
    assertThat(exchange.called).containsExactly("setWriteListener", "flush", "close");
  }

  @ParameterizedTest
  @CsvSource({"UTF-8, 8", "UTF-16BE, 8", "ISO-8859-1, 3"})
  void theWriterOfAResponse(String charset, int bytes) throws Exception {
    exchange.charset = charset;
    serve(
        (request, response) -> {
          PrintWriter writer = response.getWriter();
          assertThat(response.getWriter()).isSameAs(writer);
          writer.print(EURO_AND_SMILE);
          assertThat(writer.checkError()).isFalse();
        });

    wrote(bytes);
    assertThat(exchange.written.size()).isEqualTo(bytes);
  }

  @Test
  void eachCallOfAWriter() throws Exception {
    serve(
        (request, response) -> {
          PrintWriter writer = response.getWriter();
          writer.write('\u20AC');
          writer.write('\uD83D');
          writer.write('\uDE00');
          writer.write(new char[] {'x', 'y', 'z'}, 1, 2);
          writer.write("xyz", 2, 1);
          writer.println("l");
          writer.flush();
          writer.close();
        });

    String text = "\u20AC\uD83D\uDE00yzzl" + System.lineSeparator();
    wrote(text.getBytes(StandardCharsets.UTF_8).length);
    assertThat(exchange.written.toString(StandardCharsets.UTF_8)).isEqualTo(text);
    assertThat(exchange.called).contains("flush", "close");
  }

  /** More than is encoded at once. */
  @Test
  void aLongText() throws Exception {
    serve((request, response) -> response.getWriter().print("\u20AC".repeat(10_000)));

    wrote(30_000);
  }

  @Test
  void aWriterWhoseCharsetChanges() throws Exception {
    serve(
        (request, response) -> {
          response.getWriter().print("\u00E9");
          exchange.charset = "ISO-8859-1";
          response.getWriter().print("\u00E9");
        });

    wrote(2 + 1);
  }

  @Test
  void aClientThatHasGone() throws Exception {
    serve(
        (request, response) -> {
          PrintWriter writer = response.getWriter();
          exchange.fails = true;
          writer.print("a");
          assertThat(writer.checkError()).isTrue();
        });
  }

  @Test
  void whatIsDiscarded() throws Exception {
    serve(
        (request, response) -> {
          response.getOutputStream().print("never");
          response.reset();
          response.getOutputStream().print("nor this");
          response.resetBuffer();
          response.getOutputStream().print("sent");
        });

    wrote(4);
    assertThat(exchange.written).hasToString("sent");
  }

  /** The container refuses it. */
  @Test
  void whatCannotBeDiscardedAnyMore() throws Exception {
    serve(
        (request, response) -> {
          response.getOutputStream().print("sent");
          response.flushBuffer();
          assertThatThrownBy(response::reset).isInstanceOf(IllegalStateException.class);
          assertThatThrownBy(response::resetBuffer).isInstanceOf(IllegalStateException.class);
        });

    wrote(4);
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 2})
  void whatTheContainerAnswersByItself(int way) throws Exception {
    serve(
        (request, response) -> {
          response.getOutputStream().print("never");
          switch (way) {
            case 0 -> response.sendError(404);
            case 1 -> response.sendError(404, "missing");
            default -> response.sendRedirect("/elsewhere");
          }
        });

    wrote(0);
    assertThat(exchange.status).isEqualTo(way == 2 ? 302 : 404);
  }

  @Test
  void aForwardDiscardsWhatWasWritten() throws Exception {
    serve(
        (request, response) -> {
          response.getOutputStream().print("never");
          request.getRequestDispatcher("/other").forward(request, response);
        });

    wrote("dispatched".length());
    assertThat(exchange.written).hasToString("dispatched");
  }

  @Test
  void aForwardThatIsRefusedDiscardsNothing() throws Exception {
    serve(
        (request, response) -> {
          response.getOutputStream().print("sent");
          response.flushBuffer();
          assertThatThrownBy(
                  () -> request.getRequestDispatcher("/other").forward(request, response))
              .isInstanceOf(IllegalStateException.class);
        });

    wrote(4);
  }

  @Test
  void anIncludeAddsToWhatWasWritten() throws Exception {
    serve(
        (request, response) -> {
          response.getOutputStream().print("sent ");
          request.getRequestDispatcher("/other").include(request, response);
          assertThat(request.getRequestDispatcher("/none")).isNull();
        });

    wrote("sent dispatched".length());
  }

  /** An asynchronous cycle goes on with what counts. */
  @Test
  void anAsynchronousRequest() throws Exception {
    serve(
        (request, response) -> {
          request.startAsync();
          response.getOutputStream().print("sent");
          assertThat(exchange.startedWith).isSameAs(response);
        });
    exchange.completes();

    wrote(4);
  }

  @Test
  void anAnswerToHeadHasNoBody() throws Exception {
    exchange.answers.put("getMethod", "HEAD");
    serve((request, response) -> response.getOutputStream().print("dropped"));

    wrote(0);
  }

  /** With this call the container begins to send the response. */
  enum Beginning {
    FULL_BUFFER {
      @Override
      void begin(HttpServletRequest request, HttpServletResponse response) throws Exception {
        response.getOutputStream().write(new byte[20]);
      }
    },
    FLUSHED_BUFFER {
      @Override
      void begin(HttpServletRequest request, HttpServletResponse response) throws Exception {
        response.flushBuffer();
      }
    },
    FLUSHED_STREAM {
      @Override
      void begin(HttpServletRequest request, HttpServletResponse response) throws Exception {
        response.getOutputStream().flush();
      }
    },
    CLOSED_WRITER {
      @Override
      void begin(HttpServletRequest request, HttpServletResponse response) throws Exception {
        response.getWriter().close();
      }
    },
    REDIRECT {
      @Override
      void begin(HttpServletRequest request, HttpServletResponse response) throws Exception {
        response.sendRedirect("/elsewhere");
      }
    },
    FORWARD {
      @Override
      void begin(HttpServletRequest request, HttpServletResponse response) throws Exception {
        request.getRequestDispatcher("/other").forward(request, response);
      }
    };

    abstract void begin(HttpServletRequest request, HttpServletResponse response) throws Exception;
  }

  @ParameterizedTest
  @EnumSource
  void theFirstByteIsThatOfTheCallThatBeginsTheResponse(Beginning way) throws Exception {
    long[] at = new long[4];
    at[0] = System.nanoTime();
    serve(
        (request, response) -> {
          at[1] = System.nanoTime();
          response.getOutputStream().print("x");
          timePasses(at[1]);
          at[2] = System.nanoTime();
          way.begin(request, response);
          at[3] = System.nanoTime();
          timePasses(at[0]);
          response.flushBuffer();
        });

    assertThat(value("http_first_byte_duration_seconds_sum") * 1e9)
        .isBetween((at[2] - at[1]) * .999, (at[3] - at[0]) * 1.001);
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void aResponseThatTheContainerMakesBeginsWithTheEnd(boolean error) throws Exception {
    serve(
        (request, response) -> {
          response.getOutputStream().print("x");
          if (error) {
            response.sendError(404);
          }
          timePasses(System.nanoTime());
        });

    assertThat(value("http_first_byte_duration_seconds_sum"))
        .isEqualTo(value("http_request_duration_seconds_sum"));
  }

  /** By a filter before this one. */
  @Test
  void aResponseThatHasBegunBefore() throws Exception {
    exchange.sends(200);
    serve((request, response) -> timePasses(System.nanoTime()));

    assertThat(value("http_first_byte_duration_seconds_sum")).isLessThan(1e-8);
  }

  /** What has failed may have sent something. */
  @Test
  void aCallThatFailsMayBeginTheResponse() throws Exception {
    long[] at = new long[2];
    at[0] = System.nanoTime();
    serve(
        (request, response) -> {
          exchange.fails = true;
          assertThatThrownBy(() -> response.getOutputStream().write(1))
              .isInstanceOf(IOException.class);
          at[1] = System.nanoTime();
          exchange.sends(200);
          timePasses(at[0]);
        });

    assertThat(value("http_first_byte_duration_seconds_sum") * 1e9)
        .isLessThan((at[1] - at[0]) * 1.001);
  }

  /** As long again as since then, and so long that it shows. */
  private static void timePasses(long since) {
    long now = System.nanoTime();
    long until = now + Math.max(1_000_000, 2 * (now - since));
    while (System.nanoTime() < until) {
      Thread.onSpinWait();
    }
  }
}
