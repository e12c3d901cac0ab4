package io.github.metricsfilter;

import static java.util.concurrent.TimeUnit.DAYS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.withinPercentage;

import io.prometheus.metrics.model.snapshots.HistogramSnapshot.HistogramDataPointSnapshot;
import io.prometheus.metrics.model.snapshots.Labels;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** When a snapshot is shown again, and when not; and what the sum holds. */
class AdderHistogramTest {

  private final AdderHistogram histogram =
      new AdderHistogram(Labels.EMPTY, new Buckets(1, 10, 20), null);
  private final AdderHistogram durations =
      new AdderHistogram(Labels.EMPTY, new Buckets(Buckets.NANOS_PER_SECOND, 1, 10), null);

  @Test
  void anIdleHistogramShowsTheSameSnapshotAgain() {
    histogram.observe(5, null);
    HistogramDataPointSnapshot last = histogram.snapshot(null);

    assertThat(histogram.snapshot(last)).isSameAs(last);
  }

  @Test
  void aSnapshotShowsWhatWasObservedSinceTheLast() {
    HistogramDataPointSnapshot before = histogram.snapshot(null);

    histogram.observe(5, null);
    histogram.observe(15, null);
    HistogramDataPointSnapshot after = histogram.snapshot(before);

    assertThat(before.getCount()).isZero();
    assertThat(after.getCount()).isEqualTo(2);
    assertThat(after.getSum()).isEqualTo(20);
  }

  @Test
  void anObservationThatAddsNothingToTheSumIsShown() {
    HistogramDataPointSnapshot last = histogram.snapshot(null);

    histogram.observe(0, null);

    assertThat(histogram.snapshot(last).getCount()).isOne();
  }

  /** Twelve days of ten thousand streams, each open for a day. */
  @Test
  void theSumOfLongDurationsDoesNotOverflow() {
    for (int i = 0; i < 120_000; i++) {
      durations.observe(DAYS.toNanos(1), null);
    }

    assertThat(sum()).isEqualTo(120_000 * 86_400.0);
  }

  @Test
  void theLongestDurationsAreAddedUp() {
    for (int i = 0; i < 1000; i++) {
      durations.observe(Long.MAX_VALUE, null);
    }

    assertThat(sum()).isCloseTo(1000 * (Long.MAX_VALUE / 1e9), withinPercentage(1e-9));
  }

  @Test
  void theSumOfTinyDurationsIsExact() {
    for (int i = 0; i < 1000; i++) {
      durations.observe(1, null);
      durations.observe(999_999, null);
    }

    assertThat(sum()).isEqualTo(1);
  }

  /** Of any length, together with others, to one part in two thousand. */
  @ParameterizedTest
  @ValueSource(longs = {1 << 20, 1_048_577, 1_049_087, 1_049_088, 5_000_511, 1_234_567_891L})
  void theSumIsThatOfTheDurations(long nanos) {
    durations.observe(nanos, null);
    assertThat(sum()).isCloseTo(nanos / 1e9, withinPercentage(0.05));

    for (int i = 0; i < 10_000; i++) {
      durations.observe(nanos + i, null);
    }
    assertThat(sum())
        .as("rounding is in neither one's favour")
        .isCloseTo((10_001.0 * nanos + 9_999.0 * 5_000) / 1e9, withinPercentage(0.001));
  }

  @Test
  void sizesAreExact() {
    histogram.observe((1L << 40) + 1, null);
    histogram.observe(2, null);

    assertThat(histogram.snapshot(null).getSum()).isEqualTo((1L << 40) + 3);
  }

  private double sum() {
    return durations.snapshot(null).getSum();
  }
}
