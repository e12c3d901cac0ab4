/**
 * Routes of JAX-RS applications. Only this package needs jakarta.ws.rs-api, 3.0 or later; nothing
 * else in this library loads it.
 */
@NullMarked
package io.github.metricsfilter.jaxrs;

import org.jspecify.annotations.NullMarked;
