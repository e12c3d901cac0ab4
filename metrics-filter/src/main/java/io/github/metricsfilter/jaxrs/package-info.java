/**
 * Routes of JAX-RS applications. Needs jakarta.ws.rs-api 3.0 or later, which nothing else of this
 * library does: without it, leave this package alone.
 */
@NullMarked
package io.github.metricsfilter.jaxrs;

import org.jspecify.annotations.NullMarked;
