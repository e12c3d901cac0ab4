package io.github.metricsfilter;

import static java.lang.System.Logger.Level.WARNING;

import io.github.metricsfilter.internal.request.Observation;
import io.github.metricsfilter.internal.request.RequestRecorder;
import io.github.metricsfilter.internal.series.ExtraLabel;
import io.github.metricsfilter.internal.series.FailureCause;
import io.github.metricsfilter.internal.series.PathLabels;
import io.github.metricsfilter.internal.series.RequestMetrics;
import io.github.metricsfilter.internal.series.SharedMetrics;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import jakarta.servlet.DispatcherType;
import jakarta.servlet.Filter;
import jakarta.servlet.FilterChain;
import jakarta.servlet.FilterConfig;
import jakarta.servlet.FilterRegistration;
import jakarta.servlet.ServletContext;
import jakarta.servlet.ServletException;
import jakarta.servlet.ServletRequest;
import jakarta.servlet.ServletResponse;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Function;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Records each HTTP request once, when it is finished: its number, its duration and, until then,
 * that it is in flight.
 *
 * <p>Register it first in the chain, with {@code async-supported}, for the dispatcher type {@code
 * REQUEST}. In web.xml it is configured by init-params; in code by {@link #builder()}.
 *
 * <p>When a request is over, and with which status, is what its container says: Tomcat 9 to 11,
 * Jetty 10 and 12.1, Undertow 2.2 and 2.3, and with them WildFly, GlassFish and Open Liberty are
 * asked, by the classes of their requests, and nothing is wrapped. Elsewhere a wrapper of the
 * request hears of {@code startAsync}, and the status that an error page sets is not known. Bodies
 * are wrapped only if their sizes are asked for. More dispatcher types change nothing; on Tomcat
 * the filter has itself mapped to {@code ASYNC} and {@code ERROR}, since what was sent is known for
 * certain only when these end.
 *
 * <p>It never changes a request's outcome: exceptions pass through as they are, and what fails in
 * here or in a callback is counted in {@code metrics_filter_failures_total}; the first failure of
 * each is logged. A request costs two readings of the clock, three increments, an object of about
 * 100 bytes, and what its container takes to remember that object. The filter waits for no other
 * thread, unless native histograms are asked for.
 */
public final class PrometheusRequestFilter implements Filter {

  /**
   * The request attribute by which an application names the route of a request, at any time before
   * the request is finished. It goes before what the filter would find itself; at most {@code
   * max-paths} values get series of their own, and none of more than 256 bytes in UTF-8.
   */
  public static final String PATH_ATTRIBUTE = PathLabels.ROUTE_ATTRIBUTE;

  private static final System.Logger LOG =
      System.getLogger(PrometheusRequestFilter.class.getName());

  private final @Nullable Settings configured;

  /** Whether a request has come without a call of {@link #init} before. */
  private final AtomicBoolean missed = new AtomicBoolean();

  private @Nullable PrometheusRegistry registry;
  private @Nullable RequestMetrics metrics;
  private @Nullable RequestRecorder recorder;

  /** For web.xml, where init-params configure the filter; in code, use {@link #builder()}. */
  public PrometheusRequestFilter() {
    configured = null;
  }

  private PrometheusRequestFilter(Settings configured) {
    this.configured = configured;
  }

  /**
   * A filter to be registered in code, with settings of its own.
   *
   * @throws IllegalStateException if client_java is missing or too old
   */
  public static Builder builder() {
    ClientJavaVersion.require();
    return new Builder();
  }

  /**
   * Registers the metrics with the registry, or joins a filter that has already done so.
   *
   * @throws ServletException if a setting is wrong; the message names it, its value and what is
   *     legal. Or if client_java is missing or too old, or its jars don't fit each other; or if the
   *     container is older than Servlet 4.0
   */
  @Override
  public void init(FilterConfig config) throws ServletException {
    requireServlet4(config.getServletContext());
    ClientJavaVersion.require(config.getFilterName());
    try {
      start(config);
    } catch (LinkageError e) {
      throw ClientJavaVersion.unfit(config.getFilterName(), e);
    }
  }

  private void start(FilterConfig config) throws ServletException {
    if (configured != null) {
      InitParameters.requireNone(config.getFilterName(), InitParameters.of(config));
    }
    Settings settings = configured == null ? configuredByParameters(config) : configured;
    ServletContext context = config.getServletContext();
    registry =
        settings.registry != null
            ? settings.registry
            : InitParameters.registry(context, settings.registryAttribute);
    metrics = SharedMetrics.join(registry, settings.ofSeries(), config.getFilterName());
    recorder =
        new RequestRecorder(metrics, settings.ofRequests(), context, registration(context, config));
  }

  /** Else each request would fail to tell its mapping, of which its route is made. */
  private static void requireServlet4(ServletContext context) throws ServletException {
    try {
      HttpServletRequest.class.getMethod("getHttpServletMapping");
    } catch (NoSuchMethodException e) {
      throw new ServletException(
          String.format(
              "PrometheusRequestFilter needs a container of Servlet 4.0 or later, such as Tomcat 9,"
                  + " Jetty 10 or Undertow 2.2; %s has Servlet %d.%d",
              context.getServerInfo(), context.getMajorVersion(), context.getMinorVersion()),
          e);
    }
  }

  private static @Nullable FilterRegistration registration(
      ServletContext context, FilterConfig config) {
    try {
      return context.getFilterRegistration(config.getFilterName());
    } catch (UnsupportedOperationException e) { // Servlet 6.0, section 4.4: of some listeners
      return null;
    }
  }

  private static Settings configuredByParameters(FilterConfig config) throws ServletException {
    Problems problems = new Problems();
    Builder builder = builder();
    InitParameters.read(InitParameters.of(config), Settings.all(), builder.values, problems);
    Settings settings = new Settings(builder, problems);
    problems.throwIfAny(config.getFilterName());
    return settings;
  }

  /** Unregisters the metrics, unless another filter still uses them. */
  @Override
  public void destroy() {
    if (recorder != null) {
      recorder.close();
    }
    if (registry != null && metrics != null) { // containers destroy a filter whose init failed, too
      SharedMetrics.leave(registry, metrics);
    }
  }

  @Override
  public void doFilter(ServletRequest request, ServletResponse response, FilterChain chain)
      throws IOException, ServletException {
    if (!(request instanceof HttpServletRequest) || !(response instanceof HttpServletResponse)) {
      chain.doFilter(request, response);
      return;
    }
    if (recorder == null) {
      withoutInit(request, response, chain);
      return;
    }
    HttpServletRequest http = (HttpServletRequest) request;
    if (!recorder.enters(http)) {
      laterDispatch(recorder.dispatched(http), request, response, chain);
      return;
    }
    Observation observation = recorder.begin(http, (HttpServletResponse) response);
    if (observation == null) {
      chain.doFilter(request, response);
      return;
    }
    try {
      chain.doFilter(observation.chainRequest(), observation.chainResponse());
    } catch (Throwable t) {
      observation.failed(t);
      throw t;
    } finally {
      observation.chainEnded();
    }
  }

  /** A part of a request that has entered before, which counts no more. */
  private static void laterDispatch(
      @Nullable Observation observation,
      ServletRequest request,
      ServletResponse response,
      FilterChain chain)
      throws IOException, ServletException {
    boolean isErrorPage =
        observation != null && request.getDispatcherType() == DispatcherType.ERROR;
    Throwable failure = null;
    try {
      chain.doFilter(request, response);
    } catch (Throwable t) {
      failure = t;
      throw t;
    } finally {
      if (observation != null) {
        observation.dispatchEnded(isErrorPage, failure);
      }
    }
  }

  private void withoutInit(ServletRequest request, ServletResponse response, FilterChain chain)
      throws IOException, ServletException {
    if (missed.compareAndSet(false, true)) {
      LOG.log(
          WARNING,
          "PrometheusRequestFilter.init(FilterConfig) was never called, so no request is observed."
              + " Whatever calls this filter must call its init first.");
    }
    chain.doFilter(request, response);
  }

  /** Which names and labels the metrics have. */
  public enum Preset {
    /** {@code http_requests_total}, {@code http_request_duration_seconds} and so on. */
    DEFAULT,
    /** As simpleclient's {@code MetricsFilter} 0.16 had them. */
    SIMPLECLIENT,
    /** As OpenTelemetry's semantic conventions for HTTP have them in Prometheus. */
    OTEL,
    /** As Spring Boot's {@code http.server.requests} have them in Prometheus, with Micrometer. */
    MICROMETER;

    @Override
    public String toString() {
      return inWebXml(this);
    }
  }

  /** Which buckets the histogram of durations has. */
  public enum HistogramKind {
    /** Those of the setting {@code buckets}. */
    CLASSIC,
    /** Prometheus's native histogram, with client_java's. */
    NATIVE,
    /** Both of these. */
    BOTH;

    @Override
    public String toString() {
      return inWebXml(this);
    }
  }

  /** Whether the histogram of durations shows the trace and span of a request. */
  public enum Exemplars {
    /** If a tracer is on the class path. */
    AUTO,
    /** Always; a request without a sampled span has none. */
    ON,
    /** Never. */
    OFF;

    @Override
    public String toString() {
      return inWebXml(this);
    }
  }

  /** What the path label is made of if nobody names the route. */
  public enum PathMode {
    /** The mapping of the servlet. */
    ROUTE,
    /** The first parts of the URI. */
    COMPONENTS,
    /** All of the URI. */
    FULL;

    @Override
    public String toString() {
      return inWebXml(this);
    }
  }

  private static String inWebXml(Enum<?> value) {
    return value.name().toLowerCase(Locale.ROOT);
  }

  /**
   * The settings of a filter that is registered in code: those of web.xml, in camel case, and those
   * that are code. The documentation has the defaults, what is legal and what each costs.
   */
  public static final class Builder {

    final Values values = new Values();
    @Nullable PrometheusRegistry registry;
    RouteResolver routeResolver = request -> null;
    final List<ExtraLabel> labels = new ArrayList<>();
    @Nullable Predicate<HttpServletRequest> skipIf;
    boolean portable;

    private Builder() {}

    /**
     * Has requests watched in the portable way, as where no container's word is known: for tests.
     */
    Builder portable() {
      portable = true;
      return this;
    }

    /** Which names and labels the metrics have; {@link Preset#DEFAULT} unless set. */
    public Builder preset(Preset preset) {
      return set(Settings.PRESET, preset);
    }

    /** What stands before each name of the default preset; nothing unless set. */
    public Builder metricPrefix(String metricPrefix) {
      return set(Settings.METRIC_PREFIX, metricPrefix);
    }

    /** The name of the histogram with {@link Preset#SIMPLECLIENT}, which this implies. */
    public Builder metricName(String metricName) {
      return set(Settings.METRIC_NAME, metricName);
    }

    /** The help of the metrics with {@link Preset#SIMPLECLIENT}. */
    public Builder help(String help) {
      return set(Settings.HELP, help);
    }

    /** The upper bounds of the classic histogram, in seconds: finite, positive, increasing. */
    public Builder buckets(double... buckets) {
      return set(Settings.BUCKETS, Settings.asList(Objects.requireNonNull(buckets, "buckets")));
    }

    /** Which buckets the histogram has; {@link HistogramKind#CLASSIC} unless set. */
    public Builder histogram(HistogramKind histogram) {
      return set(Settings.HISTOGRAM, histogram);
    }

    /** Whether the histogram shows traces; {@link Exemplars#AUTO} unless set. */
    public Builder exemplars(Exemplars exemplars) {
      return set(Settings.EXEMPLARS, exemplars);
    }

    /** What the path label is made of; {@link PathMode#ROUTE} unless set. */
    public Builder pathMode(PathMode pathMode) {
      return set(Settings.PATH_MODE, pathMode);
    }

    /** How many parts of the URI {@link PathMode#COMPONENTS} takes; 1 unless set. */
    public Builder pathComponents(int pathComponents) {
      return set(Settings.PATH_COMPONENTS, pathComponents);
    }

    /** Whether the modes of the URI leave out the context path; false unless set. */
    public Builder stripContextPath(boolean stripContextPath) {
      return set(Settings.STRIP_CONTEXT_PATH, stripContextPath);
    }

    /** How many values of the path label get series of their own; 200 unless set. */
    public Builder maxPaths(int maxPaths) {
      return set(Settings.MAX_PATHS, maxPaths);
    }

    /** Patterns as in web.xml of paths within the application that aren't observed. */
    public Builder excludePaths(String... excludePaths) {
      return set(
          Settings.EXCLUDE_PATHS, List.of(Objects.requireNonNull(excludePaths, "excludePaths")));
    }

    /** Methods, beside the standard ones, that get a value of their own. */
    public Builder extraMethods(String... extraMethods) {
      return set(
          Settings.EXTRA_METHODS, List.of(Objects.requireNonNull(extraMethods, "extraMethods")));
    }

    /** Whether the bytes that are read of a request's body are observed; false unless set. */
    public Builder requestSize(boolean requestSize) {
      return set(Settings.REQUEST_SIZE, requestSize);
    }

    /** Whether the bytes that are written of a response's body are observed; false unless set. */
    public Builder responseSize(boolean responseSize) {
      return set(Settings.RESPONSE_SIZE, responseSize);
    }

    /** Whether the summed age of the requests in flight is shown; false unless set. */
    public Builder activeDuration(boolean activeDuration) {
      return set(Settings.ACTIVE_DURATION, activeDuration);
    }

    /** Whether the time to the first byte of the response is observed; false unless set. */
    public Builder firstByte(boolean firstByte) {
      return set(Settings.FIRST_BYTE, firstByte);
    }

    /** Whether statuses are told apart by their class only, {@code 2xx}; false unless set. */
    public Builder statusClasses(boolean statusClasses) {
      return set(Settings.STATUS_CLASSES, statusClasses);
    }

    /** Labels that every series has, with the same value. */
    public Builder constLabels(Map<String, String> constLabels) {
      return set(
          Settings.CONST_LABELS, Map.copyOf(Objects.requireNonNull(constLabels, "constLabels")));
    }

    /** Where the metrics are registered; the default registry unless set. */
    public Builder registry(PrometheusRegistry registry) {
      this.registry = Objects.requireNonNull(registry, "registry");
      return this;
    }

    /** The ServletContext attribute that holds the registry, instead of {@link #registry}. */
    public Builder registryAttribute(String registryAttribute) {
      return set(Setting.REGISTRY_ATTRIBUTE, registryAttribute);
    }

    /** Finds the route of requests whose framework the filter doesn't know; none unless set. */
    public Builder routeResolver(RouteResolver routeResolver) {
      this.routeResolver = Objects.requireNonNull(routeResolver, "routeResolver");
      return this;
    }

    /** Adds a label with at most 100 values, see {@link #label(String, Function, int)}. */
    public Builder label(String name, Function<HttpServletRequest, String> value) {
      return label(name, value, 100);
    }

    /**
     * Adds a label. Each of its values multiplies the series, so keep them few. A value is cut
     * after 256 bytes in UTF-8.
     *
     * @param value called once a request, when it is finished; if it fails or returns null, that is
     *     counted in {@code metrics_filter_failures_total} and the value is {@code unknown}
     * @param maxValues how many values get series of their own; later ones are {@code _OTHER}
     */
    public Builder label(String name, Function<HttpServletRequest, String> value, int maxValues) {
      Objects.requireNonNull(name, "name");
      Objects.requireNonNull(value, "value");
      labels.add(
          new ExtraLabel(
              name,
              maxValues,
              FailureCause.LABEL,
              (request, scheme, status, failure) ->
                  request == null ? ExtraLabel.UNKNOWN : value.apply(request)));
      return this;
    }

    /**
     * Requests that aren't observed at all, decided when they enter. If it fails, that is counted
     * in {@code metrics_filter_failures_total} and the request is observed.
     */
    public Builder skipIf(Predicate<HttpServletRequest> skipIf) {
      this.skipIf = Objects.requireNonNull(skipIf, "skipIf");
      return this;
    }

    /**
     * The filter, to be registered with a container.
     *
     * @throws IllegalArgumentException if settings are wrong or contradict each other; it names all
     *     of them, their values, and what is legal
     */
    public PrometheusRequestFilter build() {
      Problems problems = new Problems();
      Settings settings = new Settings(this, problems);
      problems.throwIfAny();
      return new PrometheusRequestFilter(settings);
    }

    private <T> Builder set(Setting<T> setting, T value) {
      values.set(setting, value);
      return this;
    }
  }
}
