package io.github.metricsfilter.internal.series;

/**
 * What a label value must be: short, so that no client can make a scrape too large to be read, and
 * well-formed, so that two values are two in every format.
 */
public final class LabelValue {

  /** How many bytes a value takes at most, in UTF-8, and so how many characters. */
  public static final int MAX_BYTES = 256;

  private static final char REPLACEMENT = '\uFFFD';

  private LabelValue() {}

  /** What can be shown of any text: its beginning, well-formed. */
  public static String of(String text) {
    return wellFormed(cut(text));
  }

  /** Whether the value is short enough. Looks at {@link #MAX_BYTES} characters at most. */
  public static boolean fits(String value) {
    return value.length() <= MAX_BYTES && fitting(value) == value.length();
  }

  /**
   * The value, or as much of its beginning as is short enough: whole characters, so that no
   * surrogate pair is torn apart. Looks at {@link #MAX_BYTES} characters at most.
   */
  static String cut(String value) {
    int end = fitting(value);
    return end == value.length() ? value : value.substring(0, end);
  }

  /** Up to which index the value is short enough. */
  private static int fitting(String value) {
    int bytes = 0;
    int end = 0;
    while (end < value.length()) {
      int character = value.codePointAt(end);
      bytes += utf8Length(character);
      if (bytes > MAX_BYTES) {
        break;
      }
      end += Character.charCount(character);
    }
    return end;
  }

  /** See RFC 3629, section 3. A lone surrogate takes as much as what replaces it. */
  private static int utf8Length(int character) {
    if (character < 0x80) {
      return 1;
    }
    if (character < 0x800) {
      return 2;
    }
    return character < 0x10000 ? 3 : 4;
  }

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
