/** What the profile {@code release} makes, checked before Maven Central does. */
@NullMarked
package io.github.metricsfilter.bundle;

import org.jspecify.annotations.NullMarked;
