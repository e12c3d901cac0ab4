package io.github.metricsfilter.internal.exposition;

import java.io.IOException;
import java.io.OutputStream;
import java.util.Arrays;

/**
 * Bytes that are appended to: text in UTF-8, and numbers as {@link Long#toString} and {@link
 * Double#toString} have them, mostly without the String.
 */
final class Bytes {

  /** What is kept for the next use; more is only ever needed by a line that is longer. */
  private static final int KEPT = 1 << 16;

  /** What of a String stands with a backslash before it. */
  private enum Escaped {
    NOTHING,
    LINES,
    LINES_AND_QUOTES
  }

  /** Of a decimal that is written without a String: 15 digits are one double's and no other's. */
  private static final long MAX_DIGITS = 1_000_000_000_000_000L;

  private static final long BILLION = 1_000_000_000;

  /** From here on, as below a thousandth, a double is written with an exponent. */
  private static final double WITH_EXPONENT = 1e7;

  private static final double EXACT = 1L << 53;

  private byte[] array = new byte[1 << 8];
  private int size;

  int size() {
    return size;
  }

  void clear() {
    size = 0;
    if (array.length > KEPT) {
      array = new byte[KEPT];
    }
  }

  byte[] toArray() {
    return Arrays.copyOf(array, size);
  }

  void writeTo(OutputStream out) throws IOException {
    out.write(array, 0, size);
  }

  private void reserve(int more) {
    if (array.length - size < more) {
      array = Arrays.copyOf(array, Math.max(2 * array.length, size + more));
    }
  }

  /** A character of ASCII. */
  void append(char c) {
    reserve(1);
    array[size++] = (byte) c;
  }

  void append(Bytes other) {
    append(other.array, other.size);
  }

  /** All of the other but its last byte. */
  void appendButLast(Bytes other) {
    append(other.array, other.size - 1);
  }

  void append(byte[] other) {
    append(other, other.length);
  }

  private void append(byte[] other, int length) {
    reserve(length);
    System.arraycopy(other, 0, array, size, length);
    size += length;
  }

  void text(String text) {
    append(text, Escaped.NOTHING);
  }

  /** With backslashes and line breaks escaped. */
  void escapedLines(String text) {
    append(text, Escaped.LINES);
  }

  /** With quotes escaped, too. */
  void escaped(String text) {
    append(text, Escaped.LINES_AND_QUOTES);
  }

  private void append(String text, Escaped escaped) {
    int length = text.length();
    reserve(3 * length); // as many as a character can take, with its backslash or in UTF-8
    byte[] to = array;
    int at = size;
    for (int i = 0; i < length; i++) {
      char c = text.charAt(i);
      if (c < 0x80 && c != '\\' && c != '\n' && c != '"') {
        to[at++] = (byte) c;
      } else if (c < 0x80) {
        if (escaped == Escaped.LINES_AND_QUOTES || (escaped == Escaped.LINES && c != '"')) {
          to[at++] = '\\';
          to[at++] = (byte) (c == '\n' ? 'n' : c);
        } else {
          to[at++] = (byte) c;
        }
      } else if (c < 0x800) {
        to[at++] = (byte) (0xc0 | c >> 6);
        to[at++] = continuation(c);
      } else if (!Character.isSurrogate(c)) {
        to[at++] = (byte) (0xe0 | c >> 12);
        to[at++] = continuation(c >> 6);
        to[at++] = continuation(c);
      } else if (i + 1 < length && Character.isSurrogatePair(c, text.charAt(i + 1))) {
        int both = Character.toCodePoint(c, text.charAt(++i));
        to[at++] = (byte) (0xf0 | both >> 18);
        to[at++] = continuation(both >> 12);
        to[at++] = continuation(both >> 6);
        to[at++] = continuation(both);
      } else {
        to[at++] = '?'; // as a Writer has it for a surrogate without the other
      }
    }
    size = at;
  }

  private static byte continuation(int bits) {
    return (byte) (0x80 | (bits & 0x3f));
  }

  void number(long value) {
    if (value >= 0) {
      digits(value, digitsOf(value));
    } else if (value == Long.MIN_VALUE) { // which has no positive counterpart
      text(Long.toString(value));
    } else {
      append('-');
      digits(-value, digitsOf(-value));
    }
  }

  /** So many digits of a number that isn't negative, the last ones. */
  private void digits(long value, int count) {
    reserve(count);
    byte[] to = array;
    long rest = value;
    for (int at = size + count; at > size; rest /= 10) {
      to[--at] = (byte) ('0' + rest % 10);
    }
    size += count;
  }

  private static int digitsOf(long value) {
    int digits = 1;
    for (long rest = value; rest >= 10; rest /= 10) {
      digits++;
    }
    return digits;
  }

  /** As {@link Double#toString} has it, but for the infinities. */
  void number(double value) {
    double magnitude = Math.abs(value);
    long whole = (long) magnitude;
    if (whole == magnitude && magnitude < EXACT) {
      if (value < 0 || (value == 0 && 1 / value < 0)) {
        append('-');
      }
      whole(whole);
    } else if (value == Double.POSITIVE_INFINITY) {
      text("+Inf");
    } else if (isDecimal(value)) {
      decimal(Math.round(value * BILLION));
    } else {
      text(value == Double.NEGATIVE_INFINITY ? "-Inf" : Double.toString(value));
    }
  }

  private void whole(long value) {
    if (value < WITH_EXPONENT) {
      digits(value, digitsOf(value));
      append('.');
      append('0');
    } else {
      scientific(value, digitsOf(value) - 1);
    }
  }

  /**
   * Whether it is the double that is nearest to a number of billionths, with up to 15 digits. No
   * other decimal of so few digits is nearest to it, so the shortest that is can only be this; and
   * from a billionth to a million every JDK's {@link Double#toString} has the shortest.
   */
  private static boolean isDecimal(double value) {
    long billionths = Math.round(value * BILLION);
    return billionths > 0 && billionths < MAX_DIGITS && (double) billionths / BILLION == value;
  }

  private void decimal(long billionths) {
    if (billionths < BILLION / 1000) {
      scientific(billionths, digitsOf(billionths) - 10);
    } else {
      long whole = billionths / BILLION;
      digits(whole, digitsOf(whole));
      append('.');
      digits(billionths % BILLION, 9);
      dropZeros();
    }
  }

  /** All digits of a number, the point behind the first of them. */
  private void scientific(long value, int exponent) {
    int count = digitsOf(value);
    digits(value, count);
    append('.'); // its room, before the others move up
    System.arraycopy(array, size - count, array, size - count + 1, count - 1);
    array[size - count] = '.';
    if (count == 1) {
      append('0');
    }
    dropZeros();
    append('E');
    number((long) exponent);
  }

  /** Those at the end, but for one after the point. */
  private void dropZeros() {
    while (array[size - 1] == '0' && array[size - 2] != '.') {
      size--;
    }
  }
}
