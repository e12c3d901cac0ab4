package io.github.metricsfilter;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.metricsfilter.fixtures.Documentation;
import io.github.metricsfilter.internal.pools.FakeMBean;
import java.net.http.HttpRequest;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import javax.management.JMException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * docs/stability.md has each metric with its labels, and a scrape shows no other. If this fails,
 * somebody's dashboard does.
 */
class StabilityDocumentTest {

  private static final Pattern ROW =
      Pattern.compile("(?m)^\\| (`[a-z]+`|all) \\| `([a-z_]+)` \\| (.*)\\|$");

  private static final Pattern CODE = Pattern.compile("`([a-z_]+)`");

  private static final Pattern LABEL = Pattern.compile("([a-z_]+)=\"");

  private final List<FakeMBean> container = new ArrayList<>();

  @BeforeEach
  void registerPools() throws JMException {
    container.add(
        new FakeMBean(
            "Tomcat:type=ThreadPool,name=\"http-nio-8080\"",
            Map.of("connectionCount", 1L, "maxConnections", 8192)));
    container.add(
        new FakeMBean(
            "Tomcat:type=Executor,name=requests",
            Map.of("activeCount", 1, "poolSize", 2, "maxThreads", 3, "queueSize", 0)));
  }

  @AfterEach
  void unregisterPools() throws JMException {
    for (FakeMBean bean : container) {
      bean.close();
    }
  }

  @ParameterizedTest
  @CsvSource({
    "default, request-size=true response-size=true active-duration=true first-byte=true",
    "simpleclient, metric-name=webapp",
    "otel, request-size=true response-size=true active-duration=true first-byte=true",
    "micrometer, request-size=true response-size=true active-duration=true first-byte=true",
  })
  void aScrapeShowsTheDocumentedMetrics(String preset, String others) throws Exception {
    Map<String, String> settings = new HashMap<>();
    settings.put("preset", preset);
    for (String other : others.split(" ", -1)) {
      settings.put(other.replaceFirst("=.*", ""), other.replaceFirst(".*=", ""));
    }
    try (JettyApplication application =
        new JettyApplication()
            .webXmlFilter(settings)
            .webXmlMetrics(Map.of("jvm-metrics", "false"))
            .servlet("/broken", (request, response) -> response.sendError(500))
            .start()) {
      application.get("/broken"); // only errors have an error_type

      assertThat(shown(application)).isEqualTo(documented(preset));
    }
  }

  /** The labels of each metric. */
  private static Map<String, Set<String>> documented(String preset) {
    Map<String, Set<String>> documented = new TreeMap<>();
    Matcher row = ROW.matcher(Documentation.read("docs/stability.md"));
    while (row.find()) {
      if (List.of("`" + preset + "`", "all").contains(row.group(1))) {
        documented.put(row.group(2), names(CODE, row.group(3)));
      }
    }
    return documented;
  }

  private static Map<String, Set<String>> shown(JettyApplication application) throws Exception {
    Exposition scrape =
        Exposition.text(
            application.bytes(HttpRequest.newBuilder(application.uri("/metrics"))).body());
    Map<String, Set<String>> shown = new TreeMap<>();
    for (String sample : scrape.samples().keySet()) {
      String name = sample.replaceFirst("(?s)\\{.*", "");
      String family = name.replaceFirst("_(bucket|count|sum)$", "");
      Set<String> labels = names(LABEL, sample);
      labels.remove("le");
      shown
          .computeIfAbsent(
              scrape.type(family).equals("histogram") ? family : name, any -> new TreeSet<>())
          .addAll(labels);
    }
    return shown;
  }

  private static Set<String> names(Pattern pattern, String text) {
    return pattern
        .matcher(text)
        .results()
        .map((MatchResult result) -> result.group(1))
        .collect(Collectors.toCollection(TreeSet::new));
  }
}
