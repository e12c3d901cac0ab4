package io.github.metricsfilter.internal.request;

import jakarta.servlet.ServletRequest;
import jakarta.servlet.ServletRequestWrapper;
import jakarta.servlet.ServletResponse;
import jakarta.servlet.ServletResponseWrapper;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import org.jspecify.annotations.Nullable;

/**
 * How a container tells that a request is over, and with which status: one subclass for each that
 * has a word of its own, and {@link Portable} for all others.
 *
 * <p>A container is asked on each request, so a subclass calls it by {@link ContainerCall}s, keeps
 * what it must remember of a request where the application neither sees nor removes it, and wraps
 * nothing.
 */
abstract class Container {

  /** Of the container's own requests, behind all wrappers. */
  final Class<?> requestType;

  Container(Class<?> requestType) {
    this.requestType = requestType;
  }

  /**
   * Whether there is a request of this container, of which it will tell, behind whatever an earlier
   * filter has made of it.
   */
  boolean isOf(HttpServletRequest request) {
    return requestType.isInstance(innermost(request));
  }

  /**
   * Begins to watch a request that has entered: from now on the container, or this in its place,
   * calls {@link Observation#over} once.
   *
   * @return false if this filter, or another one with the same metrics, watches the request already
   */
  abstract boolean watch(Observation observation);

  /** The observation of this request, where the end of a later dispatch is of interest. */
  @Nullable Observation find(HttpServletRequest request) {
    return null;
  }

  /**
   * Has this container tell when it begins to send the response of a request that is watched: by
   * {@link Observation#sending}, or when it is asked {@link #noteSending}.
   *
   * @return false if it has no word of that, so that what the application writes must be watched
   */
  boolean tellsSending(Observation observation) {
    return false;
  }

  /** Tells when it has begun to send the response, if it has and hasn't told before. */
  void noteSending(Observation observation) {}

  /** The status that the client has been sent, asked when the request is over. */
  abstract int status(Observation observation);

  /**
   * The status that is on its way to the client already, 0 if none is or nobody knows. Asked of an
   * asynchronous request when its application ends, by whatever thread ends it.
   */
  int sentStatus(Observation observation) {
    return 0;
  }

  /** Whether the client has been told that its connection goes on in another protocol. */
  final boolean isUpgraded(Observation observation) {
    return sentStatus(observation) == HttpServletResponse.SC_SWITCHING_PROTOCOLS;
  }

  /**
   * Whether the container has ended an asynchronous request, and will never tell of it. Asked by
   * any thread, at any time after the chain has returned.
   */
  boolean hasForgotten(Observation observation) {
    return false;
  }

  /** The chain has returned or failed, and the request is not asynchronous. */
  void chainEnded(Observation observation) {}

  /** The chain has returned or failed, and the request goes on asynchronously. */
  void suspended(Observation observation) {}

  /**
   * A later dispatch of a request that {@link #find} has found has returned or failed.
   *
   * @param isErrorPage whether it was that of an error page, rather than an asynchronous one
   * @param failure what has left the chain, or null
   */
  void dispatchEnded(Observation observation, boolean isErrorPage, @Nullable Throwable failure) {}

  /**
   * A {@link jakarta.servlet.ServletRequestListener} has been told of the end of this request, or
   * of a dispatch of it: only where the filter has added one.
   */
  void dispatchDestroyed(Observation observation) {}

  /** Notes what the Servlet API says that has been sent, for containers that know no better. */
  static void noteCommitted(Observation observation) {
    if (observation.response.isCommitted()) {
      observation.sent(observation.response.getStatus());
    }
  }

  /** The container's own request, behind whatever an earlier filter has wrapped it in. */
  static ServletRequest innermost(ServletRequest request) {
    ServletRequest inner = request;
    while (inner instanceof ServletRequestWrapper) {
      inner = ((ServletRequestWrapper) inner).getRequest();
    }
    return inner;
  }

  static ServletResponse innermost(ServletResponse response) {
    ServletResponse inner = response;
    while (inner instanceof ServletResponseWrapper) {
      inner = ((ServletResponseWrapper) inner).getResponse();
    }
    return inner;
  }
}
