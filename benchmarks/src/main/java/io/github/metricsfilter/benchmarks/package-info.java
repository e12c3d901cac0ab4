/**
 * What the filter and a scrape cost, next to others that do the same, in one run.
 *
 * <p>{@link io.github.metricsfilter.benchmarks.Main} runs everything and prints a table of ratios.
 */
@NullMarked
package io.github.metricsfilter.benchmarks;

import org.jspecify.annotations.NullMarked;
