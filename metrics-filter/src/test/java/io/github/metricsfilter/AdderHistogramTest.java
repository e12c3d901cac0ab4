package io.github.metricsfilter;

import static org.assertj.core.api.Assertions.assertThat;

import io.prometheus.metrics.model.snapshots.HistogramSnapshot.HistogramDataPointSnapshot;
import io.prometheus.metrics.model.snapshots.Labels;
import org.junit.jupiter.api.Test;

/** When a snapshot is shown again, and when not. */
class AdderHistogramTest {

  private final AdderHistogram histogram =
      new AdderHistogram(Labels.EMPTY, new Buckets(1, 10, 20), null);

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
}
