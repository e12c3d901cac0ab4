package io.github.metricsfilter.internal.request;

import static java.lang.System.Logger.Level.DEBUG;

import io.github.metricsfilter.internal.series.ExtraValues;
import io.github.metricsfilter.internal.series.FailureCause;
import io.github.metricsfilter.internal.series.PathLabel;
import io.github.metricsfilter.internal.series.PathLabels;
import io.github.metricsfilter.internal.series.RequestMetrics;
import io.github.metricsfilter.internal.series.Trace;
import io.prometheus.metrics.tracer.common.SpanContext;
import io.prometheus.metrics.tracer.initializer.SpanContextSupplier;
import jakarta.servlet.DispatcherType;
import jakarta.servlet.FilterRegistration;
import jakarta.servlet.RequestDispatcher;
import jakarta.servlet.ServletContext;
import jakarta.servlet.ServletRequest;
import jakarta.servlet.ServletRequestEvent;
import jakarta.servlet.ServletRequestListener;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * What one filter does with requests: it begins an {@link Observation} of each, asks the {@link
 * Container} to tell when it is over, and records it then.
 *
 * <p>Nothing in here throws into a request. What fails is counted, and a request that has begun is
 * recorded all the same, with what is known of it.
 */
public final class RequestRecorder {

  private static final System.Logger LOG = System.getLogger(RequestRecorder.class.getName());

  private final RequestMetrics metrics;
  private final RequestPath paths;
  private final Exclusion exclusion;
  private final boolean portable;
  private final @Nullable FilterRegistration registration;

  /** Whether the container has taken a listener of ours, if it needs one to tell. */
  private final boolean listens;

  /** For requests behind which there is no request of a container that tells. */
  private final Container elsewhere;

  /** Found out on the first request, by trying. */
  private volatile @Nullable Container container;

  /** The requests that have gone asynchronous, of whose end not every container tells. */
  private final Set<Observation> suspended = ConcurrentHashMap.newKeySet();

  private final Runnable beforeCollecting = this::endForgotten;

  /**
   * Of the requests of one filter.
   *
   * @param context of the application, which is starting
   * @param registration that of the filter, if the container knows it
   */
  public RequestRecorder(
      RequestMetrics metrics,
      RequestSettings settings,
      ServletContext context,
      @Nullable FilterRegistration registration) {
    this.metrics = metrics;
    this.registration = registration;
    String contextPath = context.getContextPath();
    paths =
        new RequestPath(
            metrics.paths(), settings, contextPath == null ? "" : contextPath); // null in mocks
    exclusion = new Exclusion(settings, metrics);
    portable = settings.portable;
    elsewhere = new Portable(metrics.mark());
    if (!portable) {
      Containers.prepare(context);
    }
    listens = !portable && Containers.needsListener(context) && listen(context);
    metrics.beforeCollecting(beforeCollecting);
  }

  private boolean listen(ServletContext context) {
    try {
      context.addListener(new DispatchListener());
      return true;
    } catch (RuntimeException e) { // the application has started, or its container allows none
      LOG.log(DEBUG, "No listener can be added", e);
      return false;
    }
  }

  private final class DispatchListener implements ServletRequestListener {

    @Override
    public void requestDestroyed(ServletRequestEvent event) {
      Container known = container;
      ServletRequest request = event.getServletRequest();
      if (known != null && request instanceof HttpServletRequest) {
        try {
          Observation observation = known.find((HttpServletRequest) request);
          if (observation != null) {
            known.dispatchDestroyed(observation);
          }
        } catch (Throwable t) { // of any kind: the container must go on
          metrics.failed(FailureCause.OWN, "Finding the observation of a request", t);
        }
      }
    }
  }

  /** Whether this is the beginning of a request, rather than a later dispatch of it. */
  public boolean enters(HttpServletRequest request) {
    try {
      DispatcherType type = request.getDispatcherType();
      return type == DispatcherType.REQUEST || type == null;
    } catch (Throwable t) { // of any kind: the request goes on
      metrics.failed(FailureCause.OWN, "Reading the dispatcher type of a request", t);
      return true;
    }
  }

  /**
   * Begins to observe a request that enters.
   *
   * @return null if it isn't to be observed, or is already
   */
  public @Nullable Observation begin(HttpServletRequest request, HttpServletResponse response) {
    long startNanos = System.nanoTime(); // first: the processor looks up the labels meanwhile
    try {
      if (isExcluded(request)) {
        return null;
      }
      int method = method(request);
      String servletPattern = servletPattern(request);
      Observation observation =
          new Observation(
              this,
              container(request),
              request,
              response,
              startNanos,
              method,
              metrics.slot(method, request),
              servletPattern,
              pathAtEntry(request, servletPattern),
              metrics.showsTraces() ? currentTrace(startNanos) : null);
      return observation.begin() ? started(observation) : null;
    } catch (Throwable t) { // of any kind: the request goes on
      metrics.failed(FailureCause.OWN, "Observing a request", t);
      return null;
    }
  }

  private boolean isExcluded(HttpServletRequest request) {
    try {
      return exclusion.applies(request);
    } catch (Throwable t) { // of any kind: what cannot be told from others is observed like them
      metrics.failed(FailureCause.OWN, "Reading the path of a request", t);
      return false;
    }
  }

  private Observation started(Observation observation) {
    metrics.start(observation.slot, observation.startNanos);
    boolean requestSize = metrics.showsRequestSize();
    boolean responseSize = metrics.showsResponseSize();
    boolean firstByte = showsFirstByte() && !observation.isToldOfSending();
    if (requestSize || responseSize || firstByte) {
      try {
        observation.count(requestSize, responseSize, firstByte);
      } catch (Throwable t) { // of any kind: it is observed without them
        metrics.failed(FailureCause.OWN, "Counting the bytes of a request", t);
      }
    }
    return observation;
  }

  boolean showsFirstByte() {
    return metrics.showsFirstByte();
  }

  /** The observation of a request that is dispatched once more, where the end of that matters. */
  public @Nullable Observation dispatched(HttpServletRequest request) {
    try {
      Container known = container;
      DispatcherType type = request.getDispatcherType();
      return known != null && (type == DispatcherType.ASYNC || type == DispatcherType.ERROR)
          ? known.find(request)
          : null;
    } catch (Throwable t) { // of any kind: the request goes on
      metrics.failed(FailureCause.OWN, "Finding the observation of a request", t);
      return null;
    }
  }

  private Container container(HttpServletRequest request) {
    Container known = container;
    if (known == null) {
      known = findOut(request);
    }
    return known.isOf(request) ? known : elsewhere;
  }

  private synchronized Container findOut(HttpServletRequest request) {
    Container known = container;
    if (known == null) {
      known =
          portable
              ? elsewhere
              : Containers.of(request, elsewhere, metrics.mark(), registration, listens);
      container = known;
    }
    return known;
  }

  private int method(HttpServletRequest request) {
    try {
      return metrics.method(request.getMethod());
    } catch (Throwable t) {
      metrics.failed(FailureCause.OWN, "Reading the method of a request", t);
      return metrics.method(null);
    }
  }

  private String servletPattern(HttpServletRequest request) {
    try {
      return paths.servletPattern(request);
    } catch (Throwable t) {
      metrics.failed(FailureCause.OWN, "Reading the mapping of a request", t);
      return RequestPath.NONE;
    }
  }

  private Object pathAtEntry(HttpServletRequest request, String servletPattern) {
    try {
      return paths.atEntry(request, servletPattern);
    } catch (Throwable t) {
      metrics.failed(FailureCause.OWN, "Reading the path of a request", t);
      return RequestPath.NONE;
    }
  }

  /** The span that surrounds the filter; it may have ended when the request is over. */
  private @Nullable Trace currentTrace(long startNanos) {
    try {
      SpanContext context = SpanContextSupplier.getSpanContext();
      if (context != null && context.isCurrentSpanSampled()) {
        String traceId = context.getCurrentTraceId();
        String spanId = context.getCurrentSpanId();
        if (traceId != null && spanId != null) {
          return new Trace(traceId, spanId, startNanos);
        }
      }
    } catch (Throwable t) { // of any kind: a tracer must not change the request's outcome
      metrics.failed(FailureCause.TRACER, "Finding the current span", t);
    }
    return null;
  }

  /** Finds what the application or its framework says of the route when the chain has returned. */
  void findRoute(Observation observation) {
    Object name = name(observation);
    observation.route(explicitRoute(observation, name), name);
  }

  /** Null if nobody names the route, or if that fails. */
  private @Nullable PathLabel explicitRoute(Observation observation, @Nullable Object name) {
    try {
      return paths.explicit(observation.request, observation.servletPattern, name);
    } catch (Throwable t) { // of any kind: a callback must not change the request's outcome
      metrics.failed(FailureCause.ROUTE, "Finding the route of a request", t);
      return null;
    }
  }

  /** Records a request that is over. */
  void record(Observation observation, int status, long durationNanos) {
    try {
      PathLabel path = path(observation);
      ExtraValues extra =
          metrics.hasExtraLabels()
              ? metrics.extra(request(observation), observation.slot, status, thrown(observation))
              : ExtraValues.NONE;
      metrics.record(
          path,
          observation.method,
          status,
          observation.slot,
          extra,
          observation.startNanos,
          durationNanos,
          observation.trace,
          showsFirstByte() ? observation.firstByteNanos(durationNanos) : 0,
          observation.requestBytes(),
          observation.responseBytes(status));
    } catch (Throwable t) { // of any kind: the container that called must go on
      metrics.failed(FailureCause.OWN, "Recording a request", t);
    }
  }

  /** What was thrown: seen by the filter, or what the container tells an error page. */
  private @Nullable Throwable thrown(Observation observation) {
    Throwable known = observation.failure();
    Object told = known == null ? attribute(observation, RequestDispatcher.ERROR_EXCEPTION) : known;
    return told instanceof Throwable ? (Throwable) told : null;
  }

  private static @Nullable HttpServletRequest request(Observation observation) {
    return observation.isAbandoned() ? null : observation.request;
  }

  private @Nullable Object attribute(Observation observation, String name) {
    HttpServletRequest request = request(observation);
    try {
      return request == null ? null : request.getAttribute(name);
    } catch (Throwable t) { // of any kind: the request is recorded without it
      metrics.failed(FailureCause.OWN, "Reading an attribute of a request", t);
      return null;
    }
  }

  private PathLabel path(Observation observation) {
    PathLabel named = observation.isAbandoned() ? observation.route() : latestRoute(observation);
    return named == null ? paths.ofEntry(observation.pathAtEntry) : named;
  }

  /** The application may name the route until the end, a framework in an asynchronous dispatch. */
  private @Nullable PathLabel latestRoute(Observation observation) {
    Object name = name(observation);
    boolean isNamed = name != null && name != observation.routeName();
    boolean isMissing = observation.route() == null && observation.isSuspended();
    return isNamed || isMissing ? explicitRoute(observation, name) : observation.route();
  }

  /** What the application has named the route. */
  private @Nullable Object name(Observation observation) {
    Object attribute = attribute(observation, PathLabels.ROUTE_ATTRIBUTE);
    return attribute == null ? observation.name() : attribute;
  }

  void failed(String what, Throwable failure) {
    metrics.failed(FailureCause.OWN, what, failure);
  }

  void suspended(Observation observation) {
    suspended.add(observation);
  }

  void resumed(Observation observation) {
    suspended.remove(observation);
  }

  private void endForgotten() {
    suspended.forEach(Observation::endIfForgotten);
  }

  /** Records the requests that are still suspended: the application ends. */
  public void close() {
    metrics.stopBeforeCollecting(beforeCollecting);
    suspended.forEach(Observation::abandon);
    suspended.clear();
  }
}
