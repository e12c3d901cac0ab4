package io.github.metricsfilter.internal.series;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/** Values that a writer would change, or that are too long. */
class LabelValueTest {

  @Test
  void areSanitizedOnlyWhereTheyMustBe() {
    String pairs = "\uD83D\uDE00a\uD83D\uDE00";
    assertThat(LabelValue.wellFormed(pairs)).isEqualTo(pairs);
    assertThat(LabelValue.wellFormed("\uD83D\uD83D\uDE00")).isEqualTo("\uFFFD\uD83D\uDE00");
    assertThat(LabelValue.wellFormed("\uD800a\uDFFF\uE000")).isEqualTo("\uFFFDa\uFFFD\uE000");
    assertThat(LabelValue.of("\uD83D".repeat(100))).isEqualTo("\uFFFD".repeat(85));
    assertThat(LabelValue.wellFormed("a\uD83D")).isEqualTo("a\uFFFD");
  }

  @Test
  void areCutBetweenCharacters() {
    String smile = "\uD83D\uDE00"; // four bytes
    String euro = "\u20AC"; // three
    String longest = "a".repeat(256);

    assertThat(LabelValue.cut(longest)).isSameAs(longest);
    assertThat(LabelValue.cut(longest + "a")).isEqualTo(longest);
    assertThat(LabelValue.cut("a" + smile.repeat(100))).isEqualTo("a" + smile.repeat(63));
    assertThat(LabelValue.cut(smile.repeat(64) + smile)).isEqualTo(smile.repeat(64));
    assertThat(LabelValue.cut(euro.repeat(100))).isEqualTo(euro.repeat(85));
    assertThat(LabelValue.cut("\u00E9".repeat(200))).isEqualTo("\u00E9".repeat(128));
    assertThat(LabelValue.cut("\u007F".repeat(257))).hasSize(256);
    assertThat(LabelValue.cut("\u0080".repeat(200))).hasSize(128);
    assertThat(LabelValue.cut("\u07FF".repeat(200))).hasSize(128);
    assertThat(LabelValue.cut("\u0800".repeat(200))).hasSize(85);
    assertThat(LabelValue.cut("\uFFFF".repeat(200))).hasSize(85);
    assertThat(LabelValue.cut("\uD800\uDC00".repeat(200))).as("the first of four").hasSize(128);
    assertThat(LabelValue.cut("\uD83D".repeat(100)))
        .as("as long as what replaces them")
        .hasSize(85);
  }
}
