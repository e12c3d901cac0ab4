package io.github.metricsfilter.internal.request;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.metricsfilter.internal.series.LabelValue;
import io.github.metricsfilter.internal.series.PathLabel;
import io.github.metricsfilter.internal.series.PathLabels;
import jakarta.servlet.http.HttpServletMapping;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.MappingMatch;
import java.lang.reflect.Proxy;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The label of a path, for requests that no container at hand would make. */
class RequestPathTest {

  /** Who says what the path is. */
  enum Source {
    ATTRIBUTE,
    RESOLVER,
    SPRING,
    MAPPING,
    COMPONENTS,
    FULL
  }

  private static final String SPRING_PATTERN =
      "org.springframework.web.servlet.HandlerMapping.bestMatchingPattern";
  private static final String SPRING_HANDLER =
      "org.springframework.web.servlet.HandlerMapping.bestMatchingHandler";

  private static final String LONGEST = "/" + "a".repeat(LabelValue.MAX_BYTES - 1);
  private static final String LONGEST_IN_BYTES = "/" + "\u20AC".repeat(LabelValue.MAX_BYTES / 3);

  private static RequestPath paths(Source source, String contextPath) {
    return new RequestPath(
        new PathLabels("path", 5, 1),
        new RequestSettings(
            source != Source.COMPONENTS && source != Source.FULL,
            source == Source.COMPONENTS ? 1 : 0,
            false,
            true,
            request -> source == Source.RESOLVER ? request.getHeader("Route") : null,
            List.of(),
            null,
            false),
        contextPath);
  }

  @ParameterizedTest
  @EnumSource
  void isNoLongerThanTheLimitWhateverTheSource(Source source) {
    RequestPath paths = paths(source, "");

    assertThat(label(paths, source, LONGEST)).isEqualTo(LONGEST);
    assertThat(label(paths, source, LONGEST_IN_BYTES)).isEqualTo(LONGEST_IN_BYTES);
    assertThat(label(paths, source, LONGEST + "a")).isEqualTo("_OTHER");
    assertThat(label(paths, source, LONGEST_IN_BYTES + "a")).isEqualTo("_OTHER");
    assertThat(label(paths, source, LONGEST + "a".repeat(5000))).isEqualTo("_OTHER");
  }

  private static String label(RequestPath paths, Source source, String path) {
    return switch (source) {
      case ATTRIBUTE -> label(paths, request("/", "/", Map.of(PathLabels.ROUTE_ATTRIBUTE, path)));
      case RESOLVER -> label(paths, request("/", "/", Map.of("Route", path)));
      case SPRING -> label(paths, request("/", "/", Map.of(SPRING_PATTERN, path)));
      case MAPPING -> label(paths, request("/", path, Map.of()));
      case COMPONENTS, FULL -> label(paths, request(path, "/", Map.of()));
    };
  }

  private static String label(RequestPath paths, HttpServletRequest request) {
    String servletPattern = paths.servletPattern(request);
    Object atEntry = paths.atEntry(request, servletPattern);
    PathLabel explicit =
        paths.explicit(request, servletPattern, request.getAttribute(PathLabels.ROUTE_ATTRIBUTE));
    return (explicit == null ? paths.ofEntry(atEntry) : explicit).toString();
  }

  @ParameterizedTest
  @CsvSource({
    "/posts;jsessionid=1, /app/posts",
    "/posts;v=1/7;w=2, /app/posts/7",
    "/api/*;jsessionid=1, /app/api/*",
    "*.do;jsessionid=1, /app/*.do",
    ";jsessionid=1, /app/",
    "/;jsessionid=1, /app/*",
  })
  void isTheMappingWithoutWhatAClientAppends(String pattern, String path) {
    RequestPath paths = paths(Source.MAPPING, "/app");

    assertThat(label(paths, request("/", pattern, Map.of()))).isEqualTo(path);
  }

  /** What is found by the pattern alone, at the entry of a request, is what the application has. */
  @Test
  void remembersNoPatternThatAClientHasMadeUp() {
    RequestPath paths = paths(Source.MAPPING, "/app");
    for (int i = 0; i < 100; i++) {
      assertThat(label(paths, request("/", "/posts;jsessionid=" + i, Map.of())))
          .isEqualTo("/app/posts");
    }

    for (int i = 0; i < 100; i++) {
      assertThat(atEntry(paths, "/posts;jsessionid=" + i)).isInstanceOf(String.class);
    }
    assertThat(atEntry(paths, "/posts")).isInstanceOf(PathLabel.class);
  }

  private static Object atEntry(RequestPath paths, String servletPattern) {
    return paths.atEntry(request("/", servletPattern, Map.of()), servletPattern);
  }

  @ParameterizedTest
  @CsvSource({
    "/, /app/users/{id}",
    "/*, /app/users/{id}",
    "/rest/*, /app/rest/users/{id}",
    "/rest/v1/*, /app/rest/v1/users/{id}",
    "/rest/*;jsessionid=1, /app/rest/users/{id}",
    "/users/42, /app/users/{id}",
    "*.do, /app/users/{id}",
    "'', /app/users/{id}",
  })
  void springsPatternStandsBehindThePrefixOfTheServletsMapping(String servletPattern, String path) {
    Map<String, String> attributes = Map.of(SPRING_PATTERN, "/users/{id}");

    for (Source source : List.of(Source.MAPPING, Source.COMPONENTS, Source.FULL)) {
      RequestPath paths = paths(source, "/app");
      assertThat(label(paths, request("/", servletPattern, attributes))).isEqualTo(path);
      assertThat(label(paths, request("/", servletPattern, attributes))).isEqualTo(path);
    }
  }

  @Test
  void onePatternOfSpringsInTwoServletsIsTwoRoutes() {
    RequestPath paths = paths(Source.MAPPING, "/app");
    Map<String, String> attributes = Map.of(SPRING_PATTERN, "/users/{id}");

    for (int round = 0; round < 2; round++) {
      for (String version : List.of("/v1", "/v2", "")) {
        assertThat(label(paths, request("/", version + "/*", attributes)))
            .isEqualTo("/app" + version + "/users/{id}");
      }
    }
  }

  /** Apache CXF leaves the URI of each request there, and newer versions the template. */
  @ParameterizedTest
  @CsvSource({
    "/app, /api/*, /app/api/unknown/1, /app/api/*",
    "/app, /api/*, /app/api/users/{id}, /app/api/*",
    "'', /api/*, /api/unknown/1, /api/*",
    "/app, /*, /app/unknown/1, /app/*",
    "'', /*, /unknown/1, /*",
  })
  void whatAnotherFrameworkLeavesInTheNameOfSpringIsNoPattern(
      String contextPath, String servletPattern, String left, String path) {
    RequestPath paths = paths(Source.MAPPING, contextPath);
    Map<String, String> attributes = Map.of(SPRING_PATTERN, left);

    assertThat(label(paths, request(left, servletPattern, attributes))).isEqualTo(path);
  }

  @Test
  void springsPatternMayBeTheUriOrBeginLikeThePathOfTheServlet() {
    Map<String, String> attributes =
        Map.of(SPRING_PATTERN, "/api/users", SPRING_HANDLER, "UserController#all()");

    assertThat(label(paths(Source.MAPPING, ""), request("/api/users", "/", attributes)))
        .isEqualTo("/api/users");
    assertThat(label(paths(Source.MAPPING, ""), request("/api/api/users", "/api/*", attributes)))
        .isEqualTo("/api/api/users");
  }

  @ParameterizedTest
  @ValueSource(strings = {"/users/{id:[a-z;]+}", "/users;v={v}"})
  void leavesSpringsPatternAsItIs(String pattern) {
    RequestPath paths = paths(Source.MAPPING, "/app");

    assertThat(label(paths, Source.SPRING, pattern)).isEqualTo("/app" + pattern);
  }

  /** A request with this URI and mapping; its attributes are headers at the same time. */
  private static HttpServletRequest request(
      String uri, String pattern, Map<String, String> attributes) {
    HttpServletMapping mapping =
        new HttpServletMapping() {
          @Override
          public String getMatchValue() {
            return "";
          }

          @Override
          public String getPattern() {
            return pattern;
          }

          @Override
          public String getServletName() {
            return "servlet";
          }

          @Override
          public MappingMatch getMappingMatch() {
            return MappingMatch.EXACT;
          }
        };
    return (HttpServletRequest)
        Proxy.newProxyInstance(
            RequestPathTest.class.getClassLoader(),
            new Class<?>[] {HttpServletRequest.class},
            (proxy, method, arguments) ->
                switch (method.getName()) {
                  case "getRequestURI" -> uri;
                  case "getContextPath" -> "";
                  case "getHttpServletMapping" -> mapping;
                  case "getAttribute", "getHeader" -> attributes.get((String) arguments[0]);
                  default -> throw new UnsupportedOperationException(method.getName());
                });
  }
}
