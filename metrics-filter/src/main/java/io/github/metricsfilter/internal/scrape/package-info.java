/**
 * Serving: what becomes of one scrape.
 *
 * <p>Start from {@link io.github.metricsfilter.internal.scrape.ScrapeEndpoint}, of which each
 * servlet has one. It gives a request one of its places, or refuses it. A {@code Scrape} then runs
 * client_java's handler, which negotiates and writes the formats; what the handler believes to be
 * its registry asks the scrape for metric families. These are collected by {@code Collecting} from
 * the sources of the real registry, one by one, so that a collector that throws or blocks is
 * missing alone; {@code ShownFamilies} leaves out what contradicts another. Only when all is
 * encoded, the response is sent. {@code ScrapeMetrics} keeps the books.
 */
@NullMarked
package io.github.metricsfilter.internal.scrape;

import org.jspecify.annotations.NullMarked;
