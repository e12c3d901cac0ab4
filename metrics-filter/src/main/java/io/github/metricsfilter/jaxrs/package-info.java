/**
 * Routes of JAX-RS applications. Only this package needs {@code jakarta.ws.rs}; nothing else in
 * this library loads it.
 */
@NullMarked
package io.github.metricsfilter.jaxrs;

import org.jspecify.annotations.NullMarked;
