package io.github.metricsfilter.integration;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.github.metricsfilter.MetricsServlet;
import io.github.metricsfilter.PrometheusRequestFilter;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import jakarta.servlet.DispatcherType;
import jakarta.servlet.Filter;
import jakarta.servlet.Servlet;
import jakarta.servlet.ServletContextListener;
import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.EnumSet;
import org.eclipse.jetty.ee10.servlet.ErrorPageErrorHandler;
import org.eclipse.jetty.ee10.servlet.FilterHolder;
import org.eclipse.jetty.ee10.servlet.ServletContextHandler;
import org.eclipse.jetty.ee10.servlet.ServletHolder;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;
import org.eclipse.jetty.util.component.LifeCycle;

/** The application {@code /app} in an embedded Jetty on an ephemeral port, with its metrics. */
final class Application implements AutoCloseable {

  /** A servlet in a line. */
  interface Handler {
    void handle(HttpServletRequest request, HttpServletResponse response) throws IOException;
  }

  final PrometheusRegistry registry = new PrometheusRegistry();
  private final ServletContextHandler context = new ServletContextHandler("/app");
  private final Server server = new Server(0);
  private final HttpClient client = HttpClient.newHttpClient();

  Application() {
    server.setHandler(context);
    servlet("/metrics", MetricsServlet.builder().registry(registry).jvmMetrics(false).build());
  }

  /** Adds the filter with these settings, as the next one in the chain. */
  Application metrics(PrometheusRequestFilter.Builder settings) {
    return filter(settings.registry(registry).build());
  }

  Application filter(Filter filter) {
    FilterHolder holder = new FilterHolder(filter);
    holder.setAsyncSupported(true);
    context.addFilter(holder, "/*", EnumSet.of(DispatcherType.REQUEST, DispatcherType.ERROR));
    return this;
  }

  /** Answers this status by a page of the application, in an ERROR dispatch. */
  Application errorPage(int status, String path) {
    ErrorPageErrorHandler handler = new ErrorPageErrorHandler();
    handler.addErrorPage(status, path);
    context.setErrorHandler(handler);
    return this;
  }

  Application listener(ServletContextListener listener) {
    context.addEventListener(listener);
    return this;
  }

  Application servlet(String mapping, Servlet servlet) {
    return servlet(mapping, new ServletHolder(servlet));
  }

  Application servlet(String mapping, ServletHolder holder) {
    holder.setInitOrder(1);
    holder.setAsyncSupported(true);
    context.addServlet(holder, mapping);
    return this;
  }

  Application servlet(String mapping, Handler handler) {
    return servlet(
        mapping,
        new HttpServlet() {
          private static final long serialVersionUID = 1L;

          @Override
          protected void service(HttpServletRequest request, HttpServletResponse response)
              throws IOException {
            handler.handle(request, response);
          }
        });
  }

  Application start() throws Exception {
    server.start();
    return this;
  }

  int port() {
    return ((ServerConnector) server.getConnectors()[0]).getLocalPort();
  }

  HttpRequest.Builder request(String path) {
    return HttpRequest.newBuilder(URI.create("http://localhost:" + port() + path));
  }

  HttpResponse<String> get(String path) throws Exception {
    return send(request(path));
  }

  HttpResponse<String> post(String path, String body) throws Exception {
    return send(request(path).POST(BodyPublishers.ofString(body)));
  }

  HttpResponse<String> send(HttpRequest.Builder request) throws Exception {
    return client.send(request.build(), BodyHandlers.ofString());
  }

  /** A scrape in Prometheus's text format. */
  String scrape() throws Exception {
    return get("/app/metrics").body();
  }

  /** A scrape as OpenMetrics, which alone of the two text formats shows exemplars and units. */
  String scrapeOpenMetrics() throws Exception {
    return getOpenMetrics("/app/metrics");
  }

  String getOpenMetrics(String path) throws Exception {
    HttpResponse<String> response =
        send(request(path).header("Accept", "application/openmetrics-text"));
    assertThat(response.headers().firstValue("Content-Type").orElse(""))
        .startsWith("application/openmetrics-text");
    return response.body();
  }

  /** Waits until the metrics show so many requests; a client hears of a response before them. */
  void awaitRequests(int count, String method, String path, int status) {
    String series =
        "http_requests_total{method=\"%s\",path=\"%s\",status=\"%d\"} %d.0\n"
            .formatted(method, path, status, count);
    await().untilAsserted(() -> assertThat(scrape()).contains(series));
  }

  @Override
  public void close() {
    LifeCycle.stop(server);
  }
}
