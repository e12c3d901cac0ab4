package io.github.metricsfilter;

import io.prometheus.metrics.model.registry.PrometheusRegistry;
import jakarta.servlet.DispatcherType;
import jakarta.servlet.Filter;
import jakarta.servlet.FilterChain;
import jakarta.servlet.FilterConfig;
import jakarta.servlet.ServletException;
import jakarta.servlet.ServletRequest;
import jakarta.servlet.ServletResponse;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Records each HTTP request once, when it is finished: its number, its duration and, until then,
 * that it is in flight.
 *
 * <p>Register it first in the chain, for the dispatcher types {@code REQUEST} and, if error pages
 * change the status, {@code ERROR}, and with {@code async-supported}. In web.xml it is configured
 * by init-params; in code by {@link #builder()}.
 *
 * <p>It never changes a request's outcome: exceptions pass through as they are, the response isn't
 * wrapped, and the request only where it supports asynchronous processing. What fails in here or in
 * a callback is counted in {@code metrics_filter_failures_total} and logged once. A request that
 * cannot go asynchronous costs two readings of the clock and three increments, and allocates
 * nothing; one that can, one object.
 */
public final class PrometheusRequestFilter implements Filter {

  /**
   * The request attribute by which an application names the route of a request, at any time before
   * the request is finished. It goes before what the filter would find itself; at most {@code
   * max-paths} values get series of their own.
   */
  public static final String PATH_ATTRIBUTE = RequestPath.ATTRIBUTE;

  private static final String OBSERVED = PrometheusRequestFilter.class.getName() + ".observed.";

  private final @Nullable Builder configured;

  private MetricsRegistration registration;
  private RequestMetrics metrics;
  private RequestPath paths;
  private String observedAttribute;

  /** For web.xml, where init-params configure the filter; in code, use {@link #builder()}. */
  @SuppressWarnings(
      "NullAway.Init") // init() comes before doFilter(), says Servlet 6.0, section 6.2.1
  public PrometheusRequestFilter() {
    configured = null;
  }

  @SuppressWarnings("NullAway.Init")
  private PrometheusRequestFilter(Builder configured) {
    this.configured = configured;
  }

  /** A filter to be registered in code, with settings of its own. */
  public static Builder builder() {
    return new Builder();
  }

  /**
   * Registers the metrics with the registry, or joins a filter that has already done so.
   *
   * @throws ServletException if a setting is wrong; the message names it, its value and what is
   *     legal
   */
  @Override
  public void init(FilterConfig config) throws ServletException {
    Builder settings = configured == null ? InitParameters.read(config) : configured;
    registration =
        MetricsRegistration.join(
            settings.registry,
            new RequestMetrics(
                new Buckets(settings.buckets), new MethodLabel(List.of()), settings.maxPaths));
    metrics = registration.metrics();
    paths =
        new RequestPath(
            metrics, config.getServletContext().getContextPath(), settings.routeResolver);
    observedAttribute = OBSERVED + metrics.id();
  }

  /** Unregisters the metrics, unless another filter still uses them. */
  @Override
  public void destroy() {
    registration.leave();
  }

  @Override
  public void doFilter(ServletRequest request, ServletResponse response, FilterChain chain)
      throws IOException, ServletException {
    if (!(request instanceof HttpServletRequest) || !(response instanceof HttpServletResponse)) {
      chain.doFilter(request, response);
      return;
    }
    HttpServletRequest http = (HttpServletRequest) request;
    DispatcherType dispatch = http.getDispatcherType();
    if (dispatch == DispatcherType.ERROR) {
      errorPage(http, (HttpServletResponse) response, chain);
    } else if (dispatch != DispatcherType.REQUEST || http.getAttribute(observedAttribute) != null) {
      chain.doFilter(request, response); // a part of a request that is being observed
    } else if (http.isAsyncSupported()) {
      observeAsync(http, (HttpServletResponse) response, chain);
    } else {
      observe(http, (HttpServletResponse) response, chain);
    }
  }

  private void observe(HttpServletRequest request, HttpServletResponse response, FilterChain chain)
      throws IOException, ServletException {
    int method = metrics.methods().indexOf(request.getMethod());
    String servletPattern = RequestPath.servletPattern(request);
    request.setAttribute(observedAttribute, true);
    long startNanos = System.nanoTime();
    metrics.start();
    Throwable failure = null;
    try {
      chain.doFilter(request, response);
    } catch (Throwable t) {
      failure = t;
      throw t;
    } finally {
      long durationNanos = System.nanoTime() - startNanos;
      int status = StatusLabel.atEnd(response, failure);
      PathLabel path = path(request, servletPattern);
      finish(request, path, method, status, durationNanos);
    }
  }

  private void observeAsync(
      HttpServletRequest request, HttpServletResponse response, FilterChain chain)
      throws IOException, ServletException {
    int method = metrics.methods().indexOf(request.getMethod());
    String servletPattern = RequestPath.servletPattern(request);
    request.setAttribute(observedAttribute, true);
    RequestObservation observation =
        new RequestObservation(this, request, response, servletPattern, method, System.nanoTime());
    metrics.start();
    Throwable failure = null;
    try {
      chain.doFilter(observation, response);
    } catch (Throwable t) {
      failure = t;
      throw t;
    } finally {
      observation.chainEnded(failure);
    }
  }

  /** The route that the application or its framework names; null if none does, or if that fails. */
  @Nullable PathLabel explicitPath(HttpServletRequest request) {
    try {
      return paths.explicit(request);
    } catch (Throwable t) { // of any kind: a callback must not change the request's outcome
      metrics.failed("Finding the route of a request", t);
      return null;
    }
  }

  PathLabel mappedPath(String servletPattern) {
    return paths.mapped(servletPattern);
  }

  PathLabel path(HttpServletRequest request, String servletPattern) {
    PathLabel explicit = explicitPath(request);
    return explicit == null ? mappedPath(servletPattern) : explicit;
  }

  /** Records a request whose status an error page may still change, after the filter returned. */
  void finish(
      HttpServletRequest request, PathLabel path, int method, int status, long durationNanos) {
    if (status < HttpServletResponse.SC_BAD_REQUEST) {
      metrics.finish(path, method, status, durationNanos);
    } else {
      request.setAttribute(
          observedAttribute, metrics.finishUnsettled(path, method, status, durationNanos));
    }
  }

  /** Records a request whose status is final. */
  void finish(PathLabel path, int method, int status, long durationNanos) {
    metrics.finish(path, method, status, durationNanos);
  }

  private void errorPage(
      HttpServletRequest request, HttpServletResponse response, FilterChain chain)
      throws IOException, ServletException {
    chain.doFilter(request, response);
    Object observed = request.getAttribute(observedAttribute);
    if (observed instanceof UnsettledObservation) {
      request.setAttribute(observedAttribute, true); // for another filter of ours outside
      metrics.settle((UnsettledObservation) observed, response.getStatus());
    }
  }

  /** The settings of a filter that is registered in code. */
  public static final class Builder {

    PrometheusRegistry registry = PrometheusRegistry.defaultRegistry;
    RouteResolver routeResolver = request -> null;
    double[] buckets = {.005, .01, .025, .05, .1, .25, .5, 1, 2.5, 5, 10};
    int maxPaths = 200;

    private Builder() {}

    /** Where the metrics are registered; the default registry unless set. */
    public Builder registry(PrometheusRegistry registry) {
      this.registry = registry;
      return this;
    }

    /** Finds the route of requests whose framework the filter doesn't know; none unless set. */
    public Builder routeResolver(RouteResolver routeResolver) {
      this.routeResolver = routeResolver;
      return this;
    }

    /** The filter, to be registered with a container. */
    public PrometheusRequestFilter build() {
      return new PrometheusRequestFilter(this);
    }
  }
}
