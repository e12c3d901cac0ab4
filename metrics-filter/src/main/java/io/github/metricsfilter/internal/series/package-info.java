/**
 * The numbers: what is recorded of requests, and shown to a scrape.
 *
 * <p>{@link io.github.metricsfilter.internal.series.OwnCollector} is what a scrape has to know of
 * them.
 */
@NullMarked
package io.github.metricsfilter.internal.series;

import org.jspecify.annotations.NullMarked;
