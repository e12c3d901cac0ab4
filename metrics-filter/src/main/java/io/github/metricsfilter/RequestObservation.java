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

  /** What a new field holds: to set a volatile one would cost each request a fence. */
  private static final short UNDECIDED = 0;

  final long startNanos = System.nanoTime();
  final int method;

  /** What the chain writes to. */
  final HttpServletResponse response;

  private final PrometheusRequestFilter filter;
  private final Object pathAtEntry;

  @SuppressWarnings("unused") // by FINISHED
  private volatile int finished;

  /** Set in the thread of the chain, or of a dispatch; read after the chain has returned. */
  private volatile boolean asynchronous;

  /** The status that the client got before a late failure could change what the response says. */
  private volatile short sentStatus;

  /** Whether a dispatch is under way that has started no other cycle; see {@link LastDispatch}. */
  private volatile boolean inLastDispatch;

  /** What ended the chain or the last cycle. */
  private volatile @Nullable Throwable failure;

  /**
   * What was said of the route by the time the chain returned; the attributes may be gone later.
   */
  private volatile @Nullable PathLabel path;

  /** What was recorded when the asynchronous processing failed. */
  private volatile @Nullable UnsettledObservation failed;

  /** What the application has named the route through us, likewise. */
  private volatile @Nullable Object name;

  RequestObservation(
      PrometheusRequestFilter filter, HttpServletRequest request, HttpServletResponse response) {
    super(request);
    this.filter = filter;
    this.response = response;
    this.method = filter.metrics().methods().indexOf(request.getMethod());
    this.pathAtEntry = filter.pathAtEntry(request);
  }

  /** To be shown with the request; null unless asked for. */
  @Nullable Trace trace() {
    return null;
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
    if (!asynchronous) {
      asynchronous = true;
      filter.suspended(this);
    }
    cycle.addListener(this);
    return seen(cycle);
  }

  @Override
  public AsyncContext getAsyncContext() {
    return seen(super.getAsyncContext());
  }

  private AsyncContext seen(AsyncContext cycle) {
    return filter.isOnJetty() ? new JettyCycle(cycle, this) : cycle;
  }

  @Override
  public void setAttribute(String attribute, @Nullable Object value) {
    if (RequestPath.ATTRIBUTE.equals(attribute)) {
      name = value;
    }
    super.setAttribute(attribute, value);
  }

  private @Nullable Object name() {
    Object attribute = getAttribute(RequestPath.ATTRIBUTE);
    return attribute == null ? name : attribute;
  }

  /** The chain returned, or failed. Ends a synchronous request; an asynchronous one goes on. */
  void chainEnded(@Nullable Throwable failure) {
    long durationNanos = System.nanoTime() - startNanos;
    if (asynchronous || listenLate()) {
      path = filter.explicitPath(this, name());
      if (failure != null) {
        this.failure = failure;
      }
      freezeStatus();
    } else if (finishOnce()) {
      int status = StatusLabel.atEnd(this, response, failure);
      if (PrometheusRequestFilter.mayChange(status)) {
        filter.unsettled(this, finishUnsettled(path(), status, failure, durationNanos));
      } else {
        finish(path(), status, failure, durationNanos);
      }
    }
  }

  private PathLabel path() {
    Object late = name();
    PathLabel known = path;
    return known != null && late == null ? known : filter.path(this, late, pathAtEntry);
  }

  private void finish(
      PathLabel label, int status, @Nullable Throwable failure, long durationNanos) {
    RequestMetrics metrics = filter.metrics();
    metrics
        .series(label, method, status, metrics.extra(this, status, failure))
        .observe(durationNanos, trace(), requestBytes(), responseBytes());
  }

  /**
   * Likewise, where another status may follow. What is taken back must be what was recorded, and a
   * body may still be written, so its size is read once.
   */
  private UnsettledObservation finishUnsettled(
      PathLabel label, int status, @Nullable Throwable failure, long durationNanos) {
    RequestMetrics metrics = filter.metrics();
    long quietPeriod = metrics.quietPeriod();
    Series series = metrics.series(label, method, status, metrics.extra(this, status, failure));
    UnsettledObservation observation =
        new UnsettledObservation(
            label,
            method,
            series,
            failure,
            quietPeriod,
            durationNanos,
            trace(),
            requestBytes(),
            responseBytes());
    observation.recordIn(series, durationNanos);
    return observation;
  }

  /** Listens to a cycle that was started past this wrapper; false if there is none. */
  private boolean listenLate() {
    if (!isAsyncStarted()) {
      return false;
    }
    try {
      listen(super.getAsyncContext());
      return true;
    } catch (IllegalStateException e) { // the cycle is over already, or is a protocol upgrade
      filter.resumed(this);
      return false;
    }
  }

  /** After this the container may change what the response says, but no longer what was sent. */
  private void freezeStatus() {
    if (sentStatus == UNDECIDED && StatusLabel.isSent(this, response)) {
      sentStatus = (short) response.getStatus();
    }
  }

  @Override
  public void onStartAsync(AsyncEvent event) {
    inLastDispatch = false;
    event.getAsyncContext().addListener(this);
  }

  @Override
  public void onTimeout(AsyncEvent event) {
    freezeStatus();
  }

  /**
   * Finishes the request with the status that the container will send, since nothing more may
   * follow: Jetty completes no cycle whose response was under way, Tomcat none that has failed in
   * the chain. If another listener turns this into an answer of its own, onComplete corrects it.
   */
  @Override
  public void onError(AsyncEvent event) {
    long durationNanos = System.nanoTime() - startNanos;
    failure = event.getThrowable();
    freezeStatus();
    if (finishOnce()) {
      filter.resumed(this);
      failed = finishUnsettled(path(), sentOr500(), failure, durationNanos);
    }
  }

  /** A dispatch begins; unless it starts another cycle, it is the last. */
  void dispatchBegun() {
    inLastDispatch = true;
  }

  /** The dispatch has returned or failed. If it was the last, what it has sent stands. */
  void dispatchEnded() {
    if (inLastDispatch) {
      finishIfSent();
    }
  }

  /** Finishes the request, if what the client gets can no longer change. */
  void finishIfSent() {
    long durationNanos = System.nanoTime() - startNanos;
    freezeStatus();
    if (sentStatus != UNDECIDED && finishOnce()) {
      filter.resumed(this);
      finish(path(), sentStatus, failure, durationNanos);
    }
  }

  @Override
  public void onComplete(AsyncEvent event) {
    long durationNanos = System.nanoTime() - startNanos;
    int status = sentStatus == UNDECIDED ? response.getStatus() : sentStatus;
    if (finishOnce()) {
      filter.resumed(this);
      finish(path(), status, failure, durationNanos);
    } else {
      UnsettledObservation first = failed;
      if (first != null && first.series.status != status && filter.metrics().reopen(first)) {
        filter.metrics().finish(first, this, status, durationNanos);
      }
    }
  }

  /**
   * The application ends while this request is suspended, and the container has perhaps recycled
   * what we wrap, so what we know has to do. If the client gets an answer at all, it is 500.
   */
  void abandon() {
    long durationNanos = System.nanoTime() - startNanos;
    if (finishOnce()) {
      PathLabel known = path;
      finish(
          known == null ? filter.entryPath(pathAtEntry) : known,
          sentOr500(),
          failure,
          durationNanos);
    }
  }

  private int sentOr500() {
    return sentStatus == UNDECIDED ? HttpServletResponse.SC_INTERNAL_SERVER_ERROR : sentStatus;
  }

  private boolean finishOnce() {
    return FINISHED.compareAndSet(this, 0, 1);
  }
}
