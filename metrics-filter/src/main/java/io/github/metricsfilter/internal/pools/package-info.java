/**
 * The container's thread pools and connections, as its MBeans tell of them.
 *
 * <p>{@link io.github.metricsfilter.internal.pools.ContainerMetrics} is the collector. {@code
 * PoolMBeans} has what each container calls its MBeans and their attributes: a container is one
 * more constant there. {@code Pools} puts together what is of one pool, and names it.
 */
@NullMarked
package io.github.metricsfilter.internal.pools;

import org.jspecify.annotations.NullMarked;
