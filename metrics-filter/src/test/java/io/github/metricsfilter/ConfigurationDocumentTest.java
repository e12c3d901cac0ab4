package io.github.metricsfilter;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.metricsfilter.fixtures.Documentation;
import io.github.metricsfilter.internal.series.Schema;
import java.lang.reflect.Modifier;
import java.util.Arrays;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** docs/configuration.md has a row for each setting that the code knows, and no other. */
class ConfigurationDocumentTest {

  private static final String DOCUMENT = "docs/configuration.md";

  private final SettingsTable table = new SettingsTable(DOCUMENT);

  @Test
  void aRowForEachParameter() {
    assertThat(table.names())
        .containsExactlyInAnyOrderElementsOf(
            Settings.all().stream().map(setting -> setting.name).toList());
  }

  @Test
  void whatIsLegal() {
    assertThat(Settings.all()).isNotEmpty().allSatisfy(table::assertLegal);
  }

  @Test
  void theDefaults() {
    assertThat(Settings.all())
        .isNotEmpty()
        .filteredOn(setting -> setting != Settings.BUCKETS)
        .allSatisfy(setting -> table.assertDefault(setting, setting.defaultInWords));
  }

  @Test
  void theBucketsOfEachPreset() {
    String others = seconds(Schema.otel());

    table.assertDefault(
        Settings.BUCKETS, seconds(Schema.standard("")) + "; in the other presets " + others);
    assertThat(seconds(Schema.simpleclient("name", "help"))).isEqualTo(others);
    assertThat(seconds(Schema.micrometer())).isEqualTo(others);
  }

  /** As the document writes them, without the nought before the point. */
  private static String seconds(Schema preset) {
    return Arrays.stream(preset.defaultBuckets())
        .mapToObj(bound -> String.valueOf(bound).replaceFirst("^0|[.]0$", ""))
        .collect(Collectors.joining(", "));
  }

  @Test
  void theBuilderHasACallForEachParameterAndARowForEachOther() {
    Set<String> documented = new TreeSet<>();
    table.names().forEach(parameter -> documented.add(Problems.camelCase(parameter)));
    Pattern.compile("(?m)^\\| `([a-zA-Z]+)\\(")
        .matcher(Documentation.read(DOCUMENT))
        .results()
        .forEach(call -> documented.add(call.group(1)));
    documented.add("build");

    Set<String> calls = new TreeSet<>();
    Arrays.stream(PrometheusRequestFilter.Builder.class.getDeclaredMethods())
        .filter(method -> Modifier.isPublic(method.getModifiers()))
        .forEach(method -> calls.add(method.getName()));
    assertThat(documented).containsExactlyInAnyOrderElementsOf(calls);
  }
}
