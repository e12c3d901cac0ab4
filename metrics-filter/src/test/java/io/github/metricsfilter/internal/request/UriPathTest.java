package io.github.metricsfilter.internal.request;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.metricsfilter.internal.series.LabelValue;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

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
    "a/b, 0, /a/b",
    "a;x/b, 1, /a",
    ";x=1/a/b/c, 1, /a",
    "a;, 0, /a",
  })
  void keepsTheFirstComponents(String path, int components, String expected) {
    assertThat(UriPath.of(path, 0, components)).isEqualTo(expected);
  }

  /** See RFC 3986, section 5.2.4. */
  @ParameterizedTest
  @CsvSource({
    "/./a, /a",
    "/a/., /a",
    "/a/.., /",
    "/.., /",
    "/../../a, /a",
    "/x/../a/b, /a/b",
    "/x/y/../../a/b, /a/b",
    "/x/./y/./../../a, /a",
    "/x//../a, /a",
    "/x/..;v=1/a, /a",
    "/x;v=1/../a, /a",
    "/x/%2e%2E/a, /a",
    "/x/.%2e/a, /a",
    "/%2E/a, /a",
    "/a/.../.b/..c/%2ed/%2e%2e%2e/%252e, /a/.../.b/..c/%2ed/%2e%2e%2e/%252e",
    "/a/%2/%2f/%, /a/%2/%2f/%",
  })
  void resolvesDots(String path, String expected) {
    assertThat(UriPath.of(path, 0, 0)).isEqualTo(expected);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "/app/a/b/c",
        "//app/a/b",
        "/%61pp/a/b/c",
        "/app;x=1/a/b/c",
        "/./app/a/b",
        "/x/../app/a/b",
        "/%2e%2e/app//a",
      })
  void skipsTheContextPathHoweverAClientWritesIt(String path) {
    assertThat(UriPath.of(path, 1, 1)).isEqualTo("/a");
  }

  @Test
  void aContextPathHasAsManySegments() {
    assertThat(UriPath.segments("")).isZero();
    assertThat(UriPath.segments("/app")).isEqualTo(1);
    assertThat(UriPath.segments("/app/v1")).isEqualTo(2);
    assertThat(UriPath.of("/app/v1/a/b", 2, 1)).isEqualTo("/a");
    assertThat(UriPath.of("/app/v1", 2, 0)).isEqualTo("/");
    assertThat(UriPath.of("/app", 2, 1)).isEqualTo("/");
    assertThat(UriPath.of("*", 2, 1)).isEqualTo("*");
    assertThat(UriPath.of("/app/v1/a/b", 2, Integer.MAX_VALUE)).isEqualTo("/a/b");
  }

  @Test
  void aPathOfWhichNothingIsLeftOutIsNotCopied() {
    String path = "/a/b/c";

    assertThat(UriPath.of(path, 0, 0)).isSameAs(path);
    assertThat(UriPath.of(path, 0, 3)).isSameAs(path);
    assertThat(UriPath.of("/app/b/c", 1, 0)).isEqualTo("/b/c");
    assertThat(UriPath.of("/app/b//c/", 1, 0)).isEqualTo("/b/c");
    assertThat(UriPath.of("/app", 1, 0)).isEqualTo("/");
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
    assertThat(UriPath.of("/app" + uri, 1, 2)).isEqualTo("/app" + uri);
  }

  /** With a search of the whole path for each segment, this would take hours. */
  @Test
  @Timeout(60)
  void takesNoMoreThanAFewPasses() {
    String many = "/a".repeat(5_000_000);

    assertThat(UriPath.of(many, 0, 0)).isSameAs(many);
    assertThat(UriPath.of("/".repeat(5_000_000) + "a", 0, 0)).isEqualTo("/a");
    assertThat(UriPath.of("/;a".repeat(5_000_000), 0, 0)).isEqualTo("/");
    assertThat(UriPath.of(many + "/..".repeat(5_000_000), 0, 0)).isEqualTo("/");
    assertThat(UriPath.of(many, 1_000_000, 1)).isEqualTo("/a");
  }

  /** Whatever a client sends, the value is no longer than the path and is its own normal form. */
  @Test
  void survivesAnyPath() {
    Random random = new Random(20261123);
    String alphabet = "/;/;..%2eé\u0000\n\"\\ \uD800=&?#";
    for (int round = 0; round < 200_000; round++) {
      StringBuilder path = new StringBuilder("/");
      for (int length = random.nextInt(24); length > 0; length--) {
        path.append(alphabet.charAt(random.nextInt(alphabet.length())));
      }
      int components = random.nextInt(5);

      String value = UriPath.of(path.toString(), 0, components);

      assertThat(value).startsWith("/").doesNotContain("//", ";");
      assertThat(value.length()).isLessThanOrEqualTo(path.length());
      assertThat(value.split("/")).doesNotContain(".", "..");
      assertThat(UriPath.of(value, 0, components)).isEqualTo(value);
      if (components > 0) {
        assertThat(value.chars().filter(c -> c == '/').count()).isLessThanOrEqualTo(components);
      }
    }
  }
}
