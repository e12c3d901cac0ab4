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

/** The project's documents and the code that they show. */
final class Documentation {

  private static final Pattern BLOCK = Pattern.compile("(?ms)^```(\\w+)\n(.*?)^```$");

  private Documentation() {}

  private static String read(String file) {
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
