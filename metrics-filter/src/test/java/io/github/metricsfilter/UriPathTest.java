package io.github.metricsfilter;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class UriPathTest {

  @ParameterizedTest
  @CsvSource({
    "/, 0, /",
    "/a, 0, /a",
    "/a/b/c, 0, /a/b/c",
    "/a/b/c, 1, /a",
    "/a/b/c, 2, /a/b",
    "/a/b/c, 9, /a/b/c",
    "//a///b//, 0, /a/b",
    "//a///b//, 1, /a",
    "/a;x=1/b;y=2;z, 0, /a/b",
    "/;jsessionid=1, 1, /",
    "/;x/a, 1, /a",
    "/%41/%2F, 0, /%41/%2F",
    "*, 1, *",
    "'', 1, /",
    "////, 3, /",
  })
  void keepsTheFirstComponents(String path, int components, String expected) {
    assertThat(UriPath.of(path, 0, components)).isEqualTo(expected);
  }

  @Test
  void aPathOfWhichNothingIsLeftOutIsNotCopied() {
    String path = "/a/b/c";

    assertThat(UriPath.of(path, 0, 0)).isSameAs(path);
    assertThat(UriPath.of("/app/b/c", 4, 0)).isEqualTo("/b/c");
    assertThat(UriPath.of("/app/b//c/", 4, 0)).isEqualTo("/b/c");
    assertThat(UriPath.of("/app", 4, 0)).isEqualTo("/");
  }

  @Test
  void onlyWhatIsKeptMustBeShort() {
    String longest = "/a/" + "b".repeat(LabelValue.MAX_BYTES - 3);

    assertThat(UriPath.of(longest + "/;c", 0, 0)).isEqualTo(longest);
    assertThat(UriPath.of("/a;" + "x".repeat(5000) + "//b/", 0, 0)).isEqualTo("/a/b");
    assertThat(UriPath.of("/a/" + "x".repeat(5000), 0, 1)).isEqualTo("/a");
  }

  @Test
  void whatWouldBeTooLongStaysAsItIs() {
    String uri = "/a//" + "b".repeat(LabelValue.MAX_BYTES - 2);

    assertThat(UriPath.of(uri, 0, 0)).isSameAs(uri);
    assertThat(UriPath.of("/app" + uri, 4, 2)).isEqualTo("/app" + uri);
  }

  /** Each character is looked at once: with a search for each segment, this would take hours. */
  @Test
  @Timeout(60)
  void takesNoMoreThanOnePass() {
    String many = "/a".repeat(5_000_000);

    assertThat(UriPath.of(many, 0, 0)).isSameAs(many);
    assertThat(UriPath.of("/".repeat(5_000_000) + "a", 0, 0)).isEqualTo("/a");
    assertThat(UriPath.of("/;a".repeat(5_000_000), 0, 0)).isEqualTo("/");
  }

  /** Whatever a client sends, the value is no longer than the path and is its own normal form. */
  @Test
  void survivesAnyPath() {
    Random random = new Random(20261123);
    String alphabet = "/;/;.%2aé\u0000\n\"\\ \uD800=&?#";
    for (int round = 0; round < 200_000; round++) {
      StringBuilder path = new StringBuilder("/");
      for (int length = random.nextInt(24); length > 0; length--) {
        path.append(alphabet.charAt(random.nextInt(alphabet.length())));
      }
      int components = random.nextInt(5);

      String value = UriPath.of(path.toString(), 0, components);

      assertThat(value).startsWith("/").doesNotContain("//", ";");
      assertThat(value.length()).isLessThanOrEqualTo(path.length());
      assertThat(UriPath.of(value, 0, components)).isEqualTo(value);
      if (components > 0) {
        assertThat(value.chars().filter(c -> c == '/').count()).isLessThanOrEqualTo(components);
      }
    }
  }
}
