package io.github.metricsfilter;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.metricsfilter.PrometheusRequestFilter.PathMode;
import jakarta.servlet.http.HttpServletMapping;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.MappingMatch;
import java.lang.reflect.Proxy;
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
    ATTRIBUTE(PathMode.ROUTE),
    RESOLVER(PathMode.ROUTE),
    SPRING(PathMode.ROUTE),
    MAPPING(PathMode.ROUTE),
    COMPONENTS(PathMode.COMPONENTS),
    FULL(PathMode.FULL);

    final PathMode mode;

    Source(PathMode mode) {
      this.mode = mode;
    }
  }

  private static final String LONGEST = "/" + "a".repeat(LabelValue.MAX_BYTES - 1);
  private static final String LONGEST_IN_BYTES = "/" + "\u20AC".repeat(LabelValue.MAX_BYTES / 3);

  private final PrometheusRequestFilter.Builder builder =
      PrometheusRequestFilter.builder().maxPaths(5);

  @ParameterizedTest
  @EnumSource
  void isNoLongerThanTheLimitWhateverTheSource(Source source) {
    builder.pathMode(source.mode);
    if (source == Source.RESOLVER) {
      builder.routeResolver(request -> request.getHeader("Route"));
    }
    Settings settings = new Settings(builder, new Problems());
    RequestPath paths = new RequestPath(new PathLabels("path", 5, 1), settings, "");

    assertThat(label(paths, source, LONGEST)).isEqualTo(LONGEST);
    assertThat(label(paths, source, LONGEST_IN_BYTES)).isEqualTo(LONGEST_IN_BYTES);
    assertThat(label(paths, source, LONGEST + "a")).isEqualTo("_OTHER");
    assertThat(label(paths, source, LONGEST_IN_BYTES + "a")).isEqualTo("_OTHER");
    assertThat(label(paths, source, LONGEST + "a".repeat(5000))).isEqualTo("_OTHER");
  }

  private static String label(RequestPath paths, Source source, String path) {
    return switch (source) {
      case ATTRIBUTE -> label(paths, request("/", "/", Map.of(RequestPath.ATTRIBUTE, path)));
      case RESOLVER -> label(paths, request("/", "/", Map.of("Route", path)));
      case SPRING ->
          label(
              paths,
              request(
                  "/",
                  "/",
                  Map.of(
                      "org.springframework.web.servlet.HandlerMapping.bestMatchingPattern", path)));
      case MAPPING -> label(paths, request("/", path, Map.of()));
      case COMPONENTS, FULL -> label(paths, request(path, "/", Map.of()));
    };
  }

  private static String label(RequestPath paths, HttpServletRequest request) {
    Object atEntry = paths.atEntry(request);
    PathLabel explicit = paths.explicit(request, request.getAttribute(RequestPath.ATTRIBUTE));
    return (explicit == null ? paths.ofEntry(atEntry) : explicit).value;
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
    RequestPath paths =
        new RequestPath(
            new PathLabels("path", 5, 1), new Settings(builder, new Problems()), "/app");

    assertThat(label(paths, request("/", pattern, Map.of()))).isEqualTo(path);
  }

  /** What is found by the pattern alone, at the entry of a request, is what the application has. */
  @Test
  void remembersNoPatternThatAClientHasMadeUp() {
    RequestPath paths =
        new RequestPath(
            new PathLabels("path", 5, 1), new Settings(builder, new Problems()), "/app");
    for (int i = 0; i < 100; i++) {
      assertThat(label(paths, request("/", "/posts;jsessionid=" + i, Map.of())))
          .isEqualTo("/app/posts");
    }

    for (int i = 0; i < 100; i++) {
      assertThat(paths.atEntry(request("/", "/posts;jsessionid=" + i, Map.of())))
          .isInstanceOf(String.class);
    }
    assertThat(paths.atEntry(request("/", "/posts", Map.of()))).isInstanceOf(PathLabel.class);
  }

  @ParameterizedTest
  @ValueSource(strings = {"/users/{id:[a-z;]+}", "/users;v={v}"})
  void leavesSpringsPatternAsItIs(String pattern) {
    RequestPath paths =
        new RequestPath(
            new PathLabels("path", 5, 1), new Settings(builder, new Problems()), "/app");

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
