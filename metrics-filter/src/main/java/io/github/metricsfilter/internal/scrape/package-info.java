/**
 * Serving: what becomes of one scrape.
 *
 * <p>Start from {@link io.github.metricsfilter.internal.scrape.ScrapeEndpoint}, of which each
 * servlet has one. It gives a request one of its places, or refuses it. A {@code Scrape} collects
 * the metric families by {@code Collecting} from the sources of the registry, one by one, so that a
 * collector that throws or blocks is missing alone; {@code ShownFamilies} leaves out what
 * contradicts another. client_java says which format is asked for. {@code Written} is one that we
 * write, by the room {@code exposition}; what only client_java writes, its handler does, with a
 * registry that asks the scrape. Only when all can be encoded, the response is sent. {@code
 * ScrapeMetrics} keeps the books.
 */
@NullMarked
package io.github.metricsfilter.internal.scrape;

import org.jspecify.annotations.NullMarked;
