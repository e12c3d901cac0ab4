package io.github.metricsfilter;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.metricsfilter.fixtures.Documentation;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A document's table of settings: a row for each, with what is legal and what it is unless set. */
final class SettingsTable {

  private static final Pattern ROW =
      Pattern.compile("(?m)^\\| `([a-z-]+)` \\| (.*?) \\| (.*?) \\| .*\\|$");

  private final List<String> names = new ArrayList<>();
  private final List<String> legal = new ArrayList<>();
  private final List<String> defaults = new ArrayList<>();

  SettingsTable(String document) {
    Matcher row = ROW.matcher(Documentation.read(document));
    while (row.find()) {
      names.add(row.group(1));
      legal.add(plain(row.group(2)));
      defaults.add(plain(row.group(3)));
    }
  }

  List<String> names() {
    return names;
  }

  /** It says what the code does, and may say more behind that. */
  void assertLegal(Setting<?> setting) {
    assertThat(legal.get(names.indexOf(setting.name)))
        .as(setting.name)
        .matches(Pattern.quote(plain(setting.legal)) + "([;, ].*)?");
  }

  /** It says this, and behind a colon may explain it. */
  void assertDefault(Setting<?> setting, String words) {
    assertThat(defaults.get(names.indexOf(setting.name)))
        .as(setting.name)
        .matches(Pattern.quote(words) + "(: .*)?");
  }

  private static String plain(String text) {
    return text.replace("`", "").replace(" or ", ", ");
  }
}
