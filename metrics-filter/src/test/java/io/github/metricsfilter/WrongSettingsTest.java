package io.github.metricsfilter;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.metricsfilter.PrometheusRequestFilter.HistogramKind;
import io.prometheus.metrics.core.metrics.Counter;
import jakarta.servlet.ServletException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A wrong setting stops the application at start-up and names itself, its value, what is legal. */
class WrongSettingsTest {

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          preset=dropwizard                | preset="dropwizard": legal is default, simpleclient, otel, micrometer
          metric-prefix=1st_               | metric-prefix="1st_": legal is letters, digits, _ and :
          metric-prefix=a_;preset=otel     | metric-prefix="a_": legal only with preset=default
          metric-name=a b                  | metric-name="a b": legal is letters, digits, _ and :
          metric-name=a_total              | metric-name="a_total": legal is letters, digits, _ and :, not starting with a digit, not ending with _total, _created, _bucket or _info
          metric-name=a_created            | metric-name="a_created": legal is letters, digits, _ and :
          metric-name=a_bucket             | metric-name="a_bucket": legal is letters, digits, _ and :
          metric-name=a_info               | metric-name="a_info": legal is letters, digits, _ and :
          preset=simpleclient              | metric-name="": legal is letters, digits, _ and :
          metric-name=a;preset=otel        | metric-name="a": legal only with preset=simpleclient
          help=Requests                    | help="Requests": legal only with preset=simpleclient
          buckets=                         | buckets="": legal is finite, positive, increasing
          buckets=.1,.5,                   | buckets=".1,.5,": legal is finite, positive, increasing
          buckets=1,x                      | buckets="1,x": legal is finite, positive, increasing
          buckets=1,0.5                    | buckets="[1.0, 0.5]": legal is finite, positive, increasing
          buckets=1,1                      | buckets="[1.0, 1.0]": legal is finite, positive, increasing
          buckets=1,Infinity               | buckets="[1.0, Infinity]": legal is finite
          buckets=NaN                      | buckets="[NaN]": legal is finite
          buckets=1;histogram=native       | buckets="[1.0]": legal only with histogram=classic or both
          histogram=Native                 | histogram="Native": legal is classic, native, both
          metric-name=a;histogram=both     | histogram="both": legal is classic with preset=simpleclient
          exemplars=yes                    | exemplars="yes": legal is auto, on, off
          metric-name=a;exemplars=on       | exemplars="on": legal is auto or off with preset=simpleclient
          path-mode=uri                    | path-mode="uri": legal is route, components, full
          metric-name=a;path-mode=route    | path-mode="route": legal is components with preset=simpleclient
          path-components=2                | path-components="2": legal only with path-mode=components
          path-mode=components;path-components=two | path-components="two": legal is a whole number
          path-mode=components;path-components=0   | path-components="0": legal is 1 or more
          strip-context-path=true          | strip-context-path="true": legal only with path-mode=components or full
          path-mode=full;strip-context-path=1      | strip-context-path="1": legal is true or false
          max-paths=0                      | max-paths="0": legal is 1 or more
          max-paths=many                   | max-paths="many": legal is a whole number
          exclude-paths=health             | exclude-paths="health": legal is /exact, /prefix/*, *.extension or /*
          exclude-paths=/a/*/b             | exclude-paths="/a/*/b": legal is
          exclude-paths=*.                 | exclude-paths="*.": legal is
          exclude-paths=                   | exclude-paths="": legal is /exact
          exclude-paths=,                  | exclude-paths=",": legal is patterns, comma-separated: /exact
          exclude-paths=/a, ,/b            | exclude-paths="/a, ,/b": legal is patterns
          extra-methods=                   | extra-methods="": legal is method names
          extra-methods=,                  | extra-methods=",": legal is method names, comma-separated
          extra-methods=,A                 | extra-methods=",A": legal is method names, comma-separated
          extra-methods=A B                | extra-methods="A B": legal is method names
          extra-methods=_OTHER             | extra-methods="_OTHER": legal is method names
          request-size=TRUE                | request-size="TRUE": legal is true or false
          metric-name=a;request-size=true  | request-size="true": legal is false with preset=simpleclient
          response-size=                   | response-size="": legal is true or false
          metric-name=a;response-size=true | response-size="true": legal is false with preset=simpleclient
          active-duration=yes              | active-duration="yes": legal is true or false
          metric-name=a;active-duration=true | active-duration="true": legal is false with preset=simpleclient
          first-byte=yes                   | first-byte="yes": legal is true or false
          metric-name=a;first-byte=true    | first-byte="true": legal is false with preset=simpleclient
          status-classes=2xx               | status-classes="2xx": legal is true or false
          metric-name=a;status-classes=true | status-classes="true": legal is false with preset=simpleclient
          const-labels=app                 | const-labels="app": legal is name=value
          const-labels=a=1,a=2             | const-labels="a=1,a=2" has "a" twice: legal is name=value
          const-labels=                    | const-labels="": legal is name=value
          const-labels=,                   | const-labels=",": legal is name=value
          const-labels=a=1,                | const-labels="a=1,": legal is name=value
          const-labels=path=1              | const-labels="path": legal is names
          const-labels=le=1                | const-labels="le": legal is names
          const-labels=cause=1             | const-labels="cause": legal is names
          const-labels=__a=1               | const-labels="__a": legal is names
          preset=otel;const-labels=url_scheme=1 | const-labels="url_scheme": legal is names
          registry-attribute=nowhere       | must hold a PrometheusRegistry when the application starts, but it holds nothing
          maxpaths=7                       | maxpaths="7" is no parameter; did you mean max-paths?
          histogramm=both                  | histogramm="both" is no parameter; did you mean histogram?
          """)
  void stopsTheApplication(String parameters, String message) {
    assertThatThrownBy(() -> start(parse(parameters)))
        .isInstanceOf(ServletException.class)
        .hasMessageContaining(message);
  }

  /** See docs/metrics.md: no label value is longer. */
  @Test
  void valuesOfLabelsThatAreTooLong() throws Exception {
    String longest = "a".repeat(256);
    String longestInBytes = "€".repeat(85) + "a";
    start(
        Map.of("const-labels", "a=" + longest + ",b=" + longestInBytes, "extra-methods", longest));

    for (String tooLong : List.of(longest + "a", longestInBytes + "a")) {
      assertThatThrownBy(() -> start(Map.of("const-labels", "app=" + tooLong)))
          .isInstanceOf(ServletException.class)
          .hasMessageContaining(
              "const-labels=\"app="
                  + tooLong
                  + "\": legal is values of 256 bytes in UTF-8 at most");
    }
    assertThatThrownBy(() -> start(Map.of("extra-methods", longest + "a")))
        .isInstanceOf(ServletException.class)
        .hasMessageContainingAll(
            "extra-methods=\"" + longest + "a\": legal is method names", "256 characters at most");
  }

  @Test
  void allProblemsAreToldAtOnce() {
    assertThatThrownBy(
            () -> start(Map.of("max-paths", "0", "buckets", "x", "request-size", "y", "nam", "z")))
        .isInstanceOf(ServletException.class)
        .hasMessageContainingAll(
            "max-paths=", "buckets=", "request-size=", "nam=\"z\" is no parameter");
  }

  @Test
  void theBuilderTellsThemByItsOwnNames() {
    assertThatThrownBy(
            () ->
                PrometheusRequestFilter.builder()
                    .maxPaths(0)
                    .histogram(HistogramKind.NATIVE)
                    .buckets(1, 2)
                    .label("path", request -> "x")
                    .build())
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContainingAll(
            "maxPaths=\"0\": legal is 1 or more",
            "buckets=\"[1.0, 2.0]\": legal only with histogram=classic or both",
            "label=\"path\": legal is names");
  }

  @Test
  void aFilterThatIsConfiguredInCodeRefusesInitParameters() {
    JettyApplication app = new JettyApplication();
    app.filter(PrometheusRequestFilter.builder().registry(app.registry).build());
    app.context.getServletHandler().getFilters()[0].setInitParameter("max-paths", "7");

    assertThatThrownBy(app::start)
        .isInstanceOf(ServletException.class)
        .hasMessageContaining(
            "has init-params, but is configured in code by the builder: max-paths=\"7\"");
  }

  @Test
  void anotherMetricOfTheSameName() {
    JettyApplication app = new JettyApplication().webXmlFilter(Map.of());
    Counter.builder().name("http_requests_total").labelNames("code").register(app.registry);

    assertThatThrownBy(() -> startAndClose(app))
        .isInstanceOf(ServletException.class)
        .hasMessageContainingAll("something else in this registry has one of", "http_requests");
  }

  private static void start(Map<String, String> initParameters) throws Exception {
    startAndClose(new JettyApplication().webXmlFilter(initParameters));
  }

  private static void startAndClose(JettyApplication app) throws Exception {
    try (app) {
      app.start();
    }
  }

  private static Map<String, String> parse(String parameters) {
    Map<String, String> parsed = new HashMap<>();
    for (String parameter : parameters.split(";")) {
      String[] pair = parameter.split("=", 2);
      parsed.put(pair[0], pair[1]);
    }
    return parsed;
  }
}
