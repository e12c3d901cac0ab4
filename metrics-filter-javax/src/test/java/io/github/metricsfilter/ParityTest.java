package io.github.metricsfilter;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.spi.ToolProvider;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Moving from one artifact to the other is changing its name. */
class ParityTest {

  private static final Path JAKARTA = Path.of("..", "metrics-filter", "target", "classes");
  private static final Path JAVAX = Path.of("target", "classes");

  @Test
  void sameClasses() throws IOException {
    assertThat(classes(JAVAX)).isEqualTo(classes(JAKARTA)).isNotEmpty();
  }

  @Test
  void sameApiButForTheServletTypes() throws IOException {
    assertThat(api(JAVAX))
        .contains("javax.servlet.Filter", "javax.ws.rs.container.DynamicFeature")
        .doesNotContain("jakarta")
        .isEqualTo(api(JAKARTA).replace("jakarta.", "javax."));
  }

  /** The declarations of what users can see, as the compiler wrote them. */
  private static String api(Path root) throws IOException {
    List<String> arguments =
        classes(root).stream()
            .filter(name -> !name.contains("internal"))
            .map(name -> root.resolve(name).toString())
            .collect(Collectors.toList());
    arguments.addAll(0, List.of("-protected", "-constants"));
    StringWriter api = new StringWriter();
    PrintWriter out = new PrintWriter(api);
    ToolProvider javap = ToolProvider.findFirst("javap").orElseThrow();
    int status = javap.run(out, out, arguments.toArray(new String[0]));
    assertThat(status).as(api.toString()).isZero();
    return api.toString();
  }

  private static List<String> classes(Path root) throws IOException {
    try (Stream<Path> files = Files.walk(root)) {
      return files
          .filter(file -> file.toString().endsWith(".class"))
          .map(file -> root.relativize(file).toString())
          .sorted()
          .collect(Collectors.toList());
    }
  }
}
