package io.github.metricsfilter.internal.request;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class UrlPatternTest {

  @ParameterizedTest
  @CsvSource({
    "/a, /a, true",
    "/a, /a/, false",
    "/a, /ab, false",
    "/, /, true",
    "/, /a, false",
    "/a/*, /a, true",
    "/a/*, /a/, true",
    "/a/*, /a/b/c, true",
    "/a/*, /ab, false",
    "/a/*, /b/a, false",
    "/*, '', true",
    "/*, /, true",
    "/*, /a/b, true",
    "*.css, /a/b.css, true",
    "*.css, /a/b.css/c, false",
    "*.css, /bcss, false",
    "*.c, /a.c, true",
  })
  void matches(String pattern, String path, boolean matches) {
    assertThat(new UrlPattern(pattern).matches(path)).isEqualTo(matches);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "a", "*", "*.", "*.a/b", "*.*", "/a*", "/*/a", "/a/*/*", "a/*", "**"})
  void isNone(String pattern) {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new UrlPattern(pattern))
        .withMessage(pattern);
  }

  @Test
  void isShownAsItWasWritten() {
    assertThat(new UrlPattern("/a/*")).hasToString("/a/*");
    assertThat(new UrlPattern("*.css")).hasToString("*.css");
  }
}
