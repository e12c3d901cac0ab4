package io.github.metricsfilter.internal.exposition;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.Random;
import java.util.function.Consumer;
import java.util.function.DoubleSupplier;
import java.util.stream.DoubleStream;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Numbers and text are those of the JDK, on every JDK. */
class BytesTest {

  private static final int RANDOM_NUMBERS = 200_000;

  private final Random random = new Random(20);
  private final Bytes bytes = new Bytes();

  private byte[] written(Consumer<Bytes> what) {
    bytes.clear();
    what.accept(bytes);
    return bytes.toArray();
  }

  private void assertWritten(double number) {
    byte[] written = written(to -> to.number(number));
    String expected = Double.toString(number).replace("Infinity", number > 0 ? "+Inf" : "Inf");
    if (!new String(written, StandardCharsets.US_ASCII).equals(expected)) {
      assertThat(written).asString(StandardCharsets.US_ASCII).isEqualTo(expected);
    }
  }

  @Test
  void oddDoubles() {
    DoubleStream.of(
            0,
            -0.0,
            Double.NaN,
            Double.POSITIVE_INFINITY,
            Double.NEGATIVE_INFINITY,
            Double.MIN_VALUE,
            -Double.MIN_VALUE,
            Double.MIN_NORMAL,
            Double.MAX_VALUE,
            Double.parseDouble("2e23"),
            1e-3,
            Math.nextDown(1e-3),
            Math.nextUp(1e-3),
            1e6,
            Math.nextDown(1e6),
            1e7,
            Math.nextDown(1e7),
            Math.nextUp(1e7),
            0x1p53,
            0x1p53 - 1,
            0x1p53 + 2,
            0x1p63,
            -0x1p63,
            0.1 + 0.2,
            999_999.5,
            0.001000001)
        .forEach(this::assertWritten);
  }

  @Test
  void doublesOfEachMagnitude() {
    for (int exponent = -330; exponent < 310; exponent++) {
      for (int digits = 1; digits < 18; digits++) {
        long digit = (long) (random.nextDouble() * Math.pow(10, digits));
        assertWritten(Double.parseDouble(digit + "e" + exponent));
        assertWritten(-Double.parseDouble(digit + "e" + exponent));
      }
    }
  }

  @Test
  void randomDoubles() {
    assertWritten(() -> Double.longBitsToDouble(random.nextLong()));
    assertWritten(random::nextGaussian);
    assertWritten(() -> random.nextLong() >>> random.nextInt(64)); // whole
    assertWritten(
        () -> (random.nextLong() >>> (1 + random.nextInt(63))) / 1e9); // sums of durations
    assertWritten(() -> random.nextInt(2_000_000) / 1e9);
    assertWritten(() -> random.nextInt(100_000_000) / Math.pow(10, random.nextInt(10)));
    assertWritten( // beside what is a decimal
        () ->
            Double.longBitsToDouble(
                Double.doubleToLongBits(random.nextInt(1_000_000_000) / 1e9)
                    + random.nextInt(3)
                    - 1));
  }

  @Test
  void thousandthsOfAMillionth() {
    for (int i = 0; i < 1_100_000; i++) {
      assertWritten(i / 1e9);
    }
  }

  private void assertWritten(DoubleSupplier numbers) {
    for (int i = 0; i < RANDOM_NUMBERS; i++) {
      assertWritten(numbers.getAsDouble());
    }
  }

  @Test
  void longs() {
    LongStream.concat(
            LongStream.of(0, 9, 10, 99, 100, -1, -10, Long.MAX_VALUE, Long.MIN_VALUE),
            LongStream.generate(() -> random.nextLong() >> random.nextInt(64))
                .limit(RANDOM_NUMBERS))
        .forEach(
            number ->
                assertThat(written(to -> to.number(number)))
                    .asString(StandardCharsets.US_ASCII)
                    .isEqualTo(Long.toString(number)));
  }

  @Test
  void everyCharacter() {
    StringBuilder all = new StringBuilder();
    for (int c = 0; c <= Character.MAX_VALUE; c++) {
      all.append((char) c).append('.'); // surrogates without the other
    }
    for (int c = Character.MIN_SUPPLEMENTARY_CODE_POINT; c <= Character.MAX_CODE_POINT; c += 97) {
      all.appendCodePoint(c);
    }

    assertThat(written(to -> to.text(all.toString())))
        .isEqualTo(all.toString().getBytes(StandardCharsets.UTF_8));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "\uD83D",
        "\uDE00",
        "\uDE00\uD83D",
        "\uD83D\uD83D\uDE00",
        "\uD83D\uDE00\uDE00"
      })
  void surrogates(String text) {
    assertThat(written(to -> to.text(text))).isEqualTo(text.getBytes(StandardCharsets.UTF_8));
  }

  @Test
  void escaped() {
    String text = "a\\b\"c\nd\r'";

    assertThat(written(to -> to.escaped(text))).asString().isEqualTo("a\\\\b\\\"c\\nd\r'");
    assertThat(written(to -> to.escapedLines(text))).asString().isEqualTo("a\\\\b\"c\\nd\r'");
    assertThat(written(to -> to.text(text))).asString().isEqualTo(text);
  }
}
