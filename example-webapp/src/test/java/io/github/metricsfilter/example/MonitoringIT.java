package io.github.metricsfilter.example;

import static java.util.stream.Collectors.joining;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.github.metricsfilter.fixtures.Documentation;
import io.github.metricsfilter.fixtures.Installed;
import io.github.metricsfilter.fixtures.PrometheusServer;
import java.io.IOException;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * What monitoring/ has, with the real Prometheus and the real Alertmanager, while the example is
 * under load and one of its routes fails: each query, metric and label exists, and an alert reaches
 * the one on call.
 */
class MonitoringIT {

  private static final Path MONITORING = Path.of("../monitoring");
  private static final Path DASHBOARD =
      MONITORING.resolve("grafana/dashboards/web-application.json");

  private static final ObjectMapper JSON = new ObjectMapper();

  /** The name of a metric, with its labels if there are any; or a word of PromQL. */
  private static final Pattern SELECTOR =
      Pattern.compile("(?<![\\w:])[a-zA-Z_:][\\w:]*+(\\{[^}]*\\})?+(?! *\\()");

  private static final Pattern LABELS =
      Pattern.compile("\\b(?:by|on|without|ignoring|group_right) ?\\(([^)]*)\\)");

  private static final Set<String> WORDS =
      Set.of("and", "or", "unless", "bool", "offset", "by", "on", "without");

  @TempDir static Path directory;

  private static final List<AutoCloseable> running = new ArrayList<>();
  private static final Set<String> answered = new HashSet<>();
  private static PrometheusServer prometheus;
  private static AlertmanagerServer alertmanager;

  @BeforeAll
  static void start() throws Exception {
    Installed.assume("prometheus");
    AlertmanagerServer.assumeInstalled();
    ExampleProcess example =
        ExampleProcess.start(
            directory,
            Map.of(
                "PORT", "0",
                "POSTS_URL", "http://127.0.0.1:" + closedPort() + "/",
                "JAVA_TOOL_OPTIONS", "-Xmx48m")); // so that garbage is collected, too
    running.add(example);
    alertmanager =
        AlertmanagerServer.start(
            directory, Files.readString(MONITORING.resolve("alertmanager.yml")));
    running.add(alertmanager);
    prometheus = PrometheusServer.start(directory, configuration(example));
    running.add(prometheus);
    CompletableFuture<?> load = CompletableFuture.runAsync(() -> load(example));
    running.add(() -> load.cancel(true));
  }

  private static String configuration(ExampleProcess example) throws IOException {
    Path rules = Files.createDirectory(directory.resolve("rules"));
    try (Stream<Path> files = Files.list(MONITORING.resolve("rules"))) {
      for (Path file : files.toList()) {
        Files.writeString(
            rules.resolve(file.getFileName()),
            Files.readString(file).replaceAll("(?m)^( *for): .*$", "$1: 1s"));
      }
    }
    return Files.readString(Path.of("../prometheus.yml"))
        .replace("_interval: 10s", "_interval: 1s")
        .replace(
            "[\"app:8000\"]",
            "[\"" + example.uri("").getAuthority() + "\"]\n        labels: {region: eu}")
        .replace("alertmanager:9093", alertmanager.address())
        .replace("monitoring/rules", rules.toString());
  }

  private static int closedPort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0)) {
      return socket.getLocalPort();
    }
  }

  /** Until the example has gone. */
  private static void load(ExampleProcess example) {
    try {
      while (true) {
        for (String path : new String[] {"/", "/", "/posts", "/unknown"}) {
          example.get(path);
        }
      }
    } catch (IOException e) {
      return;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  @AfterAll
  static void stop() throws Exception {
    for (AutoCloseable each : running) {
      each.close();
    }
  }

  @Test
  void anAlertReachesTheOneOnCall() {
    await()
        .atMost(Duration.ofSeconds(90))
        .untilAsserted(
            () ->
                assertThat(alertmanager.calls())
                    .anySatisfy(
                        call -> {
                          JsonNode json = JSON.readTree(call);
                          assertThat(json.at("/receiver").asText()).isEqualTo("on-call");
                          JsonNode alert = json.at("/alerts/0");
                          assertThat(alert.at("/status").asText()).isEqualTo("firing");
                          assertThat(alert.at("/labels/alertname").asText())
                              .isEqualTo("HttpErrorBudgetBurn");
                          assertThat(alert.at("/labels/job").asText()).isEqualTo("app");
                          assertThat(alert.at("/annotations/summary").asText())
                              .matches("app: \\d+(\\.\\d+)?% of requests fail");
                        }));
  }

  @Test
  void eachRuleIsEvaluated() throws Exception {
    for (JsonNode rule : rules()) {
      String name = rule.get("name").asText();
      await(name)
          .atMost(Duration.ofSeconds(60))
          .untilAsserted(() -> assertThat(healthOf(name)).containsOnly("ok"));
      if (rule.get("type").asText().equals("recording")) {
        awaitData(name);
      }
    }
  }

  private static List<String> healthOf(String name) throws Exception {
    List<String> health = new ArrayList<>();
    for (JsonNode rule : rules()) {
      if (rule.get("name").asText().equals(name)) {
        health.add(rule.get("health").asText());
      }
    }
    return health;
  }

  private static List<JsonNode> rules() throws Exception {
    List<JsonNode> rules = new ArrayList<>();
    for (JsonNode group : prometheus.data("rules", Map.of()).get("groups")) {
      group.get("rules").forEach(rules::add);
    }
    assertThat(rules).isNotEmpty();
    return rules;
  }

  @Test
  void eachMetricAndLabelOfTheRulesExists() throws Exception {
    for (JsonNode rule : rules()) {
      assertEachMetricAndLabelExists(rule.get("query").asText());
    }
  }

  @Test
  void eachPanelOfTheDashboardHasData() throws Exception {
    JsonNode dashboard = JSON.readTree(DASHBOARD.toFile());
    List<String> queries = new ArrayList<>();
    for (JsonNode panel : dashboard.get("panels")) {
      for (JsonNode target : panel.path("targets")) {
        queries.add(interpolated(target.get("expr").asText()));
      }
    }
    assertThat(queries).hasSizeGreaterThan(30);
    for (String query : queries) {
      awaitData(query);
      assertEachMetricAndLabelExists(query);
    }
    for (JsonNode annotation : dashboard.at("/annotations/list")) {
      assertEachMetricAndLabelExists(interpolated(annotation.at("/target/expr").asText()));
    }
  }

  /** As Grafana does, here with "All" in each variable. */
  private static String interpolated(String query) {
    String interpolated =
        query.replace("$__rate_interval", "20s").replaceAll("\\$(job|instance|route)\\b", ".+");
    assertThat(interpolated).doesNotContain("$");
    return interpolated;
  }

  @Test
  void eachVariableOfTheDashboardHasValues() throws Exception {
    Pattern labelValues = Pattern.compile("label_values\\((.*), (\\w+)\\)");
    int variables = 0;
    for (JsonNode variable : JSON.readTree(DASHBOARD.toFile()).at("/templating/list")) {
      if (variable.get("type").asText().equals("query")) {
        Matcher query = labelValues.matcher(interpolated(variable.at("/query/query").asText()));
        assertThat(query.matches()).as(variable.toString()).isTrue();
        awaitLabel(Set.of(query.group(1)), query.group(2));
        variables++;
      }
    }
    assertThat(variables).isEqualTo(3);
  }

  @Test
  void eachAlertHasItsParagraphInTheRunbook() throws Exception {
    String runbook = Files.readString(MONITORING.resolve("runbook.md"));
    String tests = Files.readString(MONITORING.resolve("tests/alerts_test.yml"));
    tests += Files.readString(MONITORING.resolve("tests/slow_burn_test.yml"));
    List<String> alerts = new ArrayList<>();
    for (JsonNode rule : rules()) {
      if (rule.get("type").asText().equals("alerting")) {
        String name = rule.get("name").asText();
        assertThat(rule.at("/annotations/runbook_url").asText())
            .endsWith("/monitoring/runbook.md#" + name.toLowerCase(Locale.ROOT));
        assertThat(tests).contains(name);
        alerts.add(name);
      }
    }
    List<String> paragraphs =
        runbook.lines().filter(line -> line.startsWith("## ")).map(l -> l.substring(3)).toList();
    assertThat(paragraphs).containsExactlyInAnyOrderElementsOf(alerts);
  }

  @Test
  void theReadmesQueriesHaveAnswers() throws Exception {
    for (String query : Documentation.block("README.md", "promql", "rate").split("\n")) {
      awaitNotEmpty(query);
    }
  }

  /** What docs/scaling.md reckons with, beside the series of requests. */
  @Test
  void theOtherSeriesAreAboutAHundredAndFifty() throws Exception {
    String query = "sum(scrape_samples_scraped) - count({__name__=~'http_request.*'})";
    awaitNotEmpty(query);
    assertThat(prometheus.query(query).values())
        .singleElement()
        .satisfies(series -> assertThat(series).isBetween(120.0, 180.0));
  }

  /** Numbers, and not only NaN, which a division by zero gives. */
  private static void awaitData(String query) {
    awaitNotEmpty("count((" + query + ") == (" + query + "))");
  }

  private static void awaitLabel(Set<String> selectors, String label) {
    awaitNotEmpty(
        selectors.stream()
            .map(selector -> "count(" + with(selector, label + "!=\"\"") + ")")
            .collect(joining(" or ")));
  }

  private static String with(String selector, String matcher) {
    return selector.endsWith("}")
        ? selector.substring(0, selector.length() - 1) + ", " + matcher + "}"
        : selector + "{" + matcher + "}";
  }

  private static void awaitNotEmpty(String query) {
    if (answered.add(query)) {
      await(query)
          .atMost(Duration.ofSeconds(60))
          .pollDelay(Duration.ZERO) // most have data at once
          .untilAsserted(() -> assertThat(prometheus.query(query)).isNotEmpty());
    }
  }

  private static void assertEachMetricAndLabelExists(String query) {
    Set<String> selectors = selectors(query);
    assertThat(selectors).as(query).isNotEmpty();
    selectors.forEach(selector -> awaitNotEmpty("count(" + selector + ")"));
    Matcher lists = LABELS.matcher(query);
    while (lists.find()) {
      for (String label : lists.group(1).split(", ?", -1)) {
        if (!label.isEmpty()) {
          awaitLabel(selectors, label);
        }
      }
    }
  }

  private static Set<String> selectors(String query) {
    String bare =
        LABELS.matcher(query).replaceAll("").replaceAll("\\[[^]]*\\]|\\b\\d+[smhd]\\b", "");
    Set<String> selectors = new LinkedHashSet<>();
    Matcher selector = SELECTOR.matcher(bare);
    while (selector.find()) {
      if (!WORDS.contains(selector.group())) {
        selectors.add(selector.group());
      }
    }
    return selectors;
  }
}
