/**
 * The formats: Prometheus's text and OpenMetrics 1.0, as client_java writes them, byte for byte,
 * but without a String or a Writer between the numbers and the bytes.
 *
 * <p>Start from {@link io.github.metricsfilter.internal.exposition.ExpositionWriter}, which each
 * format extends and which appends to {@code Bytes}. It knows client_java's snapshots and nothing
 * of this library.
 */
@NullMarked
package io.github.metricsfilter.internal.exposition;

import org.jspecify.annotations.NullMarked;
