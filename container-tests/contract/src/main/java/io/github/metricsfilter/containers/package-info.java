/**
 * What the filter promises, as tests over real sockets, to be run in every container.
 *
 * <p>{@link io.github.metricsfilter.containers.ContainerContract} holds the cases; a module for
 * each container implements {@link io.github.metricsfilter.containers.Container} and, where the
 * container deviates, overrides a case with the reason.
 */
@NullMarked
package io.github.metricsfilter.containers;

import org.jspecify.annotations.NullMarked;
