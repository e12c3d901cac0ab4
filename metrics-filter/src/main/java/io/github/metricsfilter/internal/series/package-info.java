/**
 * The numbers: what is recorded of requests, and shown to a scrape.
 *
 * <p>Start from {@link io.github.metricsfilter.internal.series.RequestMetrics}, one set of metrics:
 * a request that is over is recorded in the series that belongs to its path, method and status,
 * which is a histogram of durations; a scrape derives all that is shown from these. {@code Schema}
 * has a subclass for each preset, {@code PathLabels} and {@code ExtraLabel} bound the labels, and
 * {@link io.github.metricsfilter.internal.series.SharedMetrics} lets filters share a set. {@link
 * io.github.metricsfilter.internal.series.OwnCollector} is all that a scrape knows of this.
 */
@NullMarked
package io.github.metricsfilter.internal.series;

import org.jspecify.annotations.NullMarked;
