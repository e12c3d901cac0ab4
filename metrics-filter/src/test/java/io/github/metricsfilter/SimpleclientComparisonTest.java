package io.github.metricsfilter;

import static java.util.stream.Collectors.toCollection;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.prometheus.client.CollectorRegistry;
import io.prometheus.client.exporter.common.TextFormat;
import io.prometheus.client.servlet.jakarta.filter.MetricsFilter;
import jakarta.servlet.DispatcherType;
import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.net.http.HttpRequest.BodyPublishers;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.eclipse.jetty.ee10.servlet.FilterHolder;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * The same parameters and the same traffic for simpleclient's filter and for ours: the scrapes are
 * the same, but for what time itself is in them: the sums, the {@code _created} series, and what is
 * counted in which bucket.
 */
class SimpleclientComparisonTest {

  private static final Pattern SAMPLE = Pattern.compile("(\\w+)(?:\\{(.*)})? (\\S+)");

  private final JettyApplication app = new JettyApplication("/shop");

  @AfterEach
  void stop() {
    app.close();
    CollectorRegistry.defaultRegistry.clear();
  }

  static Stream<Map<String, String>> webXmls() {
    return Stream.of(
        Map.of("metric-name", "webapp"),
        Map.of("metric-name", "webapp", "help", "Requests of the shop"),
        Map.of("metric-name", "webapp", "buckets", "10,20,30"),
        Map.of("metric-name", "webapp", "path-components", "3"),
        Map.of("metric-name", "webapp", "path-components", "0"),
        Map.of("metric-name", "webapp", "path-components", "2", "strip-context-path", "true"));
  }

  @ParameterizedTest
  @MethodSource("webXmls")
  void showsTheSame(Map<String, String> initParameters) throws Exception {
    FilterHolder theirs = new FilterHolder(MetricsFilter.class);
    theirs.setInitParameters(new HashMap<>(initParameters));
    app.context.addFilter(theirs, "/*", EnumSet.of(DispatcherType.REQUEST));
    app.webXmlFilter(new HashMap<>(initParameters))
        .servlet("/posts/*", (request, response) -> response.getWriter().print("posts"))
        .servlet("/teapot", (request, response) -> response.sendError(418))
        .start();

    List<String> paths =
        List.of("/shop/posts", "/shop/posts/1", "/shop/posts/1/edit", "/shop/teapot", "/shop/none");
    for (String path : paths) {
      app.get(path);
      app.get(path);
      app.send(app.request(path).POST(BodyPublishers.ofString("x")));
    }

    await().untilAsserted(() -> assertThat(ours()).isEqualTo(theirs()).isNotEmpty());
  }

  private SortedSet<String> ours() {
    return comparable(app.scrape().lines().filter(line -> !line.contains("metrics_filter_")));
  }

  private static SortedSet<String> theirs() {
    StringWriter scrape = new StringWriter();
    try {
      TextFormat.write004(scrape, CollectorRegistry.defaultRegistry.metricFamilySamples());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return comparable(scrape.toString().lines());
  }

  /** Each line with labels in one order and numbers in one format. */
  private static SortedSet<String> comparable(Stream<String> lines) {
    return lines
        .filter(line -> !line.contains("_created") && !line.contains("_sum"))
        .map(SimpleclientComparisonTest::comparable)
        .collect(toCollection(TreeSet::new));
  }

  private static String comparable(String line) {
    Matcher sample = SAMPLE.matcher(line);
    if (line.startsWith("#") || !sample.matches()) {
      return line;
    }
    List<String> labels = new ArrayList<>();
    for (String label : sample.group(2).split(",")) {
      if (!label.isEmpty()) {
        labels.add(label);
      }
    }
    labels.sort(null);
    if (sample.group(1).endsWith("_bucket") && !labels.contains("le=\"+Inf\"")) {
      return sample.group(1) + labels; // two filters can read the clock on two sides of a bound
    }
    return sample.group(1) + labels + " " + Double.parseDouble(sample.group(3));
  }
}
