package io.github.metricsfilter;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.metricsfilter.fixtures.Documentation;
import io.prometheus.client.Collector.MetricFamilySamples;
import io.prometheus.client.CollectorRegistry;
import io.prometheus.client.hotspot.DefaultExports;
import java.util.Collections;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** docs/migration.md has a row for each JVM metric of simpleclient that has another name now. */
class MigrationDocumentTest {

  private static final Pattern TABLE =
      Pattern.compile("(?m)^\\| simpleclient's `DefaultExports` 0.16 \\|.*\n.*\n((?:\\|.*\n)+)");

  private static final Pattern ROW = Pattern.compile("\\| `(\\w+)` \\| `(\\w+)` \\|");

  @Test
  void eachNameThatHasChanged() throws Exception {
    Map<String, String> documented = new TreeMap<>();
    Matcher table = TABLE.matcher(Documentation.read("docs/migration.md"));
    assertThat(table.find()).isTrue();
    ROW.matcher(table.group(1))
        .results()
        .forEach(row -> documented.put(row.group(1), row.group(2)));

    Set<String> before = simpleclients();
    Set<String> now = ours();

    assertThat(now).containsAll(documented.values());
    before.removeAll(now);
    assertThat(before).isEqualTo(documented.keySet());
  }

  private static Set<String> simpleclients() {
    CollectorRegistry registry = new CollectorRegistry();
    DefaultExports.register(registry);
    Set<String> names = new TreeSet<>();
    for (MetricFamilySamples family : Collections.list(registry.metricFamilySamples())) {
      family.samples.forEach(sample -> names.add(sample.name));
    }
    names.removeIf(name -> name.endsWith("_created"));
    // Which there is once the collector has run, and whose name is the same.
    names.remove("jvm_memory_pool_allocated_bytes_total");
    return names;
  }

  private static Set<String> ours() throws Exception {
    try (JettyApplication app = new JettyApplication()) {
      app.metrics(MetricsServlet.builder().registry(app.registry)).start();
      Set<String> names = new TreeSet<>();
      app.get("/metrics")
          .body()
          .lines()
          .filter(line -> !line.startsWith("#"))
          .forEach(line -> names.add(line.split("[{ ]", 2)[0]));
      return names;
    }
  }
}
