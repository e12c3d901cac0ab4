package io.github.metricsfilter;

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
import java.util.Locale;
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

  private final transient @Nullable ServletSettings configured;
  private transient @Nullable ScrapeEndpoint endpoint;

  /** For web.xml, where init-params configure the servlet; in code, use {@link #builder()}. */
  public MetricsServlet() {
    configured = null;
  }

  private MetricsServlet(ServletSettings configured) {
    this.configured = configured;
  }

  /**
   * A servlet to be registered in code, with settings of its own.
   *
   * @throws IllegalStateException if client_java is missing or too old
   */
  public static Builder builder() {
    ClientJavaVersion.require();
    return new Builder();
  }

  /**
   * Registers the servlet's own metrics, or joins a servlet of this registry that has done so.
   *
   * @throws ServletException if a setting is wrong; the message names it, its value and what is
   *     legal. Or if client_java is missing or too old, or its jars don't fit each other
   */
  @Override
  public void init() throws ServletException {
    ServletConfig config = getServletConfig();
    ClientJavaVersion.require(config.getServletName());
    try {
      start(config);
    } catch (LinkageError e) {
      throw ClientJavaVersion.unfit(config.getServletName(), e);
    }
  }

  private void start(ServletConfig config) throws ServletException {
    if (configured != null) {
      InitParameters.requireNone(config.getServletName(), InitParameters.of(config));
    }
    ServletSettings settings = configured == null ? configuredByParameters(config) : configured;
    endpoint = settings.open(config);
  }

  private static ServletSettings configuredByParameters(ServletConfig config)
      throws ServletException {
    Problems problems = new Problems();
    Builder builder = builder();
    InitParameters.read(InitParameters.of(config), ServletSettings.ALL, builder.values, problems);
    ServletSettings settings = new ServletSettings(builder, problems);
    problems.throwIfAny(config.getServletName());
    return settings;
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

  /** Whether the container's thread pools and connections are shown. */
  public enum ContainerMetrics {
    /** Those of which the container's MBeans tell, if any do. */
    AUTO,
    /** None. */
    OFF;

    @Override
    public String toString() {
      return name().toLowerCase(Locale.ROOT); // as in web.xml
    }
  }

  /** The settings of a servlet that is registered in code: those of web.xml, in camel case. */
  public static final class Builder {

    final Values values = new Values();
    @Nullable PrometheusRegistry registry;

    /** Where client_java's own settings come from; tests have others. */
    PrometheusProperties properties = PrometheusProperties.get();

    /** Where the threads of scrapes come from; tests have others. */
    ThreadFactory threads = ScrapeSettings.THREADS;

    private Builder() {}

    /** The registry to serve; the default registry unless set. */
    public Builder registry(PrometheusRegistry registry) {
      this.registry = Objects.requireNonNull(registry, "registry");
      return this;
    }

    /** The ServletContext attribute that holds the registry, instead of {@link #registry}. */
    public Builder registryAttribute(String registryAttribute) {
      return set(Setting.REGISTRY_ATTRIBUTE, registryAttribute);
    }

    /**
     * Whether JVM and process metrics are shown as well, except those whose names the registry
     * shows already; true unless set.
     */
    public Builder jvmMetrics(boolean jvmMetrics) {
      return set(ServletSettings.JVM_METRICS, jvmMetrics);
    }

    /**
     * Whether the container's thread pools and connections are shown as well, except metrics whose
     * names the registry shows already; {@link ContainerMetrics#AUTO} unless set.
     */
    public Builder containerMetrics(ContainerMetrics containerMetrics) {
      return set(ServletSettings.CONTAINER_METRICS, containerMetrics);
    }

    /** How many requests are served at a time; 4 unless set. One more gets 503 at once. */
    public Builder maxConcurrentScrapes(int maxConcurrentScrapes) {
      return set(ServletSettings.MAX_CONCURRENT_SCRAPES, maxConcurrentScrapes);
    }

    /** Serves only these metrics, by the name of the family or of one of its samples. */
    public Builder nameMustBeEqualTo(String... names) {
      return set(ServletSettings.NAME_MUST_BE_EQUAL_TO, List.of(names));
    }

    /** Leaves out these metrics, by the name of the family or of one of its samples. */
    public Builder nameMustNotBeEqualTo(String... names) {
      return set(ServletSettings.NAME_MUST_NOT_BE_EQUAL_TO, List.of(names));
    }

    /** Serves only metrics whose names start with one of these. */
    public Builder nameMustStartWith(String... prefixes) {
      return set(ServletSettings.NAME_MUST_START_WITH, List.of(prefixes));
    }

    /** Leaves out metrics whose names start with one of these. */
    public Builder nameMustNotStartWith(String... prefixes) {
      return set(ServletSettings.NAME_MUST_NOT_START_WITH, List.of(prefixes));
    }

    /**
     * The servlet, to be registered with a container.
     *
     * @throws IllegalArgumentException if settings are wrong or contradict each other
     */
    public MetricsServlet build() {
      Problems problems = new Problems();
      ServletSettings settings = new ServletSettings(this, problems);
      problems.throwIfAny();
      return new MetricsServlet(settings);
    }

    private <T> Builder set(Setting<T> setting, T value) {
      values.set(setting, value);
      return this;
    }
  }
}
