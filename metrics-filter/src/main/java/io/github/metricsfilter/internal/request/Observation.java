package io.github.metricsfilter.internal.request;

import io.github.metricsfilter.internal.series.PathLabel;
import io.github.metricsfilter.internal.series.Trace;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.util.concurrent.atomic.AtomicIntegerFieldUpdater;
import org.jspecify.annotations.Nullable;

/**
 * One request from its entry until it is over, which its {@link Container} tells by {@link #over}:
 * then it is recorded, once.
 */
public final class Observation {

  private static final AtomicIntegerFieldUpdater<Observation> FINISHED =
      AtomicIntegerFieldUpdater.newUpdater(Observation.class, "finished");

  private static final AtomicIntegerFieldUpdater<Observation> SENT =
      AtomicIntegerFieldUpdater.newUpdater(Observation.class, "sent");

  /** What a new field holds: to set a volatile one would cost each request a fence. */
  private static final int UNKNOWN = 0;

  /** A status that couldn't be read. */
  private static final int NONE = -1;

  /** As the filter got them. */
  final HttpServletRequest request;

  final HttpServletResponse response;

  final long startNanos;
  final int method;

  /** Which of the gauges of requests in flight this one is counted in. */
  final int slot;

  final String servletPattern;
  final Object pathAtEntry;
  final @Nullable Trace trace;

  private final RequestRecorder recorder;
  private final Container container;

  /** What the chain sees: wrappers only if bodies are counted, or the container has no word. */
  private HttpServletRequest chainRequest;

  private HttpServletResponse chainResponse;

  /** That of the chain. */
  private final Thread thread = Thread.currentThread();

  /** Whether the chain has returned or failed; only its own thread asks. */
  private boolean chainHasEnded;

  /** The status with which the request was said to be over before it could be finished. */
  private volatile int told;

  @SuppressWarnings("unused") // by FINISHED
  private volatile int finished;

  /** Whether it has gone asynchronous. */
  private volatile boolean suspended;

  /** A status that is known to have been sent, so that a later failure cannot change it. */
  private volatile int sent;

  /** How long it took until the response was begun, at least 1; only if that is asked for. */
  private volatile long firstByteNanos;

  /** What ended the chain or the last cycle. */
  private volatile @Nullable Throwable failure;

  /**
   * What was said of the route when the chain returned: before an error page could say its own, and
   * while the attributes are there.
   */
  private @Nullable PathLabel route;

  private @Nullable Object routeName;

  /** What the application has named the route through a wrapper of ours. */
  private volatile @Nullable Object name;

  /** Whether the request must not be asked anything any more. */
  private boolean abandoned;

  Observation(
      RequestRecorder recorder,
      Container container,
      HttpServletRequest request,
      HttpServletResponse response,
      long startNanos,
      int method,
      int slot,
      String servletPattern,
      Object pathAtEntry,
      @Nullable Trace trace) {
    this.recorder = recorder;
    this.container = container;
    this.request = request;
    this.response = response;
    this.startNanos = startNanos;
    this.method = method;
    this.slot = slot;
    this.servletPattern = servletPattern;
    this.pathAtEntry = pathAtEntry;
    this.trace = trace;
    chainRequest = request;
    chainResponse = response;
  }

  /** What the chain is to see. */
  public HttpServletRequest chainRequest() {
    return chainRequest;
  }

  /** Likewise. */
  public HttpServletResponse chainResponse() {
    return chainResponse;
  }

  /** Lets the chain see this wrapper of the request. */
  void chainRequest(HttpServletRequest wrapper) {
    chainRequest = wrapper;
  }

  /**
   * Has the container watch the request.
   *
   * @return false if it is watched already
   */
  boolean begin() {
    return container.watch(this);
  }

  /**
   * Lets the chain see wrappers that count the bytes of the bodies, or see when the first is sent.
   * A container sends no body in answer to HEAD, whatever the application writes.
   */
  void count(boolean requestBody, boolean responseBody, boolean firstByte) {
    boolean hasBody = responseBody && !"HEAD".equals(request.getMethod());
    if (hasBody || firstByte) {
      chainResponse = new CountedResponse(chainResponse, hasBody, firstByte ? this : null);
    }
    chainRequest = new CountedRequest(chainRequest, chainResponse, requestBody);
  }

  long requestBytes() {
    return chainRequest instanceof CountedRequest ? ((CountedRequest) chainRequest).bytes() : 0;
  }

  /** With some statuses a container sends no body, whatever the application writes. */
  long responseBytes(int status) {
    return chainResponse instanceof CountedResponse
            && status / 100 != 1
            && status != HttpServletResponse.SC_NO_CONTENT
            && status != HttpServletResponse.SC_NOT_MODIFIED
        ? ((CountedResponse) chainResponse).bytes()
        : 0;
  }

  /** Whether somebody tells when the container begins to send the response, or it has. */
  boolean isToldOfSending() {
    try {
      if (response.isCommitted()) { // by a filter before this one
        sending(startNanos);
        return true;
      }
      return container.tellsSending(this);
    } catch (Throwable t) { // of any kind: the request goes on
      recorder.failed("Watching for the first byte of a response", t);
      return false;
    }
  }

  /** Whether it is asked for when the container begins to send the response. */
  boolean isWatchedForSending() {
    return recorder.showsFirstByte();
  }

  /**
   * The container begins to send the response. What it says last counts, since a response may
   * follow an interim one.
   */
  void sending() {
    sending(System.nanoTime());
  }

  /** It has begun at this time. */
  void sending(long nanos) {
    firstByteNanos = Math.max(1, nanos - startNanos);
  }

  /** How long it took to the first byte; until the end if none was sent before. */
  long firstByteNanos(long durationNanos) {
    try {
      if (!abandoned) {
        container.noteSending(this);
        if (chainResponse instanceof CountedResponse) {
          ((CountedResponse) chainResponse).end();
        }
      }
    } catch (Throwable t) { // of any kind: the request is recorded without it
      recorder.failed("Watching for the first byte of a response", t);
    }
    long known = firstByteNanos;
    return known == UNKNOWN ? durationNanos : Math.min(known, durationNanos);
  }

  /** Whether this thread is in the chain that the filter has called. */
  boolean isInChain() {
    return thread == Thread.currentThread() && !chainHasEnded;
  }

  /** An exception has left the chain, or ended an asynchronous cycle. */
  public void failed(Throwable failure) {
    this.failure = failure;
  }

  /** The exception that has left the chain or ended the processing, as far as it is known. */
  @Nullable Throwable failure() {
    return failure;
  }

  /** Something failed that the request doesn't notice. */
  void troubled(String what, Throwable failure) {
    recorder.failed(what, failure);
  }

  /** A status that has been sent. The first one stands. Without a fence, as of each request. */
  void sent(int status) {
    if (sent == UNKNOWN) {
      SENT.lazySet(this, status);
    }
  }

  /** The application has named the route through a wrapper of ours. */
  void name(@Nullable Object name) {
    this.name = name;
  }

  @Nullable Object name() {
    return name;
  }

  /**
   * The chain has returned, and so much is known of the route.
   *
   * @param routeName what the application has named it, from which it was found
   */
  void route(@Nullable PathLabel route, @Nullable Object routeName) {
    this.route = route;
    this.routeName = routeName;
  }

  @Nullable PathLabel route() {
    return route;
  }

  @Nullable Object routeName() {
    return routeName;
  }

  boolean isSuspended() {
    return suspended;
  }

  /** It has gone asynchronous; the application's end must not leave it in flight. */
  void suspend() {
    if (!suspended) {
      suspended = true;
      recorder.suspended(this);
      if (finished != 0) { // meanwhile
        recorder.resumed(this);
      }
    }
  }

  /** The chain has returned or failed. */
  public void chainEnded() {
    chainHasEnded = true;
    try {
      recorder.findRoute(this);
      if (told != UNKNOWN) {
        finish(told, false);
      } else if (suspended || isAsyncStarted()) {
        suspend();
        container.suspended(this);
      } else {
        container.chainEnded(this);
      }
    } catch (Throwable t) { // of any kind: what left the chain must reach the container
      recorder.failed("Reading the state of a request", t);
    }
  }

  private boolean isAsyncStarted() {
    try {
      return request.isAsyncStarted();
    } catch (Throwable t) { // of any kind: its container is told that the chain has returned
      recorder.failed("Reading the state of a request", t);
      return false;
    }
  }

  /**
   * A later dispatch of the request, asynchronous or of an error page, that came through the filter
   * has returned or failed.
   *
   * @param isErrorPage whether it was that of an error page
   * @param failure what has left the chain, or null
   */
  public void dispatchEnded(boolean isErrorPage, @Nullable Throwable failure) {
    try {
      container.dispatchEnded(this, isErrorPage, failure);
    } catch (Throwable t) { // as above
      recorder.failed("Reading the state of a request", t);
    }
  }

  /** The container says that the request is over. Called by it, so nothing is thrown. */
  void over() {
    over(statusNow());
  }

  /**
   * Likewise, but an error page is due, after which it will say so again. If none comes, it won't.
   */
  void overUnlessAPageComes() {
    told = statusNow();
  }

  private int statusNow() {
    try {
      return sent == UNKNOWN ? container.status(this) : sent;
    } catch (Throwable t) { // of any kind: the request is recorded, with an unknown status
      recorder.failed("Reading the status of a response", t);
      return NONE;
    }
  }

  /**
   * Likewise, with this status. If the chain is still under way here, that it ends is waited for.
   */
  void over(int status) {
    if (isInChain()) {
      told = status;
    } else {
      finish(status, false);
    }
  }

  /**
   * Nobody may tell of this request any more, as when the application ends. The container has
   * perhaps recycled it. If the client gets an answer at all, it is what was sent before, or 500.
   */
  void abandon() {
    try {
      if (sent == UNKNOWN) {
        sent = container.sentStatus(this);
      }
    } catch (Throwable t) { // of any kind: the others must be recorded, too
      troubledUnlessOver("Reading the status of a response", t);
    }
    finish(lastKnownStatus(), true);
  }

  private int lastKnownStatus() {
    return sent == UNKNOWN && told != UNKNOWN ? told : sentOr500();
  }

  /**
   * Its container may have let go of it and told nobody. To be called before a scrape, so that this
   * one doesn't show it in flight.
   */
  void endIfForgotten() {
    try {
      if (container.hasForgotten(this)) {
        abandon();
      }
    } catch (Throwable t) { // of any kind: the scrape must go on
      troubledUnlessOver("Reading the state of a request", t);
    }
  }

  /** The container may have told another thread of the end meanwhile, and have recycled it. */
  private void troubledUnlessOver(String what, Throwable failure) {
    if (finished == 0) {
      recorder.failed(what, failure);
    }
  }

  /** The container's request must not be asked any more: what is known of it has to do. */
  void leaveRequest() {
    abandoned = true;
  }

  /** The status of a request whose processing has failed: what was sent before, if anything was. */
  int sentOr500() {
    return sent == UNKNOWN ? HttpServletResponse.SC_INTERNAL_SERVER_ERROR : sent;
  }

  boolean isAbandoned() {
    return abandoned;
  }

  /**
   * @param abandon whether the request must not be asked any more; by another thread that has
   *     finished it before, it still may
   */
  private void finish(int status, boolean abandon) {
    long durationNanos = System.nanoTime() - startNanos;
    if (finishOnce()) {
      abandoned |= abandon;
      if (suspended) {
        recorder.resumed(this);
      }
      recorder.record(this, status, durationNanos);
    }
  }

  /**
   * In the chain's own thread, a request that isn't asynchronous needs no atomic operation: nobody
   * else ends it. Another thread may be told of the end while this one is about to {@link #suspend}
   * it; so of the two, at least one must see what the other has written.
   */
  private boolean finishOnce() {
    if (suspended || thread != Thread.currentThread()) {
      return FINISHED.compareAndSet(this, 0, 1);
    }
    boolean first = finished == 0;
    FINISHED.lazySet(this, 1);
    return first;
  }
}
