package io.github.metricsfilter;

/** What a label value must be so that two values are two in every format. */
final class LabelValue {

  private static final char REPLACEMENT = '\uFFFD';

  private LabelValue() {}

  /**
   * The value with each lone surrogate replaced. UTF-8 has none, so a writer would make the same
   * character of all of them, and one series of several.
   */
  static String wellFormed(String value) {
    for (int i = 0; i < value.length(); i++) {
      if (Character.isSurrogate(value.charAt(i))) {
        return replaced(value);
      }
    }
    return value;
  }

  private static String replaced(String value) {
    StringBuilder replaced = new StringBuilder(value.length());
    value
        .codePoints()
        .map(c -> c >= Character.MIN_SURROGATE && c <= Character.MAX_SURROGATE ? REPLACEMENT : c)
        .forEach(replaced::appendCodePoint);
    return replaced.toString();
  }
}
