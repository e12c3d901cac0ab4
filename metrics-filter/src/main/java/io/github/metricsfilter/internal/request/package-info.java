/**
 * What becomes of one request.
 *
 * <p>A request enters {@link io.github.metricsfilter.internal.request.RequestRecorder#begin}, from
 * where this is best read: an {@link io.github.metricsfilter.internal.request.Observation} of it
 * begins, the {@code Container} that it runs in is asked to tell when it is over, and the chain
 * runs. When the container says so, with the status that the client was sent, the observation ends:
 * its route is found and it is recorded, once. There is a subclass of {@code Container} for each
 * container that has a word of its own, and {@code Portable} for the others. What else is here
 * reads something off a request (its path, whether it is excluded) or counts the bytes of its
 * bodies.
 */
@NullMarked
package io.github.metricsfilter.internal.request;

import org.jspecify.annotations.NullMarked;
