package io.github.metricsfilter.internal.series;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.metricsfilter.ClientJavaProperty;
import io.prometheus.metrics.model.snapshots.HistogramSnapshot.HistogramDataPointSnapshot;
import io.prometheus.metrics.model.snapshots.Labels;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** When a snapshot of client_java's histogram is shown again, and when not. */
class ClientHistogramTest {

  private static ClientHistogram histogram(boolean classic) {
    return new ClientHistogram(
        "test",
        Labels.EMPTY,
        ClientHistogram.properties(List.of("test"), new Buckets(1000, 10, 20), classic),
        1000,
        null);
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

  /** Those of client_java, of all histograms or of this one. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "histogramClassicOnly=true",
        "histogramNativeOnly=true",
        "histogramNativeOnly=false",
        "histogramClassicUpperBounds=1, 2, 3",
        "histogramNativeResetDurationSeconds=1"
      })
  void noPropertySaysWhichBucketsThereAre(String property) throws Exception {
    for (String prefix : List.of("io.prometheus.metrics.", "io.prometheus.metrics.test.")) {
      String[] pair = property.split("=");
      ClientJavaProperty.with(
          prefix + pair[0],
          pair[1],
          () -> {
            assertBuckets(histogram(false), false);
            assertBuckets(histogram(true), true);
          });
    }
  }

  private static void assertBuckets(ClientHistogram histogram, boolean classic) {
    histogram.observe(15_000, null);
    HistogramDataPointSnapshot shown = histogram.snapshot(null);

    assertThat(shown.getCount()).isOne();
    assertThat(shown.hasNativeHistogramData()).isTrue();
    assertThat(shown.hasClassicHistogramData()).isEqualTo(classic);
    if (classic) {
      assertThat(shown.getClassicBuckets().stream().map(bucket -> bucket.getUpperBound()))
          .containsExactly(10.0, 20.0, Double.POSITIVE_INFINITY);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"io.prometheus.metrics.", "io.prometheus.metrics.test."})
  void propertiesTuneTheNativeBuckets(String prefix) throws Exception {
    ClientJavaProperty.with(
        prefix + "histogramNativeInitialSchema",
        2,
        () -> assertThat(histogram(true).snapshot(null).getNativeSchema()).isEqualTo(2));
    assertThat(histogram(true).snapshot(null).getNativeSchema()).isEqualTo(5);
  }
}
