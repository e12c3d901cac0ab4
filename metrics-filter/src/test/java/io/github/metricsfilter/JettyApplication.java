package io.github.metricsfilter;

import io.prometheus.metrics.expositionformats.ExpositionFormats;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import io.prometheus.metrics.model.snapshots.MetricSnapshots;
import jakarta.servlet.DispatcherType;
import jakarta.servlet.Filter;
import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.util.EnumSet;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.eclipse.jetty.ee10.servlet.FilterHolder;
import org.eclipse.jetty.ee10.servlet.ServletContextHandler;
import org.eclipse.jetty.ee10.servlet.ServletHolder;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;
import org.eclipse.jetty.util.component.LifeCycle;

/** An application in an embedded Jetty on an ephemeral port, for tests of what a setting does. */
final class JettyApplication implements AutoCloseable {

  /** A servlet in a line. */
  interface Handler {
    void handle(HttpServletRequest request, HttpServletResponse response) throws Exception;
  }

  /** Where {@link #webXmlFilter} finds the registry. */
  static final String REGISTRY_ATTRIBUTE = "registry";

  final PrometheusRegistry registry = new PrometheusRegistry();
  final ServletContextHandler context;
  private final Server server = new Server(0);
  private final HttpClient client = HttpClient.newHttpClient();

  JettyApplication() {
    this("/");
  }

  JettyApplication(String contextPath) {
    context = new ServletContextHandler(contextPath);
    context.setAttribute(REGISTRY_ATTRIBUTE, registry);
    server.setHandler(context);
  }

  /** Adds a filter as web.xml does: by its class, with init-params. */
  JettyApplication webXmlFilter(Map<String, String> initParameters) {
    FilterHolder holder = new FilterHolder(PrometheusRequestFilter.class);
    holder.setInitParameters(initParameters);
    if (!initParameters.containsKey("registry-attribute")) {
      holder.setInitParameter("registry-attribute", REGISTRY_ATTRIBUTE);
    }
    return filter(holder);
  }

  JettyApplication filter(Filter filter) {
    return filter(new FilterHolder(filter));
  }

  private JettyApplication filter(FilterHolder holder) {
    holder.setAsyncSupported(true);
    context.addFilter(holder, "/*", EnumSet.of(DispatcherType.REQUEST, DispatcherType.ERROR));
    return this;
  }

  /** Adds a metrics servlet at /metrics as web.xml does: by its class, with init-params. */
  JettyApplication webXmlMetrics(Map<String, String> initParameters) {
    ServletHolder holder = new ServletHolder(MetricsServlet.class);
    holder.setInitParameters(initParameters);
    if (!initParameters.containsKey("registry-attribute")) {
      holder.setInitParameter("registry-attribute", REGISTRY_ATTRIBUTE);
    }
    holder.setInitOrder(1); // at the start
    context.addServlet(holder, "/metrics");
    return this;
  }

  /** Adds a metrics servlet at /metrics. */
  JettyApplication metrics(MetricsServlet.Builder settings) {
    ServletHolder holder = new ServletHolder(settings.build());
    holder.setInitOrder(1);
    context.addServlet(holder, "/metrics");
    return this;
  }

  JettyApplication servlet(String mapping, Handler handler) {
    HttpServlet servlet =
        new HttpServlet() {
          private static final long serialVersionUID = 1L;

          @Override
          protected void service(HttpServletRequest request, HttpServletResponse response)
              throws IOException {
            try {
              handler.handle(request, response);
            } catch (IOException | RuntimeException e) {
              throw e;
            } catch (Exception e) {
              throw new IllegalStateException(e);
            }
          }
        };
    ServletHolder holder = new ServletHolder(servlet);
    holder.setAsyncSupported(true);
    context.addServlet(holder, mapping);
    return this;
  }

  JettyApplication start() throws Exception {
    server.start();
    return this;
  }

  URI uri(String path) {
    int port = ((ServerConnector) server.getConnectors()[0]).getLocalPort();
    return URI.create("http://localhost:" + port + path);
  }

  HttpResponse<String> get(String path) throws Exception {
    return send(HttpRequest.newBuilder(uri(path)));
  }

  CompletableFuture<HttpResponse<String>> getAsync(String path) {
    return client.sendAsync(HttpRequest.newBuilder(uri(path)).build(), BodyHandlers.ofString());
  }

  HttpResponse<byte[]> bytes(HttpRequest.Builder request) throws Exception {
    return client.send(request.build(), BodyHandlers.ofByteArray());
  }

  HttpResponse<String> send(HttpRequest.Builder request) throws Exception {
    return client.send(request.build(), BodyHandlers.ofString());
  }

  /** What a scrape shows, in Prometheus's text format. */
  String scrape() {
    return scrape(registry);
  }

  /** The same, of the metrics whose names start so; of others that tell their names none runs. */
  String scrape(String prefix) {
    return text(registry.scrape(name -> name.startsWith(prefix)));
  }

  static String scrape(PrometheusRegistry registry) {
    return text(registry.scrape());
  }

  private static String text(MetricSnapshots snapshots) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try {
      ExpositionFormats.init().getPrometheusTextFormatWriter().write(out, snapshots);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return out.toString(StandardCharsets.UTF_8);
  }

  @Override
  public void close() {
    LifeCycle.stop(server);
  }
}
