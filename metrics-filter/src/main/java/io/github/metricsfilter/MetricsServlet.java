package io.github.metricsfilter;

import io.github.metricsfilter.internal.scrape.FamilyNames;
import io.github.metricsfilter.internal.scrape.ScrapeEndpoint;
import io.github.metricsfilter.internal.scrape.ScrapeSettings;
import io.prometheus.metrics.config.PrometheusProperties;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import jakarta.servlet.ServletConfig;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.ThreadFactory;
import org.jspecify.annotations.Nullable;

/**
 * Serves a registry to Prometheus, through client_java's exporter: as text, OpenMetrics or protobuf
 * according to the {@code Accept} header, compressed if the client accepts gzip, and only the
 * metrics that {@code name[]} asks for, if it does.
 *
 * <p>A collector that throws, blocks or returns what can't be exposed is left out, counted in
 * {@code metrics_servlet_errors_total} and logged once; the others are served. At most {@code
 * max-concurrent-scrapes} requests are served at a time; each holds its place until its last byte
 * is written. Responses contain no part of the request and no text of an exception.
 *
 * <p>A scrape starts a thread for collectors that could block. In web.xml, configure the servlet
 * with init-params; in code, with {@link #builder()}, which has the same settings.
 */
public final class MetricsServlet extends HttpServlet {

  private static final long serialVersionUID = 1L;

  private final transient @Nullable Settings configured;
  private transient @Nullable ScrapeEndpoint endpoint;

  /** For web.xml, where init-params configure the servlet; in code, use {@link #builder()}. */
  public MetricsServlet() {
    configured = null;
  }

  private MetricsServlet(Settings configured) {
    this.configured = configured;
  }

  /** A servlet to be registered in code, with settings of its own. */
  public static Builder builder() {
    return new Builder();
  }

  /**
   * Registers the servlet's own metrics, or joins a servlet of this registry that has done so.
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
    Settings settings = configured == null ? configuredByParameters(config) : configured;
    endpoint = settings.open(config);
  }

  private static Settings configuredByParameters(ServletConfig config) throws ServletException {
    Problems problems = new Problems();
    Builder builder = builder();
    InitParameters.SERVLET.read(InitParameters.of(config), builder, problems);
    builder.check(problems);
    problems.throwIfAny(config.getServletName());
    return new Settings(builder);
  }

  /** Unregisters the servlet's own metrics, unless another servlet still uses them. */
  @Override
  public void destroy() {
    if (endpoint != null) { // else init() has failed
      endpoint.close();
    }
  }

  @Override
  protected void service(HttpServletRequest request, HttpServletResponse response)
      throws IOException {
    // init() comes before service(), says Servlet 6.0, section 2.3
    Objects.requireNonNull(endpoint).serve(request, response);
  }

  /** What a builder had when the servlet was built. */
  private static final class Settings {

    private final @Nullable PrometheusRegistry registry;
    private final @Nullable String registryAttribute;
    private final ScrapeSettings ofScrapes;

    Settings(Builder builder) {
      registry = builder.registry;
      registryAttribute = builder.registryAttribute;
      ofScrapes =
          new ScrapeSettings(
              builder.jvmMetrics,
              builder.maxConcurrentScrapes,
              new FamilyNames(
                  builder.nameMustBeEqualTo,
                  builder.nameMustNotBeEqualTo,
                  builder.nameMustStartWith,
                  builder.nameMustNotStartWith),
              builder.properties,
              builder.threads);
    }

    ScrapeEndpoint open(ServletConfig config) throws ServletException {
      return ScrapeEndpoint.open(
          registry == null
              ? InitParameters.registry(config.getServletContext(), registryAttribute)
              : registry,
          config.getServletName(),
          ofScrapes);
    }
  }

  /** The settings of a servlet that is registered in code: those of web.xml, in camel case. */
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

    /** Where the threads of scrapes come from; tests have others. */
    ThreadFactory threads = ScrapeSettings.THREADS;

    private Builder() {}

    /** The registry to serve; the default registry unless set. */
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
     * Whether JVM and process metrics are shown as well, except those whose names the registry
     * shows already; true unless set.
     */
    public Builder jvmMetrics(boolean jvmMetrics) {
      this.jvmMetrics = jvmMetrics;
      return this;
    }

    /** How many requests are served at a time; 4 unless set. One more gets 503 at once. */
    public Builder maxConcurrentScrapes(int maxConcurrentScrapes) {
      this.maxConcurrentScrapes = maxConcurrentScrapes;
      return this;
    }

    /** Serves only these metrics, by the name of the family or of one of its samples. */
    public Builder nameMustBeEqualTo(String... names) {
      nameMustBeEqualTo = List.of(names);
      return this;
    }

    /** Leaves out these metrics, by the name of the family or of one of its samples. */
    public Builder nameMustNotBeEqualTo(String... names) {
      nameMustNotBeEqualTo = List.of(names);
      return this;
    }

    /** Serves only metrics whose names start with one of these. */
    public Builder nameMustStartWith(String... prefixes) {
      nameMustStartWith = List.of(prefixes);
      return this;
    }

    /** Leaves out metrics whose names start with one of these. */
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

    /**
     * The servlet, to be registered with a container.
     *
     * @throws IllegalArgumentException if settings are wrong or contradict each other
     */
    public MetricsServlet build() {
      Problems problems = new Problems();
      check(problems);
      problems.throwIfAny();
      return new MetricsServlet(new Settings(this));
    }
  }
}
