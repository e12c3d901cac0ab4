package io.github.metricsfilter.internal.series;

import io.prometheus.metrics.model.snapshots.HistogramSnapshot.HistogramDataPointSnapshot;
import org.jspecify.annotations.Nullable;

/**
 * The histogram of one series: {@link AdderHistogram} where it can be, client_java's behind {@link
 * ClientHistogram} where its native buckets are asked for.
 */
interface SeriesHistogram {

  /**
   * Adds a value: nanoseconds of a duration, or bytes of a size.
   *
   * @param trace that of the request, if it is to be shown
   */
  void observe(long value, @Nullable Trace trace);

  /**
   * What the histogram holds now, read once, so that all that is derived from it agrees.
   *
   * @param last an earlier snapshot of this histogram, which is returned if it still holds that
   */
  HistogramDataPointSnapshot snapshot(@Nullable HistogramDataPointSnapshot last);

  /** How many values have been added; nothing is allocated, and no thread waits. */
  long count();
}
