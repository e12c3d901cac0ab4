package io.github.metricsfilter;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.reflect.Modifier;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** docs/configuration.md has a row for each setting that the code knows, and no other. */
class ConfigurationDocumentTest {

  private static final Path DOCUMENT = Path.of("../docs/configuration.md");

  @Test
  void aRowForEachParameter() throws Exception {
    assertThat(rows("\\| `([a-z-]+)` \\|.*"))
        .containsExactlyInAnyOrderElementsOf(InitParameters.FILTER.names());
  }

  @Test
  void theBuilderHasACallForEachParameterAndARowForEachOther() throws Exception {
    Set<String> documented = rows("\\| `([a-zA-Z]+)\\(.*");
    for (String parameter : rows("\\| `([a-z-]+)` \\|.*")) {
      documented.add(Problems.camelCase(parameter));
    }
    documented.add("build");

    Set<String> calls = new TreeSet<>();
    Arrays.stream(PrometheusRequestFilter.Builder.class.getDeclaredMethods())
        .filter(method -> Modifier.isPublic(method.getModifiers()))
        .forEach(method -> calls.add(method.getName()));
    assertThat(documented).containsExactlyInAnyOrderElementsOf(calls);
  }

  private static Set<String> rows(String row) throws Exception {
    Set<String> found = new TreeSet<>();
    for (String line : Files.readAllLines(DOCUMENT)) {
      Matcher matcher = Pattern.compile(row).matcher(line);
      if (matcher.matches()) {
        found.add(matcher.group(1));
      }
    }
    return found;
  }
}
