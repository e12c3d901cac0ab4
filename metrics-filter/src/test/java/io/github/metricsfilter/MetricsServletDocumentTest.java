package io.github.metricsfilter;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.reflect.Modifier;
import java.util.Arrays;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** docs/metrics-servlet.md has a row for each setting that the code knows, and no other. */
class MetricsServletDocumentTest {

  private final SettingsTable table = new SettingsTable("docs/metrics-servlet.md");

  @Test
  void aRowForEachParameter() {
    assertThat(table.names())
        .containsExactlyElementsOf(
            ServletSettings.ALL.stream().map(setting -> setting.name).toList());
  }

  @Test
  void whatIsLegal() {
    assertThat(ServletSettings.ALL).isNotEmpty().allSatisfy(table::assertLegal);
  }

  @Test
  void theDefaults() {
    assertThat(ServletSettings.ALL)
        .isNotEmpty()
        .allSatisfy(setting -> table.assertDefault(setting, setting.defaultInWords));
  }

  @Test
  void theBuilderHasACallForEachParameter() {
    Stream<String> calls =
        Arrays.stream(MetricsServlet.Builder.class.getDeclaredMethods())
            .filter(method -> Modifier.isPublic(method.getModifiers()))
            .map(method -> method.getName());
    Stream<String> documented = table.names().stream().map(Problems::camelCase);

    assertThat(calls)
        .containsExactlyInAnyOrderElementsOf(
            Stream.concat(documented, Stream.of("registry", "build")).toList());
  }
}
