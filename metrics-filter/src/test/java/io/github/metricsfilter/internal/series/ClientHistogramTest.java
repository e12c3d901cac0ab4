package io.github.metricsfilter.internal.series;

import static org.assertj.core.api.Assertions.assertThat;

import io.prometheus.metrics.model.snapshots.HistogramSnapshot.HistogramDataPointSnapshot;
import io.prometheus.metrics.model.snapshots.Labels;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** When a snapshot of client_java's histogram is shown again, and when not. */
class ClientHistogramTest {

  private static ClientHistogram histogram(boolean classic) {
    return new ClientHistogram("test", Labels.EMPTY, new Buckets(1000, 10, 20), classic, null);
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void anIdleHistogramShowsTheSameSnapshotAgain(boolean classic) {
    ClientHistogram histogram = histogram(classic);
    histogram.observe(5, null);
    HistogramDataPointSnapshot last = histogram.snapshot(null);

    assertThat(histogram.snapshot(last)).isSameAs(last);
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void aSnapshotShowsWhatWasObservedSinceTheLast(boolean classic) {
    ClientHistogram histogram = histogram(classic);
    histogram.observe(5, null);
    HistogramDataPointSnapshot before = histogram.snapshot(null);

    histogram.observe(0, null); // which leaves the sum as it is
    HistogramDataPointSnapshot after = histogram.snapshot(before);

    assertThat(before.getCount()).isOne();
    assertThat(after.getCount()).isEqualTo(2);
  }

  @Test
  void classicBucketsAreShownAsTheyAreAskedFor() {
    ClientHistogram histogram = histogram(true);
    histogram.observe(15_000, null);
    HistogramDataPointSnapshot shown = histogram.snapshot(null);

    assertThat(shown.getSum()).isEqualTo(15);
    assertThat(shown.getClassicBuckets().stream().map(bucket -> bucket.getUpperBound()))
        .containsExactly(10.0, 20.0, Double.POSITIVE_INFINITY);
    assertThat(shown.getClassicBuckets().getCount(1)).isOne();
    assertThat(shown.hasNativeHistogramData()).isTrue();
    assertThat(histogram(false).snapshot(null).hasClassicHistogramData()).isFalse();
  }
}
