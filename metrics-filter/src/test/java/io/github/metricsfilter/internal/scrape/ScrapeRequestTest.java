package io.github.metricsfilter.internal.scrape;

import static org.assertj.core.api.Assertions.assertThat;

import jakarta.servlet.http.HttpServletRequest;
import java.lang.reflect.Proxy;
import java.time.Duration;
import java.util.Collections;
import java.util.Enumeration;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What is read from a request. */
class ScrapeRequestTest {

  private static ScrapeRequest request(Map<String, String> headers) {
    return request(
        "",
        Collections.enumeration(headers.keySet()),
        name -> Collections.enumeration(List.of(headers.get(name))));
  }

  private static ScrapeRequest request(
      String query,
      @Nullable Enumeration<String> names,
      Function<String, @Nullable Enumeration<String>> values) {
    return new ScrapeRequest(
        (HttpServletRequest)
            Proxy.newProxyInstance(
                ScrapeRequestTest.class.getClassLoader(),
                new Class<?>[] {HttpServletRequest.class},
                (proxy, method, arguments) ->
                    switch (method.getName()) {
                      case "getMethod" -> "GET";
                      case "getContextPath" -> "";
                      case "getServletPath" -> "/metrics";
                      case "getPathInfo" -> null;
                      case "getQueryString" -> query;
                      case "getHeaderNames" -> names;
                      case "getHeaders" -> values.apply((String) arguments[0]);
                      default -> throw new UnsupportedOperationException(method.getName());
                    }),
        (accept, acceptEncoding) -> new Negotiation(accept, acceptEncoding, true));
  }

  @ParameterizedTest
  @CsvSource({
    "10,       8000",
    "0.5,       400",
    "0.1,        80",
    "0.09,     8000",
    "0.000001, 8000",
    "61,      48800",
    "900,    720000",
    "3600,  2880000",
    "1e9,   2880000",
    "0,        8000",
    "-1,       8000",
    "NaN,      8000",
    "Infinity, 8000",
    "soon,     8000",
    "'',       8000"
  })
  void collectingMayTakeFourFifthsOfAPlausibleTimeout(String announced, long millis) {
    ScrapeRequest request = request(Map.of("x-prometheus-scrape-timeout-seconds", announced));

    assertThat(Duration.ofNanos(request.collectingNanos())).isEqualTo(Duration.ofMillis(millis));
  }

  /** As the Servlet API allows it. */
  @Test
  void aContainerCanHideHeaders() {
    for (ScrapeRequest request :
        List.of(
            request("", null, name -> null),
            request("", Collections.enumeration(List.of("Accept")), name -> null))) {
      assertThat(request.getHeader("Accept")).isEqualTo("text/plain");
      assertThat(request.getHeader("Accept-Encoding")).isNull();
      assertThat(request.collectingNanos()).isEqualTo(Duration.ofSeconds(8).toNanos());
    }
  }

  /** Whichever client_java there is. */
  @Test
  void aLongQueryIsNotRead() {
    String query = "debug=" + "x".repeat(64 * 1024 - 6);

    assertThat(request(query, null, name -> null).isReadable()).isTrue();
    assertThat(request(query + "x", null, name -> null).isReadable()).isFalse();
  }

  @Test
  void whatCannotBeWrittenForPeopleIsNotLegal() {
    ScrapeRequest protobuf = request("debug=prometheus-protobuf", null, name -> null);

    assertThat(protobuf.isLegal(List.of("openmetrics", "text", "prometheus-protobuf"))).isTrue();
    assertThat(protobuf.isLegal(List.of("openmetrics", "text"))).isFalse();
    assertThat(request("debug", null, name -> null).isLegal(List.of())).isTrue();
  }
}
