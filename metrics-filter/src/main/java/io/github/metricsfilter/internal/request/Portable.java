package io.github.metricsfilter.internal.request;

import io.github.metricsfilter.internal.series.PathLabels;
import jakarta.servlet.AsyncContext;
import jakarta.servlet.AsyncEvent;
import jakarta.servlet.ServletRequest;
import jakarta.servlet.ServletRequestWrapper;
import jakarta.servlet.ServletResponse;
import jakarta.servlet.UnavailableException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletRequestWrapper;
import jakarta.servlet.http.HttpServletResponse;
import org.jspecify.annotations.Nullable;

/**
 * The way for containers that have no word of their own, by nothing but the Servlet API: a
 * synchronous request is over when the chain returns, an asynchronous one when its last cycle
 * completes or fails.
 *
 * <p>The chain sees a wrapper of the request, to hear of {@code startAsync} in the thread that
 * calls it, before the application can complete the cycle on another one. What it misses: the
 * status that an error page sets, what a container makes of an exception beside the Servlet API's
 * rules, and cycles that a container ends without notifying any {@link
 * jakarta.servlet.AsyncListener}.
 */
final class Portable extends Container {

  private final String mark;

  Portable(String mark) {
    super(HttpServletRequest.class);
    this.mark = mark;
  }

  @Override
  boolean watch(Observation observation) {
    HttpServletRequest request = observation.request;
    try {
      if (request.getAttribute(mark) != null) {
        return false;
      }
      request.setAttribute(mark, true);
    } catch (RuntimeException e) { // a container's, or an attribute listener's
      observation.troubled("Marking a request", e);
    }
    observation.chainRequest(new ListeningRequest(request, observation));
    return true;
  }

  @Override
  void chainEnded(Observation observation) {
    observation.over();
  }

  @Override
  void suspended(Observation observation) {
    ListeningRequest request = listening(observation.chainRequest());
    if (!request.listens) { // started past the wrapper
      try {
        request.listen(observation.request.getAsyncContext());
      } catch (IllegalStateException e) { // the cycle is over already, or is a protocol upgrade
        observation.over();
        return;
      }
    }
    noteCommitted(observation);
  }

  /** Our wrapper, behind the one that counts if there is one. */
  private static ListeningRequest listening(ServletRequest request) {
    return request instanceof ListeningRequest
        ? (ListeningRequest) request
        : listening(((ServletRequestWrapper) request).getRequest());
  }

  /** Before the response is committed: what Servlet 6.0, section 2.3.3.2, says of exceptions. */
  @Override
  int status(Observation observation) {
    Throwable failure = observation.failure();
    HttpServletResponse response = observation.response;
    if (failure == null || response.isCommitted()) {
      return response.getStatus();
    }
    if (failure instanceof UnavailableException) {
      return ((UnavailableException) failure).isPermanent() ? 404 : 503;
    }
    return 500;
  }

  /** The request that the chain sees. */
  private static final class ListeningRequest extends HttpServletRequestWrapper {

    private final Observation observation;

    /** Set in the thread of the chain, or of a dispatch; read when the chain has returned. */
    private volatile boolean listens;

    ListeningRequest(HttpServletRequest request, Observation observation) {
      super(request);
      this.observation = observation;
    }

    @Override
    public AsyncContext startAsync() {
      return listen(super.startAsync());
    }

    /** The container gets its own request where the application gives it ours. */
    @Override
    public AsyncContext startAsync(ServletRequest request, ServletResponse response) {
      return listen(super.startAsync(request == this ? getRequest() : request, response));
    }

    private AsyncContext listen(AsyncContext cycle) {
      listens = true;
      observation.suspend();
      new AsyncEnd(observation).listenTo(cycle);
      return cycle;
    }

    @Override
    public void setAttribute(String attribute, @Nullable Object value) {
      if (PathLabels.ROUTE_ATTRIBUTE.equals(attribute)) {
        observation.name(value);
      }
      super.setAttribute(attribute, value);
    }
  }

  /** The listener of each cycle of a request. */
  private static final class AsyncEnd extends CycleListener {

    private final Observation observation;

    AsyncEnd(Observation observation) {
      this.observation = observation;
    }

    @Override
    void onTimeout(AsyncEvent event) {
      noteCommitted(observation);
    }

    /** Not every container completes a cycle that has failed, so the request is over here. */
    @Override
    void onError(AsyncEvent event) {
      noteCommitted(observation);
      Throwable failure = event.getThrowable();
      observation.failed(failure == null ? new IllegalStateException("no cause") : failure);
      observation.over();
    }

    @Override
    void onComplete(AsyncEvent event) {
      observation.over();
    }
  }
}
