package io.github.metricsfilter;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** The settings that are code, and so the builder's only. */
class BuilderTest {

  private final JettyApplication app = new JettyApplication();
  private final PrometheusRequestFilter.Builder builder =
      PrometheusRequestFilter.builder().registry(app.registry);

  @AfterEach
  void stop() {
    app.close();
  }

  @Test
  void routeResolver() throws Exception {
    start(
        builder.routeResolver(
            request -> request.getRequestURI().startsWith("/users/") ? "/users/{id}" : null));

    app.get("/users/1");
    app.get("/users/2");
    app.get("/posts");

    shows("path=\"/users/{id}\",status=\"404\"} 2.0", "path=\"/posts\",status=\"200\"} 1.0");
  }

  @Test
  void theApplicationsAttributeGoesBeforeTheResolver() throws Exception {
    app.servlet(
        "/named",
        (request, response) ->
            request.setAttribute(PrometheusRequestFilter.PATH_ATTRIBUTE, "/by-attribute"));
    start(builder.routeResolver(request -> "/by-resolver"));

    app.get("/named");

    shows("path=\"/by-attribute\",status=\"200\"} 1.0");
  }

  @Test
  void aResolverThatFailsIsCountedAndTheMappingIsTheRoute() throws Exception {
    start(
        builder.routeResolver(
            request -> {
              throw new AssertionError("broken resolver");
            }));

    assertThat(app.get("/posts").statusCode()).isEqualTo(200);

    shows(
        "path=\"/posts\",status=\"200\"} 1.0",
        "metrics_filter_failures_total{cause=\"route\"} 1.0");
  }

  @Test
  void label() throws Exception {
    start(builder.label("tenant", request -> request.getParameter("tenant"), 2));

    for (String tenant : List.of("a", "b", "a", "c", "d")) {
      app.get("/posts?tenant=" + tenant);
    }

    shows("path=\"/posts\",status=\"200\",tenant=\"a\"} 2.0");
    shows("path=\"/posts\",status=\"200\",tenant=\"b\"} 1.0");
    shows("path=\"/posts\",status=\"200\",tenant=\"_OTHER\"} 2.0");
    shows("metrics_filter_overflow_total 2.0", "http_active_requests 0.0");
  }

  @Test
  void aLabelThatIsNullIsCountedAsAFailure() throws Exception {
    start(builder.label("tenant", request -> request.getParameter("tenant")));

    app.get("/posts");

    shows("tenant=\"unknown\"} 1.0", "metrics_filter_failures_total{cause=\"label\"} 1.0");
  }

  /** Rather than be ignored, or fail with each request. */
  @Test
  void nullIsRefusedAtOnce() {
    Map<String, Consumer<PrometheusRequestFilter.Builder>> calls = new TreeMap<>();
    calls.put("preset", b -> b.preset(isNull()));
    calls.put("metricPrefix", b -> b.metricPrefix(isNull()));
    calls.put("buckets", b -> b.buckets((double[]) isNull()));
    calls.put("excludePaths", b -> b.excludePaths((String[]) isNull()));
    calls.put("extraMethods", b -> b.extraMethods((String[]) isNull()));
    calls.put("constLabels", b -> b.constLabels(isNull()));
    calls.put("registry", b -> b.registry(isNull()));
    calls.put("registryAttribute", b -> b.registryAttribute(isNull()));
    calls.put("routeResolver", b -> b.routeResolver(isNull()));
    calls.put("skipIf", b -> b.skipIf(isNull()));
    calls.put("name", b -> b.label(isNull(), request -> ""));
    calls.put("value", b -> b.label("tenant", isNull()));

    calls.forEach(
        (parameter, call) ->
            assertThatThrownBy(() -> call.accept(PrometheusRequestFilter.builder()))
                .isInstanceOf(NullPointerException.class)
                .hasMessage(parameter));
  }

  @SuppressWarnings({"NullAway", "TypeParameterUnusedInFormals"}) // as callers without them do
  private static <T> T isNull() {
    return null;
  }

  @Test
  void skipIf() throws Exception {
    start(builder.skipIf(request -> "probe".equals(request.getHeader("User-Agent"))));

    app.send(app.request("/posts").header("User-Agent", "probe"));
    app.get("/posts");

    shows("path=\"/posts\",status=\"200\"} 1.0", "http_active_requests 0.0");
  }

  @Test
  void aSkipIfThatFailsIsCountedAndTheRequestObserved() throws Exception {
    start(
        builder.skipIf(
            request -> {
              throw new IllegalStateException("broken predicate");
            }));

    assertThat(app.get("/posts").statusCode()).isEqualTo(200);

    shows(
        "path=\"/posts\",status=\"200\"} 1.0", "metrics_filter_failures_total{cause=\"skip\"} 1.0");
  }

  private void start(PrometheusRequestFilter.Builder settings) throws Exception {
    app.filter(settings.build())
        .servlet("/posts", (request, response) -> response.getWriter().print("posts"))
        .start();
  }

  private void shows(String... texts) {
    await().untilAsserted(() -> assertThat(app.scrape()).contains(texts));
  }
}
