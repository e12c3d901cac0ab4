package io.github.metricsfilter;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.metricsfilter.fixtures.Documentation;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** docs/troubleshooting.md has every message that the code logs. */
class TroubleshootingDocumentTest {

  private static final Pattern LOG = Pattern.compile("(?s)\\bLOG\\.log\\((.*?)\\);");

  /** A message that is made before it is logged. */
  private static final Pattern VARIABLE = Pattern.compile("(?s)[A-Z]+, (\\w+)(, .*)?");

  /** The failures of requests and of scrapes are logged in one place, and described by callers. */
  private static final Pattern FAILURE =
      Pattern.compile("(?s)(?<!observation\\.)\\bfailed\\((.*?)\\);");

  private static final Pattern LITERAL =
      Pattern.compile("\"((?:[^\"\\\\]|\\\\.)*)\"(\\s*\\+\\s*(?=\"))?");

  @Test
  void hasEachLogMessage() throws IOException {
    List<String> messages = new ArrayList<>();
    for (Path source : sources()) {
      String code = Files.readString(source);
      Matcher log = LOG.matcher(code);
      while (log.find()) {
        Matcher variable = VARIABLE.matcher(log.group(1));
        messages.add(
            literals(variable.matches() ? assignment(code, variable.group(1)) : log.group(1)));
      }
      Matcher failure = FAILURE.matcher(code);
      while (failure.find()) {
        messages.add(literals(failure.group(1)));
      }
    }
    messages.removeIf(String::isEmpty); // of calls that pass on what they were given

    String document = Documentation.read("docs/troubleshooting.md");
    assertThat(messages)
        .hasSizeGreaterThan(20)
        .allSatisfy(
            message -> {
              String pattern =
                  Stream.of(message.split("\\{\\d}", -1))
                      .map(part -> Pattern.quote(part.strip()))
                      .collect(Collectors.joining(" ?… ?"));
              assertThat(Pattern.compile(pattern).matcher(document).find()).as(message).isTrue();
            });
  }

  private static List<Path> sources() throws IOException {
    try (Stream<Path> files = Files.walk(Path.of("src/main/java"))) {
      return files.filter(file -> file.toString().endsWith(".java")).collect(Collectors.toList());
    }
  }

  private static String assignment(String code, String variable) {
    Matcher assignment = Pattern.compile("(?s)\\bString " + variable + " =(.*?);\n").matcher(code);
    assertThat(assignment.find()).as(variable).isTrue();
    return assignment.group(1);
  }

  /** The literals of some code as one message, with {0} where a variable stands between them. */
  private static String literals(String code) {
    StringBuilder message = new StringBuilder();
    Matcher literal = LITERAL.matcher(code);
    while (literal.find()) {
      message.append(literal.group(1)).append(literal.group(2) == null ? "{0}" : "");
    }
    return message.toString().replace("\\\"", "\"").replaceAll("\\{0}$", "");
  }
}
