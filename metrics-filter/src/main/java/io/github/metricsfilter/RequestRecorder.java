package io.github.metricsfilter;

import io.github.metricsfilter.FaultMetrics.Cause;
import io.prometheus.metrics.tracer.common.SpanContext;
import io.prometheus.metrics.tracer.initializer.SpanContextSupplier;
import jakarta.servlet.DispatcherType;
import jakarta.servlet.FilterRegistration;
import jakarta.servlet.RequestDispatcher;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.util.List;
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
final class RequestRecorder {

  private final RequestMetrics metrics;
  private final RequestPath paths;
  private final Exclusion exclusion;
  private final boolean portable;
  private final @Nullable FilterRegistration registration;

  /** Found out on the first request, by trying. */
  private volatile @Nullable Container container;

  /** The requests that have gone asynchronous; not every container ends them when it stops. */
  private final Set<Observation> suspended = ConcurrentHashMap.newKeySet();

  /**
   * @param registration that of the filter, if the container knows it
   */
  RequestRecorder(
      RequestMetrics metrics,
      Settings settings,
      String contextPath,
      @Nullable FilterRegistration registration) {
    this.metrics = metrics;
    this.registration = registration;
    paths = new RequestPath(metrics.paths(), settings, contextPath);
    exclusion = new Exclusion(settings, metrics);
    portable = settings.portable;
  }

  /** Which part of a request this is; one that is told of none has entered. */
  DispatcherType dispatch(HttpServletRequest request) {
    try {
      DispatcherType type = request.getDispatcherType();
      return type == null ? DispatcherType.REQUEST : type;
    } catch (Throwable t) { // of any kind: the request goes on
      metrics.failed(Cause.OWN, "Reading the dispatcher type of a request", t);
      return DispatcherType.REQUEST;
    }
  }

  /**
   * Begins to observe a request that enters.
   *
   * @return null if it isn't to be observed, or is already
   */
  @Nullable Observation begin(HttpServletRequest request, HttpServletResponse response) {
    long startNanos = System.nanoTime(); // first: the processor looks up the labels meanwhile
    try {
      if (exclusion.applies(request)) {
        return null;
      }
      int method = method(request);
      int slot = metrics.slot(method, request);
      Observation observation =
          new Observation(
              this,
              container(request),
              request,
              response,
              startNanos,
              method,
              slot,
              pathAtEntry(request),
              metrics.settings().exemplars ? currentTrace(startNanos) : null);
      return observation.begin() ? started(observation) : null;
    } catch (Throwable t) { // of any kind: the request goes on
      metrics.failed(Cause.OWN, "Observing a request", t);
      return null;
    }
  }

  private Observation started(Observation observation) {
    metrics.start(observation.slot);
    Settings settings = metrics.settings();
    if (settings.requestSize || settings.responseSize) {
      observation.count(settings.requestSize, settings.responseSize);
    }
    return observation;
  }

  /** The observation of a request that is dispatched once more, where the end of that matters. */
  @Nullable Observation dispatched(HttpServletRequest request) {
    try {
      Container known = container;
      return known == null ? null : known.find(request);
    } catch (Throwable t) {
      metrics.failed(Cause.OWN, "Finding the observation of a request", t);
      return null;
    }
  }

  private Container container(HttpServletRequest request) {
    Container known = container;
    return known == null ? findOut(request) : known;
  }

  private synchronized Container findOut(HttpServletRequest request) {
    Container known = container;
    if (known == null) {
      known =
          portable
              ? new Portable(metrics.mark())
              : Containers.of(request, metrics.mark(), registration);
      container = known;
    }
    return known;
  }

  private int method(HttpServletRequest request) {
    try {
      return metrics.methods().indexOf(request.getMethod());
    } catch (Throwable t) {
      metrics.failed(Cause.OWN, "Reading the method of a request", t);
      return metrics.methods().indexOf(null);
    }
  }

  private Object pathAtEntry(HttpServletRequest request) {
    try {
      return paths.atEntry(request);
    } catch (Throwable t) {
      metrics.failed(Cause.OWN, "Reading the mapping of a request", t);
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
      metrics.failed(Cause.TRACER, "Finding the current span", t);
    }
    return null;
  }

  /** The route that the application or its framework names; null if none does, or if that fails. */
  @Nullable PathLabel explicitRoute(Observation observation) {
    try {
      return paths.explicit(observation.request, name(observation));
    } catch (Throwable t) { // of any kind: a callback must not change the request's outcome
      metrics.failed(Cause.ROUTE, "Finding the route of a request", t);
      return null;
    }
  }

  /** Records a request that is over. */
  void record(Observation observation, int status, long durationNanos) {
    try {
      PathLabel path = path(observation);
      List<String> extra =
          metrics.hasExtraLabels()
              ? metrics.extra(request(observation), observation.slot, status, thrown(observation))
              : RequestMetrics.NO_EXTRA;
      metrics
          .series(path, observation.method, status, observation.slot, extra)
          .observe(
              durationNanos,
              observation.trace,
              observation.requestBytes(),
              observation.responseBytes());
    } catch (Throwable t) { // of any kind: the container that called must go on
      metrics.failed(Cause.OWN, "Recording a request", t);
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
      metrics.failed(Cause.OWN, "Reading an attribute of a request", t);
      return null;
    }
  }

  private PathLabel path(Observation observation) {
    PathLabel early = observation.route();
    PathLabel named =
        early == null || name(observation) != null ? explicitRoute(observation) : early;
    return named == null ? paths.ofEntry(observation.pathAtEntry) : named;
  }

  /** What the application has named the route. */
  private @Nullable Object name(Observation observation) {
    Object attribute = attribute(observation, RequestPath.ATTRIBUTE);
    return attribute == null ? observation.name() : attribute;
  }

  void failed(String what, Throwable failure) {
    metrics.failed(Cause.OWN, what, failure);
  }

  void suspended(Observation observation) {
    suspended.add(observation);
  }

  void resumed(Observation observation) {
    suspended.remove(observation);
  }

  /** Records the requests that are still suspended: the application ends. */
  void close() {
    suspended.forEach(Observation::abandon);
    suspended.clear();
  }
}
