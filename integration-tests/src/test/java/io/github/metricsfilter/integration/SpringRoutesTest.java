package io.github.metricsfilter.integration;

import static org.assertj.core.api.Assertions.assertThat;
import static org.springframework.web.servlet.function.RouterFunctions.route;

import io.github.metricsfilter.PrometheusRequestFilter;
import io.github.metricsfilter.PrometheusRequestFilter.PathMode;
import java.util.Locale;
import java.util.concurrent.Callable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.http.HttpStatus;
import org.springframework.web.bind.annotation.ExceptionHandler;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.ResponseStatus;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.context.request.async.DeferredResult;
import org.springframework.web.context.support.AnnotationConfigWebApplicationContext;
import org.springframework.web.servlet.DispatcherServlet;
import org.springframework.web.servlet.HandlerMapping;
import org.springframework.web.servlet.config.annotation.EnableWebMvc;
import org.springframework.web.servlet.config.annotation.PathMatchConfigurer;
import org.springframework.web.servlet.config.annotation.ResourceHandlerRegistry;
import org.springframework.web.servlet.config.annotation.WebMvcConfigurer;
import org.springframework.web.servlet.function.RouterFunction;
import org.springframework.web.servlet.function.ServerResponse;
import org.springframework.web.util.UrlPathHelper;

/** The pattern that Spring MVC chose is the route, whoever answers and whichever way it ends. */
class SpringRoutesTest {

  @Configuration
  @EnableWebMvc
  static class WebConfiguration {

    @Bean
    Users users() {
      return new Users();
    }

    @Bean
    RouterFunction<ServerResponse> orders() {
      return route().GET("/orders/{id}", request -> ServerResponse.accepted().build()).build();
    }
  }

  @Configuration
  static class WithResources extends WebConfiguration implements WebMvcConfigurer {

    @Override
    public void addResourceHandlers(ResourceHandlerRegistry resources) {
      resources.addResourceHandler("/**").addResourceLocations("classpath:/static/");
    }
  }

  @RestController
  static class Users {

    @GetMapping("/users/{id}")
    String user(@PathVariable("id") int id) {
      if (id < 0) {
        throw new IllegalArgumentException("no such number");
      }
      return "user " + id;
    }

    @GetMapping("/deferred/{id}")
    DeferredResult<String> deferred(@PathVariable("id") int id) {
      DeferredResult<String> result = new DeferredResult<>();
      new Thread(() -> result.setResult("user " + id)).start();
      return result;
    }

    @GetMapping("/callable/{id}")
    Callable<String> callable(@PathVariable("id") int id) {
      return () -> user(id);
    }

    @GetMapping("/never/{id}")
    DeferredResult<String> never(@PathVariable("id") int id) {
      // Not so short that it is over before Spring waits for it: then nobody ever answers.
      return new DeferredResult<>(500L);
    }

    @GetMapping("/broken/{id}")
    String broken(@PathVariable("id") int id) {
      throw new IllegalStateException("user " + id);
    }

    @ExceptionHandler
    @ResponseStatus(HttpStatus.BAD_REQUEST)
    String refuse(IllegalArgumentException e) {
      return "refused: " + e.getMessage();
    }
  }

  private final Application app = new Application();

  private void start() throws Exception {
    start("/", WebConfiguration.class, PrometheusRequestFilter.builder());
  }

  private void start(
      String mapping, Class<?> configuration, PrometheusRequestFilter.Builder settings)
      throws Exception {
    AnnotationConfigWebApplicationContext spring = new AnnotationConfigWebApplicationContext();
    spring.register(configuration);
    app.metrics(settings).servlet(mapping, new DispatcherServlet(spring)).start();
  }

  @AfterEach
  void stop() {
    app.close();
  }

  @Test
  void theRouteOfAControllerIsItsPattern() throws Exception {
    start();
    assertThat(app.get("/app/users/42").body()).isEqualTo("user 42");
    app.get("/app/users/43?verbose=true");

    app.awaitRequests(2, "GET", "/app/users/{id}", 200);
  }

  @Test
  void theRouteOfAFunctionIsItsPattern() throws Exception {
    start();
    assertThat(app.get("/app/orders/42").statusCode()).isEqualTo(202);

    app.awaitRequests(1, "GET", "/app/orders/{id}", 202);
  }

  @Test
  void whatNoHandlerMatchesIsOneSeries() throws Exception {
    start();
    assertThat(app.get("/app/unknown").statusCode()).isEqualTo(404);
    assertThat(app.get("/app/users/42/unknown").statusCode()).isEqualTo(404);

    app.awaitRequests(2, "GET", "/app/*", 404);
  }

  @Test
  void aResourceThatIsNotThereIsThePatternOfResources() throws Exception {
    start("/", WithResources.class, PrometheusRequestFilter.builder());

    assertThat(app.get("/app/unknown.css").statusCode()).isEqualTo(404);
    assertThat(app.get("/app/unknown/too.css").statusCode()).isEqualTo(404);

    app.awaitRequests(2, "GET", "/app/**", 404);
  }

  @Test
  void anExceptionHandlersStatusIsCountedUnderTheRoute() throws Exception {
    start();
    assertThat(app.get("/app/users/-1").statusCode()).isEqualTo(400);
    assertThat(app.get("/app/users/me").statusCode()).isEqualTo(400);

    app.awaitRequests(2, "GET", "/app/users/{id}", 400);
  }

  @Test
  void anExceptionThatNobodyHandlesIs500UnderTheRoute() throws Exception {
    start();
    assertThat(app.get("/app/broken/42").statusCode()).isEqualTo(500);

    app.awaitRequests(1, "GET", "/app/broken/{id}", 500);
  }

  @Test
  void anAsynchronousControllerIsCountedOnceUnderItsRoute() throws Exception {
    start();
    assertThat(app.get("/app/deferred/42").body()).isEqualTo("user 42");
    assertThat(app.get("/app/callable/42").body()).isEqualTo("user 42");
    assertThat(app.get("/app/callable/-1").statusCode()).isEqualTo(400);
    assertThat(app.get("/app/never/42").statusCode()).isEqualTo(503);

    app.awaitRequests(1, "GET", "/app/deferred/{id}", 200);
    app.awaitRequests(1, "GET", "/app/callable/{id}", 200);
    app.awaitRequests(1, "GET", "/app/callable/{id}", 400);
    app.awaitRequests(1, "GET", "/app/never/{id}", 503);
    assertThat(app.scrape()).contains("http_active_requests 1.0"); // the scrape itself
  }

  @ParameterizedTest
  @ValueSource(strings = {"route", "full"})
  void aPatternStandsBehindTheDispatcherServletsPrefix(String pathMode) throws Exception {
    start(
        "/rest/*",
        WebConfiguration.class,
        PrometheusRequestFilter.builder()
            .pathMode(PathMode.valueOf(pathMode.toUpperCase(Locale.ROOT))));

    assertThat(app.get("/app/rest/users/42").body()).isEqualTo("user 42");
    assertThat(app.get("/app/rest/callable/42").body()).isEqualTo("user 42");
    assertThat(app.get("/app/rest/orders/42").statusCode()).isEqualTo(202);
    assertThat(app.get("/app/rest/unknown").statusCode()).isEqualTo(404);

    app.awaitRequests(1, "GET", "/app/rest/users/{id}", 200);
    app.awaitRequests(1, "GET", "/app/rest/callable/{id}", 200);
    app.awaitRequests(1, "GET", "/app/rest/orders/{id}", 202);
    app.awaitRequests(1, "GET", pathMode.equals("full") ? "/app/rest/unknown" : "/app/rest/*", 404);
  }

  @Test
  void aForwardFromAnotherServletKeepsItsPrefix() throws Exception {
    app.servlet(
        "/old/*",
        (request, response) ->
            request.getRequestDispatcher("/rest/users/42").forward(request, response));
    start("/rest/*", WebConfiguration.class, PrometheusRequestFilter.builder());

    assertThat(app.get("/app/old").body()).isEqualTo("user 42");

    app.awaitRequests(1, "GET", "/app/old/users/{id}", 200);
  }

  @Configuration
  static class WithFullPaths extends WebConfiguration implements WebMvcConfigurer {

    @Bean
    FromTheContext fromTheContext() {
      return new FromTheContext();
    }

    @Override
    public void configurePathMatch(PathMatchConfigurer paths) {
      UrlPathHelper fullPath = new UrlPathHelper();
      fullPath.setAlwaysUseFullPath(true);
      paths.setPatternParser(null).setUrlPathHelper(fullPath);
    }
  }

  @RestController
  static class FromTheContext {

    @GetMapping("/rest/items/{id}")
    String item(@PathVariable("id") int id) {
      return "item " + id;
    }
  }

  @Test
  void aPatternOfTheFullPathHasThePrefixTwice() throws Exception {
    start("/rest/*", WithFullPaths.class, PrometheusRequestFilter.builder());

    assertThat(app.get("/app/rest/items/42").body()).isEqualTo("item 42");

    app.awaitRequests(1, "GET", "/app/rest/rest/items/{id}", 200);
  }

  @Test
  void aResolverLeavesOutThePrefix() throws Exception {
    start(
        "/rest/*",
        WithFullPaths.class,
        // tag::spring-prefix[]
        PrometheusRequestFilter.builder()
            .routeResolver(
                request -> {
                  Object pattern =
                      request.getAttribute(HandlerMapping.BEST_MATCHING_PATTERN_ATTRIBUTE);
                  return pattern == null
                      ? null
                      : request.getServletContext().getContextPath() + pattern;
                })
        // end::spring-prefix[]
        );

    assertThat(app.get("/app/rest/items/42").body()).isEqualTo("item 42");
    assertThat(app.get("/app/rest/unknown").statusCode()).isEqualTo(404);

    app.awaitRequests(1, "GET", "/app/rest/items/{id}", 200);
    app.awaitRequests(1, "GET", "/app/rest/*", 404);
  }
}
