/** The library as an application uses it: its public types only, and other people's real code. */
@NullMarked
package io.github.metricsfilter.integration;

import org.jspecify.annotations.NullMarked;
