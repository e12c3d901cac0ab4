package io.github.metricsfilter;

import io.prometheus.metrics.config.PrometheusProperties;
import io.prometheus.metrics.exporter.common.PrometheusScrapeHandler;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import jakarta.servlet.ServletConfig;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.Semaphore;
import org.jspecify.annotations.Nullable;

/**
 * Serves a registry to Prometheus, through client_java's exporter: as text, OpenMetrics or protobuf
 * by the {@code Accept} header, compressed if the client takes it, and only the metrics that {@code
 * name[]} asks for.
 *
 * <p>What fails stays small: a collector that throws, blocks or returns nonsense is left out,
 * counted in {@code metrics_servlet_errors_total} and logged once, and the others are served. At
 * most {@code max-concurrent-scrapes} requests are served at a time, until their last byte is
 * written. Responses hold no part of the request and no text of an exception.
 *
 * <p>A scrape starts a thread for what could block, which ends with it; see {@link Scrape}. In
 * web.xml the servlet is configured by init-params, which docs/metrics-servlet.md lists; in code by
 * {@link #builder()}.
 */
public final class MetricsServlet extends HttpServlet {

  private static final long serialVersionUID = 1L;

  private final transient @Nullable Builder configured;
  private transient PrometheusRegistry registry;
  private transient ScrapeMetrics metrics;
  private transient GuardedRegistry guarded;
  private transient PrometheusScrapeHandler handler;
  private transient Semaphore slots;
  private int maxConcurrentScrapes;

  /** For web.xml, where init-params configure the servlet; in code, use {@link #builder()}. */
  @SuppressWarnings("NullAway.Init") // init() comes before service(), says Servlet 6.0, section 2.3
  public MetricsServlet() {
    configured = null;
  }

  @SuppressWarnings("NullAway.Init")
  private MetricsServlet(Builder configured) {
    this.configured = configured;
  }

  /** A servlet to be registered in code, with settings of its own. */
  public static Builder builder() {
    return new Builder();
  }

  /**
   * Prepares the registry: adds the servlet's own metrics and, unless switched off, the JVM's.
   *
   * @throws ServletException if a setting is wrong; the message names it, its value and what is
   *     legal
   */
  @Override
  public void init() throws ServletException {
    ServletConfig config = getServletConfig();
    if (configured != null) {
      InitParameters.requireNone(config.getServletName(), InitParameters.of(config));
    }
    Builder settings = configured == null ? configuredByParameters(config) : configured;
    registry =
        settings.registry != null
            ? settings.registry
            : InitParameters.registry(getServletContext(), settings.registryAttribute);
    metrics = ScrapeMetrics.join(registry, config.getServletName(), settings.jvmMetrics);
    guarded = new GuardedRegistry(registry, settings.names(), metrics, settings.properties);
    handler = new PrometheusScrapeHandler(settings.properties, guarded);
    maxConcurrentScrapes = settings.maxConcurrentScrapes;
    slots = new Semaphore(maxConcurrentScrapes);
  }

  private static Builder configuredByParameters(ServletConfig config) throws ServletException {
    Problems problems = new Problems();
    Builder builder = builder();
    InitParameters.SERVLET.read(InitParameters.of(config), builder, problems);
    builder.check(problems);
    problems.throwIfAny(config.getServletName());
    return builder;
  }

  /** Unregisters the servlet's own metrics, unless another servlet still uses them. */
  @Override
  public void destroy() {
    if (metrics != null) { // else init() has failed
      guarded.close();
      ScrapeMetrics.leave(registry);
    }
  }

  @Override
  protected void service(HttpServletRequest request, HttpServletResponse response)
      throws IOException {
    String method = request.getMethod();
    if (!method.equals("GET") && !method.equals("HEAD")) {
      response.setHeader("Allow", "GET, HEAD");
      refuse(response, 405, "Metrics are read by GET or HEAD.");
    } else if (slots.tryAcquire()) {
      metrics.started();
      try {
        scrape(request, response);
      } catch (IOException e) { // the client has gone, or was too slow for the container
        metrics.failed(ScrapeMetrics.Cause.WRITE, "the response", e);
        throw e;
      } finally {
        metrics.finished(response.getStatus());
        slots.release();
      }
    } else {
      response.setHeader("Retry-After", "1"); // seconds
      refuse(
          response,
          503,
          "As many scrapes as allowed are under way: max-concurrent-scrapes is "
              + maxConcurrentScrapes
              + ".");
    }
  }

  private void scrape(HttpServletRequest request, HttpServletResponse response) throws IOException {
    try {
      answer(new ScrapeExchange(request, response, false));
    } catch (ScrapeExchange.IllegalParameterException e) {
      explain(response, 400, "Legal values of debug are openmetrics, text, prometheus-protobuf.");
    } catch (GuardedRegistry.NothingCollectedException e) {
      explain(response, 500, "No metric could be collected. The application's log says why.");
    } catch (RuntimeException notEncodable) {
      // Nothing is sent yet, see ScrapeExchange. Find the family that can't be written.
      try {
        answer(new ScrapeExchange(request, response, true));
      } catch (RuntimeException e) {
        metrics.failed(ScrapeMetrics.Cause.MALFORMED, "the exposition", e);
        explain(response, 500, "The metrics could not be written. The application's log says why.");
      }
    }
  }

  private void answer(ScrapeExchange exchange) throws IOException {
    handler.handleRequest(exchange);
    exchange.send();
  }

  private void refuse(HttpServletResponse response, int status, String reason) throws IOException {
    metrics.refused(status);
    explain(response, status, reason);
  }

  /** Not by sendError: the container's page may show the URI. */
  private static void explain(HttpServletResponse response, int status, String reason)
      throws IOException {
    byte[] body = (reason + "\n").getBytes(StandardCharsets.US_ASCII);
    response.setStatus(status);
    response.setContentType("text/plain; charset=utf-8");
    response.setContentLength(body.length);
    response.getOutputStream().write(body);
  }

  /**
   * The settings of a servlet that is registered in code: those of web.xml, in camel case.
   * docs/metrics-servlet.md has the defaults, what is legal and what each costs.
   */
  public static final class Builder {

    @Nullable PrometheusRegistry registry;
    @Nullable String registryAttribute;
    boolean jvmMetrics = true;
    int maxConcurrentScrapes = 4;
    List<String> nameMustBeEqualTo = List.of();
    List<String> nameMustNotBeEqualTo = List.of();
    List<String> nameMustStartWith = List.of();
    List<String> nameMustNotStartWith = List.of();

    /** Where client_java's own settings come from; tests have others. */
    PrometheusProperties properties = PrometheusProperties.get();

    private Builder() {}

    /** What is served; the default registry unless set. */
    public Builder registry(PrometheusRegistry registry) {
      this.registry = registry;
      return this;
    }

    /** The ServletContext attribute that holds the registry, instead of {@link #registry}. */
    public Builder registryAttribute(String registryAttribute) {
      this.registryAttribute = registryAttribute;
      return this;
    }

    /**
     * Whether JVM and process metrics are added to the registry, as far as they aren't there; true
     * unless set.
     */
    public Builder jvmMetrics(boolean jvmMetrics) {
      this.jvmMetrics = jvmMetrics;
      return this;
    }

    /**
     * How many requests are served at a time; 4 unless set. One more is answered at once by 503.
     */
    public Builder maxConcurrentScrapes(int maxConcurrentScrapes) {
      this.maxConcurrentScrapes = maxConcurrentScrapes;
      return this;
    }

    /** The only metrics that are served, by the name of the family or of one of its samples. */
    public Builder nameMustBeEqualTo(String... names) {
      nameMustBeEqualTo = List.of(names);
      return this;
    }

    /** Metrics that are not served, by the name of the family or of one of its samples. */
    public Builder nameMustNotBeEqualTo(String... names) {
      nameMustNotBeEqualTo = List.of(names);
      return this;
    }

    /** How the names of the only metrics that are served start. */
    public Builder nameMustStartWith(String... prefixes) {
      nameMustStartWith = List.of(prefixes);
      return this;
    }

    /** How the names of metrics that are not served start. */
    public Builder nameMustNotStartWith(String... prefixes) {
      nameMustNotStartWith = List.of(prefixes);
      return this;
    }

    private void check(Problems problems) {
      problems.require(
          maxConcurrentScrapes >= 1, "max-concurrent-scrapes", maxConcurrentScrapes, "1 or more");
      if (registry != null && registryAttribute != null) {
        problems.addText(
            "registry-attribute", "=\"" + registryAttribute + "\": legal only without registry");
      }
    }

    private FamilyNames names() {
      return new FamilyNames(
          nameMustBeEqualTo, nameMustNotBeEqualTo, nameMustStartWith, nameMustNotStartWith);
    }

    /**
     * The servlet, to be registered with a container.
     *
     * @throws IllegalArgumentException if settings are wrong or contradict each other
     */
    public MetricsServlet build() {
      Problems problems = new Problems();
      check(problems);
      problems.throwIfAny();
      return new MetricsServlet(this);
    }
  }
}
