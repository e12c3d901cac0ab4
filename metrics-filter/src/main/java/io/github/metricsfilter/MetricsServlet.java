package io.github.metricsfilter;

import io.prometheus.metrics.config.PrometheusProperties;
import io.prometheus.metrics.exporter.common.PrometheusScrapeHandler;
import io.prometheus.metrics.exporter.servlet.jakarta.HttpExchangeAdapter;
import io.prometheus.metrics.instrumentation.jvm.JvmMetrics;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import jakarta.servlet.ServletConfig;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/**
 * Serves a registry to Prometheus, through client_java's exporter: as text, OpenMetrics or protobuf
 * by the {@code Accept} header, compressed if the client takes it, and only the metrics that {@code
 * name[]} asks for.
 *
 * <p>Init-params: {@code registry-attribute}, the name of the ServletContext attribute that holds
 * the {@link PrometheusRegistry} (the default registry), and {@code jvm-metrics} ({@code true}),
 * whether JVM and process metrics are added to it.
 */
public final class MetricsServlet extends HttpServlet {

  private static final long serialVersionUID = 1L;

  private final transient @Nullable Builder configured;
  private transient PrometheusScrapeHandler handler;

  /** For web.xml, where init-params configure the servlet; in code, use {@link #builder()}. */
  @SuppressWarnings("NullAway.Init") // init() comes before service()
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
   * Prepares the registry.
   *
   * @throws ServletException if a setting is wrong; the message names it, its value and what is
   *     legal
   */
  @Override
  public void init() throws ServletException {
    Builder settings = configured == null ? settings(getServletConfig()) : configured;
    PrometheusRegistry registry =
        settings.registry != null
            ? settings.registry
            : InitParameters.registry(getServletContext(), settings.registryAttribute);
    if (settings.jvmMetrics) {
      JvmMetrics.builder().register(registry); // does nothing the second time
    }
    handler = new PrometheusScrapeHandler(PrometheusProperties.get(), registry);
  }

  private static Builder settings(ServletConfig config) throws ServletException {
    Problems problems = new Problems();
    Builder builder = builder();
    InitParameters.SERVLET.read(InitParameters.of(config), builder, problems);
    problems.throwIfAny(config.getServletName());
    return builder;
  }

  @Override
  protected void service(HttpServletRequest request, HttpServletResponse response)
      throws IOException {
    switch (request.getMethod()) {
      case "GET":
      case "HEAD":
        handler.handleRequest(new HttpExchangeAdapter(request, response));
        break;
      default:
        response.setHeader("Allow", "GET, HEAD");
        response.sendError(HttpServletResponse.SC_METHOD_NOT_ALLOWED);
    }
  }

  /** The settings of a servlet that is registered in code. */
  public static final class Builder {

    @Nullable PrometheusRegistry registry;
    @Nullable String registryAttribute;
    boolean jvmMetrics = true;

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

    /** Whether JVM and process metrics are added to the registry, once; true unless set. */
    public Builder jvmMetrics(boolean jvmMetrics) {
      this.jvmMetrics = jvmMetrics;
      return this;
    }

    /** The servlet, to be registered with a container. */
    public MetricsServlet build() {
      return new MetricsServlet(this);
    }
  }
}
