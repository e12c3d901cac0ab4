package io.github.metricsfilter.benchmarks;

import jakarta.servlet.FilterChain;

/**
 * Requests through one filter with a container's own objects, without a connection: request and
 * response are made, told to be over and recycled by the container's code, in its order, so that
 * what a filter asks of them costs what it costs there. What no filter asks for is left out:
 * parsing, finding the servlet, and writing.
 */
interface ContainerRequests {

  FilterChain NOTHING = (request, response) -> {};

  /** The requests of one thread, on a connection that is kept. */
  Connection connect();

  @FunctionalInterface
  interface Connection {
    /** One request, from the moment the container knows its servlet until it is ready for more. */
    void request() throws Exception;
  }
}
