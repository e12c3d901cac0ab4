package io.github.metricsfilter.internal.series;

import static org.assertj.core.api.Assertions.assertThat;

import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import java.io.IOException;
import java.lang.reflect.Proxy;
import java.util.List;
import java.util.Objects;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The values of OpenTelemetry's labels, and how many a label has. */
class ExtraLabelTest {

  @ParameterizedTest
  @CsvSource({
    "HTTP/1.0, 1.0",
    "HTTP/1.1, 1.1",
    "HTTP/2, 2",
    "HTTP/2.0, 2",
    "HTTP/3, 3",
    "HTTP/3.0, 3",
    "HTTP/0.9, _OTHER",
  })
  void protocolVersion(String protocol, String version) {
    assertThat(value("network_protocol_version", request(protocol), 200, null)).isEqualTo(version);
  }

  @ParameterizedTest
  @CsvSource({"http, http", "https, https", "ftp, _OTHER"})
  void scheme(String ofRequest, String scheme) {
    assertThat(ExtraLabel.scheme(request(ofRequest))).isEqualTo(scheme);
    assertThat(value(ExtraLabel.SCHEME, request("none"), 200, null)).isEqualTo("of entry");
  }

  @ParameterizedTest
  @CsvSource({"200, ''", "404, ''", "499, ''", "500, 500", "503, 503", "600, unknown"})
  void errorWithoutException(int status, String type) {
    assertThat(value("error_type", request("none"), status, null)).isEqualTo(type);
  }

  /** Nothing but the version of the protocol is asked of the request. */
  @Test
  void requestThatCannotBeAskedAnyMore() {
    assertThat(value("network_protocol_version", null, 200, null)).isEqualTo("unknown");
    assertThat(value(ExtraLabel.SCHEME, null, 200, null)).isEqualTo("of entry");
    assertThat(value("error_type", null, 503, null)).isEqualTo("503");
    assertThat(ExtraLabel.MICROMETER)
        .extracting(label -> label.value(null, "http", 200, null))
        .containsExactly("SUCCESS", "none", "none");
  }

  @Test
  void errorThatWasThrown() {
    assertThat(errorType(new IOException("broken"))).isEqualTo("java.io.IOException");
    assertThat(errorType(new ServletException(new IOException("broken"))))
        .isEqualTo("java.io.IOException");
    assertThat(errorType(new ServletException("broken")))
        .isEqualTo(ServletException.class.getName());
  }

  @Test
  void asManyValuesAsAllowed() {
    ExtraLabel.Values values =
        new ExtraLabel("tenant", 2, FailureCause.LABEL, (request, scheme, status, failure) -> "")
        .new Values();

    assertThat(values.admit("a")).isTrue();
    assertThat(values.admit("b")).isTrue();
    assertThat(values.admit("c")).isFalse();
    assertThat(values.admit("a")).isTrue();
    assertThat(values.admit("b")).isTrue();
  }

  /** As where a function itself puts what is rare into one. */
  @Test
  void otherIsNobodysPlace() {
    ExtraLabel.Values values =
        new ExtraLabel("tenant", 1, FailureCause.LABEL, (request, scheme, status, failure) -> "")
        .new Values();

    assertThat(values.admit("_OTHER")).isTrue();
    assertThat(values.admit("a")).isTrue();
    assertThat(values.admit("_OTHER")).isTrue();
    assertThat(values.admit("b")).isFalse();
  }

  /** Else what comes first could push out what every request has. */
  @Test
  void whatIsKnownBeforehandHasItsPlace() {
    assertThat(admitted("url_scheme", "_OTHER", "ftp", "http", "https"))
        .containsExactly("_OTHER", "http", "https");
    assertThat(
            admitted("network_protocol_version", "_OTHER", "unknown", "1.0", "1.1", "2", "3", "4"))
        .containsExactly("_OTHER", "unknown", "1.0", "1.1", "2", "3");
    for (String label : List.of("error_type", "exception", "error")) {
      String[] failures =
          IntStream.range(0, 60).mapToObj(i -> "Failure" + i).toArray(String[]::new);
      List<String> admitted = admitted(label, failures);
      String none = label.equals("error_type") ? "" : "none";
      assertThat(admitted).hasSize(50).doesNotContain(none);
      assertThat(
              admitted(
                  label,
                  Stream.concat(Stream.of(failures), Stream.of(none)).toArray(String[]::new)))
          .hasSize(51)
          .contains(none);
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {100, 200, 300, 400, 500, 600})
  void everyOutcomeHasItsPlace(int status) {
    ExtraLabel outcome = ExtraLabel.MICROMETER.get(0);
    String value = Objects.requireNonNull(outcome.value(null, "http", status, null));

    assertThat(admitted("outcome", "another", value)).containsExactly(value);
  }

  /** Those of these values that get series of their own, in this order. */
  private static List<String> admitted(String label, String... values) {
    ExtraLabel.Values of =
        Stream.concat(ExtraLabel.OTEL.stream(), ExtraLabel.MICROMETER.stream())
            .filter(one -> one.name().equals(label))
            .findFirst()
            .orElseThrow()
        .new Values();
    return Stream.of(values).filter(of::admit).toList();
  }

  private static @Nullable String errorType(Throwable failure) {
    return value("error_type", request("none"), 500, failure);
  }

  private static @Nullable String value(
      String label, @Nullable HttpServletRequest request, int status, @Nullable Throwable failure) {
    return ExtraLabel.OTEL.stream()
        .filter(one -> one.name().equals(label))
        .findFirst()
        .orElseThrow()
        .value(request, "of entry", status, failure);
  }

  /** Whose scheme and protocol are the same. */
  private static HttpServletRequest request(String answer) {
    return (HttpServletRequest)
        Proxy.newProxyInstance(
            ExtraLabelTest.class.getClassLoader(),
            new Class<?>[] {HttpServletRequest.class},
            (proxy, method, arguments) -> answer);
  }
}
