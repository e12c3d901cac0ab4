package io.github.metricsfilter.internal.series;

import static java.util.concurrent.TimeUnit.DAYS;
import static java.util.concurrent.TimeUnit.MILLISECONDS;
import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ActiveDurationTest {

  /** Each start may be off by the unit of time. */
  private static final double UNIT = 0.0011;

  @ParameterizedTest
  @ValueSource(longs = {0, 1_234_567_890_123L, -77, 1L << 62, Long.MAX_VALUE - 1_000_000_000})
  void agesAddUp(long base) {
    ActiveDuration ages = new ActiveDuration(base);
    long now = base + SECONDS.toNanos(10); // may wrap around, as nanoTime may
    assertThat(ages.seconds(now)).isZero();

    ages.start(base);
    ages.start(base + SECONDS.toNanos(4));
    ages.start(base + MILLISECONDS.toNanos(9500));
    assertThat(ages.seconds(now)).isCloseTo(16.5, within(3 * UNIT));
    assertThat(ages.seconds(now + SECONDS.toNanos(1))).isCloseTo(19.5, within(3 * UNIT));

    ages.end(base + SECONDS.toNanos(4));
    assertThat(ages.seconds(now)).isCloseTo(10.5, within(2 * UNIT));
    ages.end(base);
    ages.end(base + MILLISECONDS.toNanos(9500));
    assertThat(ages.seconds(now)).isZero();
    assertThat(ages.seconds(now + DAYS.toNanos(400))).isZero();
  }

  @Test
  void noneIsTooYoung() {
    long start = MILLISECONDS.toNanos(2) / 3;
    ActiveDuration ages = new ActiveDuration(0);
    ages.start(start);
    ages.start(start);
    for (long age = 0; age < MILLISECONDS.toNanos(5); age += 10_007) {
      double sum = 2 * age / 1e9;
      assertThat(ages.seconds(start + age)).isBetween(sum, sum + 2 * UNIT);
    }
  }

  @Test
  void ofManyForLong() {
    ActiveDuration ages = new ActiveDuration(0);
    long started = DAYS.toNanos(700);
    for (int i = 0; i < 500_000; i++) {
      ages.start(started);
    }
    assertThat(ages.seconds(started + SECONDS.toNanos(3600)))
        .isCloseTo(500_000 * 3600.0, within(500_000 * UNIT));
  }

  @Test
  void isNeverBelowZero() {
    ActiveDuration ages = new ActiveDuration(0);
    ages.start(SECONDS.toNanos(2)); // after the "now" of a reading that is under way
    assertThat(ages.seconds(SECONDS.toNanos(1))).isZero();
    ages.end(SECONDS.toNanos(2));
    ages.end(0); // as seen by a reading that has missed the start
    assertThat(ages.seconds(SECONDS.toNanos(1))).isZero();
  }

  /** A request that starts or ends during a reading counts with its age or not, never with more. */
  @Test
  void whileRequestsComeAndGo() throws Exception {
    long base = System.nanoTime() - DAYS.toNanos(30);
    ActiveDuration ages = new ActiveDuration(base);
    AtomicBoolean enough = new AtomicBoolean();
    ExecutorService threads = Executors.newFixedThreadPool(4);
    List<Future<Long>> longest = new ArrayList<>();
    try {
      for (int i = 0; i < 4; i++) {
        longest.add(
            threads.submit(
                () -> {
                  long most = 0;
                  while (!enough.get()) {
                    long start = System.nanoTime();
                    ages.start(start);
                    ages.end(start);
                    most = Math.max(most, System.nanoTime() - start);
                  }
                  return most;
                }));
      }
      double most = 0;
      for (int i = 0; i < 100_000; i++) {
        most = Math.max(most, ages.seconds(System.nanoTime()));
      }
      enough.set(true);
      double bound = 0;
      for (Future<Long> one : longest) {
        bound += one.get() / 1e9 + UNIT;
      }
      assertThat(most).isLessThanOrEqualTo(bound);
      assertThat(ages.seconds(System.nanoTime())).isZero();
    } finally {
      threads.shutdownNow();
    }
  }
}
