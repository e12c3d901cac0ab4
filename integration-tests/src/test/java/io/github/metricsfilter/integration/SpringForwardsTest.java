package io.github.metricsfilter.integration;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.metricsfilter.PrometheusRequestFilter;
import jakarta.servlet.Filter;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.net.http.HttpRequest.BodyPublishers;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.stereotype.Controller;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.ResponseBody;
import org.springframework.web.context.support.AnnotationConfigWebApplicationContext;
import org.springframework.web.servlet.DispatcherServlet;
import org.springframework.web.servlet.HandlerInterceptor;
import org.springframework.web.servlet.HandlerMapping;
import org.springframework.web.servlet.View;
import org.springframework.web.servlet.config.annotation.EnableWebMvc;
import org.springframework.web.servlet.config.annotation.InterceptorRegistry;
import org.springframework.web.servlet.config.annotation.WebMvcConfigurer;
import org.springframework.web.servlet.view.InternalResourceView;

/** Which pattern is the route where Spring MVC has matched twice, or not at all. */
class SpringForwardsTest {

  @Configuration
  @EnableWebMvc
  static class WebConfiguration {

    @Bean
    Pages pages() {
      return new Pages();
    }
  }

  // tag::spring-first[]
  /** Names the route by the first handler, so that the target of a forward doesn't replace it. */
  static class FirstPattern implements HandlerInterceptor {

    @Override
    public boolean preHandle(
        HttpServletRequest request, HttpServletResponse response, Object handler) {
      Object pattern = request.getAttribute(HandlerMapping.BEST_MATCHING_PATTERN_ATTRIBUTE);
      if (pattern != null && request.getAttribute(PrometheusRequestFilter.PATH_ATTRIBUTE) == null) {
        request.setAttribute(
            PrometheusRequestFilter.PATH_ATTRIBUTE, request.getContextPath() + pattern);
      }
      return true;
    }
  }

  // end::spring-first[]

  @Configuration
  static class WithFirstPattern extends WebConfiguration implements WebMvcConfigurer {

    @Override
    public void addInterceptors(InterceptorRegistry interceptors) {
      interceptors.addInterceptor(new FirstPattern());
    }
  }

  @Controller
  static class Pages {

    @GetMapping("/from/{id}")
    String from(@PathVariable("id") int id) {
      return "forward:/to/" + id;
    }

    @GetMapping("/to/{id}")
    @ResponseBody
    String to(@PathVariable("id") int id) {
      return "page " + id;
    }

    @GetMapping("/page/{id}")
    View page(@PathVariable("id") int id) {
      return new InternalResourceView("/views/page.jsp");
    }

    @GetMapping("/including/{id}")
    void including(
        @PathVariable("id") int id, HttpServletRequest request, HttpServletResponse response)
        throws ServletException, IOException {
      response.setContentType("text/plain");
      request.getRequestDispatcher("/to/" + id).include(request, response);
    }

    @GetMapping("/broken/{id}")
    void broken(@PathVariable("id") int id) {
      throw new IllegalStateException("page " + id);
    }

    @PostMapping(path = "/text", consumes = "text/plain", produces = "text/plain")
    @ResponseBody
    String text() {
      return "text";
    }

    @RequestMapping("/error")
    @ResponseBody
    String error() {
      return "error page";
    }
  }

  private final Application app = new Application();

  @AfterEach
  void stop() {
    app.close();
  }

  private void start(Class<?> configuration) throws Exception {
    AnnotationConfigWebApplicationContext spring = new AnnotationConfigWebApplicationContext();
    spring.register(configuration);
    app.servlet("*.jsp", (request, response) -> response.getWriter().print("rendered"))
        .servlet("/", new DispatcherServlet(spring))
        .start();
  }

  @Test
  void theTargetOfAForwardIsTheRoute() throws Exception {
    app.metrics(PrometheusRequestFilter.builder());
    start(WebConfiguration.class);

    assertThat(app.get("/app/from/42").body()).isEqualTo("page 42");

    app.awaitRequests(1, "GET", "/app/to/{id}", 200);
  }

  @Test
  void aViewThatAnotherServletRendersIsTheControllers() throws Exception {
    app.metrics(PrometheusRequestFilter.builder());
    start(WebConfiguration.class);

    assertThat(app.get("/app/page/42").body()).isEqualTo("rendered");

    app.awaitRequests(1, "GET", "/app/page/{id}", 200);
  }

  @Test
  void anIncludeIsAPartOfItsControllersPage() throws Exception {
    app.metrics(PrometheusRequestFilter.builder());
    start(WebConfiguration.class);

    assertThat(app.get("/app/including/42").body()).isEqualTo("page 42");

    app.awaitRequests(1, "GET", "/app/including/{id}", 200);
  }

  @Test
  void anErrorPageOfTheContainersIsTheFailedRequests() throws Exception {
    app.metrics(PrometheusRequestFilter.builder()).errorPage(500, "/error");
    start(WebConfiguration.class);

    assertThat(app.get("/app/broken/42").body()).isEqualTo("error page");

    app.awaitRequests(1, "GET", "/app/broken/{id}", 500);
  }

  /** As Spring Boot's ErrorPageFilter does in a WAR. */
  private static final Filter FORWARDS_TO_ERROR =
      (request, response, chain) -> {
        try {
          chain.doFilter(request, response);
        } catch (ServletException e) {
          ((HttpServletResponse) response).setStatus(500);
          request.getRequestDispatcher("/error").forward(request, response);
        }
      };

  @Test
  void aFilterThatForwardsToAnErrorPageReplacesTheRouteBehindOurs() throws Exception {
    app.metrics(PrometheusRequestFilter.builder()).filter(FORWARDS_TO_ERROR);
    start(WebConfiguration.class);

    assertThat(app.get("/app/broken/42").body()).isEqualTo("error page");

    app.awaitRequests(1, "GET", "/app/error", 500);
  }

  @Test
  void aFilterThatForwardsToAnErrorPageLeavesTheRouteBeforeOurs() throws Exception {
    app.filter(FORWARDS_TO_ERROR).metrics(PrometheusRequestFilter.builder());
    start(WebConfiguration.class);

    assertThat(app.get("/app/broken/42").body()).isEqualTo("error page");

    app.awaitRequests(1, "GET", "/app/broken/{id}", 500);
  }

  @Test
  void anInterceptorNamesTheFirst() throws Exception {
    app.metrics(PrometheusRequestFilter.builder()).filter(FORWARDS_TO_ERROR);
    start(WithFirstPattern.class);

    assertThat(app.get("/app/from/42").body()).isEqualTo("page 42");
    assertThat(app.get("/app/to/42").body()).isEqualTo("page 42");
    assertThat(app.get("/app/broken/42").body()).isEqualTo("error page");

    app.awaitRequests(1, "GET", "/app/from/{id}", 200);
    app.awaitRequests(1, "GET", "/app/to/{id}", 200);
    app.awaitRequests(1, "GET", "/app/broken/{id}", 500);
  }

  /** As Spring Security does before DispatcherServlet is asked. */
  @Test
  void whatAFilterRefusesHasTheServletsMapping() throws Exception {
    app.metrics(PrometheusRequestFilter.builder())
        .filter(
            (request, response, chain) -> {
              HttpServletRequest http = (HttpServletRequest) request;
              if (http.getHeader("Refused") == null) {
                chain.doFilter(request, response);
              } else {
                ((HttpServletResponse) response).sendError(401);
              }
            });
    start(WebConfiguration.class);

    assertThat(app.send(app.request("/app/to/42").header("Refused", "yes")).statusCode())
        .isEqualTo(401);

    app.awaitRequests(1, "GET", "/app/*", 401);
  }

  @Test
  void whatNoMethodOfAHandlerAnswersHasTheServletsMapping() throws Exception {
    app.metrics(PrometheusRequestFilter.builder());
    start(WebConfiguration.class);

    assertThat(app.get("/app/text").statusCode()).isEqualTo(405);
    assertThat(
            app.send(app.request("/app/text").method("OPTIONS", BodyPublishers.noBody()))
                .statusCode())
        .isEqualTo(200);
    assertThat(
            app.send(
                    app.request("/app/text")
                        .header("Content-Type", "image/png")
                        .POST(BodyPublishers.ofString("no text")))
                .statusCode())
        .isEqualTo(415);
    assertThat(
            app.send(
                    app.request("/app/text")
                        .header("Content-Type", "text/plain")
                        .header("Accept", "image/png")
                        .POST(BodyPublishers.ofString("text")))
                .statusCode())
        .isEqualTo(406);

    app.awaitRequests(1, "GET", "/app/*", 405);
    app.awaitRequests(1, "OPTIONS", "/app/*", 200);
    app.awaitRequests(1, "POST", "/app/*", 415);
    app.awaitRequests(1, "POST", "/app/*", 406);
  }
}
