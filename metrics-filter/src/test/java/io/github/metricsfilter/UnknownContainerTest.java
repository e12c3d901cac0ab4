package io.github.metricsfilter;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.metricsfilter.internal.series.RequestMetrics;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import jakarta.servlet.DispatcherType;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.ServletRequest;
import jakarta.servlet.UnavailableException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletRequestWrapper;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/** Of a container that the filter doesn't know, it hears by the Servlet API alone. */
class UnknownContainerTest {

  private final PrometheusRegistry registry = new PrometheusRegistry();
  private final PrometheusRequestFilter filter = filter();

  /** Keeps the metrics when the application of the other ends. */
  private final PrometheusRequestFilter neighbour = filter();

  private final FakeExchange exchange = new FakeExchange();
  private final CapturedLog log = new CapturedLog(RequestMetrics.class);

  private PrometheusRequestFilter filter() {
    return PrometheusRequestFilter.builder().registry(registry).excludePaths("/health").build();
  }

  @BeforeEach
  void start() throws Exception {
    FakeExchange.init(filter);
    FakeExchange.init(neighbour);
  }

  @AfterEach
  void stop() {
    filter.destroy();
    neighbour.destroy();
    log.close();
  }

  static Stream<Arguments> failures() {
    return Stream.of(
        Arguments.of(new ServletException("broken"), 500),
        Arguments.of(new AssertionError("broken"), 500),
        Arguments.of(new UnavailableException("gone"), 404),
        Arguments.of(new UnavailableException("busy", 60), 503));
  }

  @ParameterizedTest
  @MethodSource("failures")
  void aFailureIsTheStatusThatTheServletApiMakesOfIt(Throwable failure, int status) {
    assertThatThrownBy(() -> enter(failing(failure))).isSameAs(failure);

    isRecorded("/*", status);
  }

  @ParameterizedTest
  @MethodSource("failures")
  void aFailureDoesNotChangeWhatIsSent(Throwable failure) {
    exchange.sends(202);

    assertThatThrownBy(() -> enter(failing(failure))).isSameAs(failure);

    isRecorded("/*", 202);
  }

  @Test
  void anAsynchronousRequestIsOverWithItsCycle() throws Exception {
    enter(
        (request, response) ->
            assertThat(request.startAsync()).isSameAs(exchange.request().getAsyncContext()));

    isInFlight();
    exchange.status = 204;
    exchange.completes();
    isRecorded("/*", 204);
    exchange.completes();
    isRecorded("/*", 204);
  }

  @Test
  void itIsOverWithTheLastOfSeveralCycles() throws Exception {
    enter((request, response) -> request.startAsync());

    exchange.request().startAsync();
    isInFlight();
    exchange.completes();
    isRecorded("/*", 200);
  }

  @Test
  void itCanBeStartedPastTheFilter() throws Exception {
    enter((request, response) -> exchange.request().startAsync());

    isInFlight();
    exchange.completes();
    isRecorded("/*", 200);
  }

  /** The container's own request says that it is asynchronous, and then has no cycle any more. */
  @Test
  void itCanBeOverAlready() throws Exception {
    enter(
        (request, response) -> {
          exchange.request().startAsync();
          exchange.broken.add("getAsyncContext");
        });

    isRecorded("/*", 200);
  }

  /** It casts what it is given. */
  @Test
  void theContainerGetsItsOwnRequestBack() throws Exception {
    enter(
        (request, response) ->
            assertThat(request.startAsync(request, response))
                .isSameAs(exchange.request().getAsyncContext()));
    assertThat(exchange.started).isSameAs(exchange.request());
    exchange.completes();
    isRecorded("/*", 200);
  }

  @Test
  void theContainerGetsTheRequestThatTheApplicationHasWrapped() throws Exception {
    List<ServletRequest> wrapped = new ArrayList<>();
    enter(
        (request, response) -> {
          wrapped.add(new HttpServletRequestWrapper((HttpServletRequest) request));
          request.startAsync(wrapped.get(0), response);
        });
    assertThat(exchange.started).isSameAs(wrapped.get(0));
    exchange.completes();
    isRecorded("/*", 200);
  }

  @ParameterizedTest
  @CsvSource({"onTimeout", "onError"})
  void whatWasSentBeforeACycleFailsStands(String event) throws Exception {
    enter((request, response) -> request.startAsync());
    exchange.sends(206);
    exchange.notifies(event, new IOException("broken"));
    exchange.status = 500;
    exchange.completes();

    isRecorded("/*", 206);
  }

  @Test
  void whatWasSentBeforeTheChainReturnsStands() throws Exception {
    enter(
        (request, response) -> {
          request.startAsync();
          exchange.sends(206);
        });
    exchange.status = 500;
    exchange.completes();

    isRecorded("/*", 206);
  }

  @Test
  void aCycleThatFailsIsOver() throws Exception {
    enter((request, response) -> request.startAsync());
    exchange.notifies("onError", new UnavailableException("busy", 60));

    isRecorded("/*", 503);
  }

  @Test
  void soIsOneThatFailsForNoReason() throws Exception {
    enter((request, response) -> request.startAsync());
    exchange.notifies("onError", null);

    isRecorded("/*", 500);
  }

  @Test
  void aTimeoutThatTheApplicationAnswersIsNoEnd() throws Exception {
    enter((request, response) -> request.startAsync());
    exchange.notifies("onTimeout", null);

    isInFlight();
    exchange.status = 503;
    exchange.completes();
    isRecorded("/*", 503);
  }

  /** Containers may forget the attributes of a request before they tell that it is over. */
  @Test
  void theRouteThatTheApplicationNamesIsKept() throws Exception {
    List<ServletRequest> seen = new ArrayList<>();
    enter(
        (request, response) -> {
          seen.add(request);
          request.startAsync();
        });
    seen.get(0).setAttribute(PrometheusRequestFilter.PATH_ATTRIBUTE, "/users/{id}");
    seen.get(0).setAttribute("another", "/7");
    assertThat(exchange.attributes)
        .containsEntry(PrometheusRequestFilter.PATH_ATTRIBUTE, "/users/{id}")
        .containsEntry("another", "/7");
    exchange.attributes.clear();
    exchange.completes();

    isRecorded("/users/{id}", 200);
  }

  @Test
  void anApplicationThatEndsLeavesNothingInFlight() throws Exception {
    enter((request, response) -> request.startAsync());
    filter.destroy();

    isRecorded("/*", 500);
    exchange.completes();
    isRecorded("/*", 500);
  }

  @Test
  void whatIsOnItsWayWhenTheApplicationEndsIsSent() throws Exception {
    enter(
        (request, response) -> {
          request.setAttribute(PrometheusRequestFilter.PATH_ATTRIBUTE, "/events");
          request.startAsync();
          exchange.sends(200);
        });
    exchange.attributes.clear();
    filter.destroy();

    isRecorded("/events", 200);
  }

  @Test
  void filtersThatShareMetricsRecordARequestOnce() throws Exception {
    enter(
        (request, response) ->
            neighbour.doFilter(request, response, (inner, of) -> exchange.sends(404)));

    isRecorded("/*", 404);
  }

  /** Whether it enters, what it is, and how it ends. */
  @ParameterizedTest
  @CsvSource({
    "getDispatcherType, GET, 200",
    "getServletPath, GET, 200",
    "getMethod, _OTHER, 200",
    "getHttpServletMapping, GET, 200",
    "getAttribute, GET, 200",
    "setAttribute, GET, 200",
    "isAsyncStarted, GET, 200",
    "getStatus, GET, unknown",
  })
  void whatAContainerDoesNotTellCostsNoRequest(String method, String label, String status)
      throws Exception {
    exchange.broken.add(method);
    enter((request, response) -> {});
    exchange.broken.clear();

    assertThat(scrape())
        .contains(
            "http_requests_total{method=\"%s\",path=\"/*\",status=\"%s\"} 1.0"
                .formatted(label, status),
            "http_active_requests 0.0")
        .containsPattern("metrics_filter_failures_total\\{cause=\"(own|route)\"} [1-9]");
  }

  @Test
  void whatIsExcludedIsNotRecorded() throws Exception {
    exchange.answers.put("getServletPath", "/health");
    enter((request, response) -> exchange.sends(200));

    assertThat(scrape()).contains("http_active_requests 0.0").doesNotContain("path=");
  }

  @ParameterizedTest
  @CsvSource({"ASYNC", "ERROR", "FORWARD", "INCLUDE"})
  void laterDispatchesAreNotRecorded(DispatcherType type) throws Exception {
    exchange.answers.put("getDispatcherType", type);
    enter((request, response) -> exchange.sends(200));

    assertThat(scrape()).contains("http_active_requests 0.0").doesNotContain("path=");
  }

  private void enter(FilterChain chain) throws Exception {
    exchange.enter(filter, chain);
  }

  private static FilterChain failing(Throwable failure) {
    return (request, response) -> {
      if (failure instanceof Error error) {
        throw error;
      }
      throw (ServletException) failure;
    };
  }

  private void isInFlight() {
    assertThat(scrape()).contains("http_active_requests 1.0").doesNotContain("path=");
  }

  private void isRecorded(String path, int status) {
    assertThat(scrape().lines().filter(line -> line.startsWith("http_requests_total")))
        .containsExactly(
            "http_requests_total{method=\"GET\",path=\"%s\",status=\"%d\"} 1.0"
                .formatted(path, status));
    assertThat(scrape())
        .contains("http_active_requests 0.0", "metrics_filter_failures_total{cause=\"own\"} 0.0");
  }

  private String scrape() {
    return JettyApplication.scrape(registry);
  }
}
