package io.github.metricsfilter;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.reflect.Modifier;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** docs/metrics-servlet.md has a row for each setting that the code knows, and no other. */
class MetricsServletDocumentTest {

  private static List<String> rows() throws Exception {
    return Pattern.compile("(?m)^\\| `([a-z-]+)` \\|")
        .matcher(Files.readString(Path.of("../docs/metrics-servlet.md")))
        .results()
        .map((MatchResult row) -> row.group(1))
        .collect(Collectors.toList());
  }

  @Test
  void aRowForEachParameter() throws Exception {
    assertThat(rows()).containsExactlyElementsOf(InitParameters.SERVLET.names());
  }

  @Test
  void theBuilderHasACallForEachParameter() throws Exception {
    Stream<String> calls =
        Arrays.stream(MetricsServlet.Builder.class.getDeclaredMethods())
            .filter(method -> Modifier.isPublic(method.getModifiers()))
            .map(method -> method.getName());
    Stream<String> documented = rows().stream().map(Problems::camelCase);

    assertThat(calls)
        .containsExactlyInAnyOrderElementsOf(
            Stream.concat(documented, Stream.of("registry", "build")).toList());
  }
}
