package io.github.metricsfilter;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.prometheus.metrics.model.registry.PrometheusRegistry;
import jakarta.servlet.DispatcherType;
import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.EnumSet;
import org.eclipse.jetty.ee10.servlet.FilterHolder;
import org.eclipse.jetty.ee10.servlet.ServletContextHandler;
import org.eclipse.jetty.ee10.servlet.ServletHolder;
import org.eclipse.jetty.server.Server;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What README.md shows to be registered in code, as it is there: with the default registry. */
class ReadmeTest {

  private final Server server =
      new Server(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));

  @AfterEach
  void stop() throws Exception {
    server.stop();
    PrometheusRegistry.defaultRegistry.clear();
  }

  @Test
  void anEmbeddedJettyShowsItsRequests() throws Exception {
    // tag::embedded-jetty[]
    ServletContextHandler context = new ServletContextHandler("/");
    FilterHolder metrics = new FilterHolder(PrometheusRequestFilter.builder().build());
    metrics.setAsyncSupported(true);
    context.addFilter(metrics, "/*", EnumSet.of(DispatcherType.REQUEST));
    context.addServlet(new ServletHolder(MetricsServlet.builder().build()), "/metrics");
    // end::embedded-jetty[]
    context.addServlet(new ServletHolder(new Hello()), "/hello");
    server.setHandler(context);
    server.start();

    assertThat(get("/hello")).isEqualTo("hello");

    await()
        .untilAsserted(
            () ->
                assertThat(get("/metrics"))
                    .contains(
                        "http_requests_total{method=\"GET\",path=\"/hello\",status=\"200\"} 1.0"));
  }

  private String get(String path) throws IOException, InterruptedException {
    URI uri = server.getURI().resolve(path);
    return HttpClient.newHttpClient()
        .send(HttpRequest.newBuilder(uri).build(), BodyHandlers.ofString())
        .body();
  }

  private static final class Hello extends HttpServlet {
    private static final long serialVersionUID = 1L;

    @Override
    protected void doGet(HttpServletRequest request, HttpServletResponse response)
        throws IOException {
      response.getWriter().print("hello");
    }
  }
}
