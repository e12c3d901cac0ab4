package io.github.metricsfilter;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** The project's documents and the code that they show. */
final class Documentation {

  private static final Pattern PROMISES =
      Pattern.compile("(?m)^\\| promise \\| test \\|\n.*\n((\\|.*\n)+)");

  private static final Pattern CODE = Pattern.compile("`([^`]+)`");

  private static final Pattern BLOCK = Pattern.compile("(?ms)^```(\\w+)\n(.*?)^```$");

  private Documentation() {}

  static String read(String file) {
    try {
      return Files.readString(Path.of("..").resolve(file));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The blocks of a language in a document, in order. */
  static List<String> blocks(String document, String language) {
    List<String> blocks = new ArrayList<>();
    Matcher block = BLOCK.matcher(read(document));
    while (block.find()) {
      if (block.group(1).equals(language)) {
        blocks.add(block.group(2));
      }
    }
    return blocks;
  }

  /** The only block of a language in a document that contains this text. */
  static String block(String document, String language, String text) {
    List<String> found =
        blocks(document, language).stream()
            .filter(block -> block.contains(text))
            .collect(Collectors.toList());
    assertThat(found).as("blocks of %s with %s", document, text).hasSize(1);
    return found.get(0);
  }

  /** The tests that a document's tables of promises name, at least one for each. */
  static List<String> tests(String document) {
    List<String> tests = new ArrayList<>();
    Matcher table = PROMISES.matcher(read(document));
    while (table.find()) {
      for (String row : table.group(1).split("\n")) {
        List<String> named =
            CODE.matcher(row.substring(row.lastIndexOf('|', row.length() - 2)))
                .results()
                .map(match -> match.group(1))
                .collect(Collectors.toList());
        assertThat(named).as(row).isNotEmpty();
        tests.addAll(named);
      }
    }
    return tests;
  }

  /** The source of a test class, of whatever module. */
  static String source(String className) throws IOException {
    try (Stream<Path> files = Files.walk(Path.of(".."))) {
      List<Path> found =
          files
              .filter(file -> file.endsWith(className + ".java"))
              .filter(file -> !file.toString().contains("/target/")) // generated from another
              .collect(Collectors.toList());
      assertThat(found).as(className).hasSize(1);
      return Files.readString(found.get(0));
    }
  }

  /** What is between {@code tag::name[]} and {@code end::name[]} in a source, not indented. */
  static String region(String source, String name) {
    String text = read(source);
    Matcher region =
        Pattern.compile("(?s)[^\n]*tag::" + name + "\\[][^\n]*\n(.*?)[^\n]*end::" + name + "\\[]")
            .matcher(text);
    assertThat(region.find()).as("%s in %s", name, source).isTrue();
    return region.group(1).stripTrailing().stripIndent() + "\n";
  }
}
