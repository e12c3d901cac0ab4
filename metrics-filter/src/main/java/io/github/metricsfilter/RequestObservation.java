package io.github.metricsfilter;

import jakarta.servlet.AsyncContext;
import jakarta.servlet.AsyncEvent;
import jakarta.servlet.AsyncListener;
import jakarta.servlet.ServletRequest;
import jakarta.servlet.ServletResponse;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletRequestWrapper;
import jakarta.servlet.http.HttpServletResponse;
import java.util.concurrent.atomic.AtomicIntegerFieldUpdater;
import org.jspecify.annotations.Nullable;

/**
 * One request that may go asynchronous, from its entry until it is finished, once.
 *
 * <p>It is the request that the chain sees, so that it hears of {@code startAsync} in the thread
 * that calls it, before the application can complete the cycle on another one; and it is the
 * listener of every cycle, because {@code startAsync} clears the listeners of the last one (Servlet
 * 6.0, section 2.3.3.3). The three are one object, since this is allocated for each request.
 */
class RequestObservation extends HttpServletRequestWrapper implements AsyncListener {

  private static final AtomicIntegerFieldUpdater<RequestObservation> FINISHED =
      AtomicIntegerFieldUpdater.newUpdater(RequestObservation.class, "finished");

  private static final int UNDECIDED = 0;

  final int method;

  /** What the chain writes to. */
  final HttpServletResponse response;

  private final PrometheusRequestFilter filter;
  private final RequestMetrics metrics;
  private final String pathAtEntry;
  private final long startNanos = System.nanoTime();

  @SuppressWarnings("unused") // by FINISHED
  private volatile int finished;

  /** Set in the thread of the chain, or of a dispatch; read after the chain has returned. */
  private volatile boolean asynchronous;

  /** The status that the client got before a late failure could change what the response says. */
  private volatile int sentStatus = UNDECIDED;

  /** What ended the chain or the last cycle. */
  private volatile @Nullable Throwable failure;

  /**
   * What was said of the route by the time the chain returned; the attributes may be gone later.
   */
  private volatile @Nullable PathLabel path;

  RequestObservation(
      PrometheusRequestFilter filter,
      RequestMetrics metrics,
      HttpServletRequest request,
      HttpServletResponse response) {
    super(request);
    this.filter = filter;
    this.metrics = metrics;
    this.response = response;
    this.method = metrics.methods().indexOf(request.getMethod());
    this.pathAtEntry = filter.pathAtEntry(request);
  }

  /** Records this request in its series, with all that was measured. */
  void observe(Series series, long durationNanos) {
    series.duration.observe(durationNanos, null);
  }

  long requestBytes() {
    return 0;
  }

  long responseBytes() {
    return 0;
  }

  @Override
  public AsyncContext startAsync() {
    return listen(super.startAsync());
  }

  /** The container gets its own request where the application gives it ours. */
  @Override
  public AsyncContext startAsync(ServletRequest request, ServletResponse response) {
    return startAsyncWith(request == this ? getRequest() : request, response);
  }

  final AsyncContext startAsyncWith(ServletRequest request, ServletResponse response) {
    return listen(super.startAsync(request, response));
  }

  private AsyncContext listen(AsyncContext cycle) {
    asynchronous = true;
    cycle.addListener(this);
    return cycle;
  }

  /** The chain returned, or failed. Ends a synchronous request; an asynchronous one goes on. */
  void chainEnded(@Nullable Throwable failure) {
    long durationNanos = System.nanoTime() - startNanos;
    if (asynchronous || listenLate()) {
      path = filter.explicitPath(this);
      this.failure = failure;
      if (failure != null) {
        freezeStatus();
      }
    } else if (finishOnce()) {
      int status = StatusLabel.atEnd(response, failure);
      PathLabel label = filter.path(this, pathAtEntry);
      long quietPeriod = metrics.quietPeriod();
      Series series = metrics.series(label, method, status, metrics.extra(this, status, failure));
      observe(series, durationNanos);
      if (PrometheusRequestFilter.mayChange(status)) {
        filter.unsettled(
            this,
            new UnsettledObservation(
                label,
                method,
                series,
                failure,
                quietPeriod,
                durationNanos,
                requestBytes(),
                responseBytes()));
      }
    }
  }

  /** Listens to a cycle that was started past this wrapper; false if there is none. */
  private boolean listenLate() {
    if (!isAsyncStarted()) {
      return false;
    }
    try {
      listen(getAsyncContext());
      return true;
    } catch (IllegalStateException e) {
      return false; // the cycle is over already, or is a protocol upgrade
    }
  }

  /** After this the container may change what the response says, but no longer what was sent. */
  private void freezeStatus() {
    if (response.isCommitted()) {
      sentStatus = response.getStatus();
    }
  }

  @Override
  public void onStartAsync(AsyncEvent event) {
    event.getAsyncContext().addListener(this);
  }

  @Override
  public void onTimeout(AsyncEvent event) {
    freezeStatus();
  }

  @Override
  public void onError(AsyncEvent event) {
    failure = event.getThrowable();
    freezeStatus();
  }

  @Override
  public void onComplete(AsyncEvent event) {
    long durationNanos = System.nanoTime() - startNanos;
    if (finishOnce()) {
      PathLabel late = filter.explicitPath(this);
      PathLabel label = late != null ? late : path != null ? path : filter.path(this, pathAtEntry);
      int status = sentStatus == UNDECIDED ? response.getStatus() : sentStatus;
      observe(
          metrics.series(label, method, status, metrics.extra(this, status, failure)),
          durationNanos);
    }
  }

  private boolean finishOnce() {
    return FINISHED.compareAndSet(this, 0, 1);
  }
}
