package io.github.metricsfilter.integration;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** The Java in docs/routes.md is what these tests compile and run, character for character. */
class DocumentationTest {

  private static final Path SOURCES = Path.of("src/test/java/io/github/metricsfilter/integration");

  /** {@code tag::name[]} to {@code end::name[]}, whole lines. */
  private static final Pattern REGION =
      Pattern.compile(
          "^ *// tag::([\\w-]+)\\[\\]\\n(.*?)^ *// end::\\1\\[\\]$",
          Pattern.MULTILINE | Pattern.DOTALL);

  /** A block of Java, behind a comment that names its region. */
  private static final Pattern SNIPPET =
      Pattern.compile(
          "^<!-- region ([\\w-]+) -->\\n```java\\n(.*?)^```$", Pattern.MULTILINE | Pattern.DOTALL);

  @Test
  void snippetsAreRegionsOfTests() throws IOException {
    String docs = Files.readString(Path.of("../docs/routes.md"));

    Map<String, String> snippets = new LinkedHashMap<>();
    Matcher snippet = SNIPPET.matcher(docs);
    while (snippet.find()) {
      snippets.put(snippet.group(1), snippet.group(2));
    }

    assertThat(snippets).isEqualTo(regions());
    assertThat(docs.lines().filter(line -> line.startsWith("```java")))
        .hasSameSizeAs(snippets.keySet());
  }

  private static Map<String, String> regions() throws IOException {
    Map<String, String> regions = new LinkedHashMap<>();
    for (Path source : sources()) {
      Matcher region = REGION.matcher(Files.readString(source));
      while (region.find()) {
        regions.put(region.group(1), region.group(2).stripTrailing().stripIndent() + "\n");
      }
    }
    return regions;
  }

  private static List<Path> sources() throws IOException {
    try (Stream<Path> files = Files.list(SOURCES)) {
      return files.toList();
    }
  }
}
