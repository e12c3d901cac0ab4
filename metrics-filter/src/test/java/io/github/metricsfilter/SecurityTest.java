package io.github.metricsfilter;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.github.metricsfilter.fixtures.Documentation;
import io.github.metricsfilter.fixtures.PrometheusServer;
import io.github.metricsfilter.fixtures.PrometheusServer.Target;
import io.prometheus.metrics.model.registry.Collector;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Base64;
import java.util.List;
import org.assertj.core.api.ThrowingConsumer;
import org.eclipse.jetty.ee10.servlet.ServletContextHandler;
import org.eclipse.jetty.ee10.servlet.ServletHolder;
import org.eclipse.jetty.ee10.servlet.security.ConstraintMapping;
import org.eclipse.jetty.ee10.servlet.security.ConstraintSecurityHandler;
import org.eclipse.jetty.security.Constraint;
import org.eclipse.jetty.security.HashLoginService;
import org.eclipse.jetty.security.UserStore;
import org.eclipse.jetty.security.authentication.BasicAuthenticator;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;
import org.eclipse.jetty.server.handler.ContextHandlerCollection;
import org.eclipse.jetty.util.security.Credential;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Who gets to see the metrics, and that nobody sees there what others have sent. */
class SecurityTest {

  private static final String SECRET = "s3cr3t";

  @TempDir Path directory;

  private final JettyApplication app = new JettyApplication();
  private final HttpClient client = HttpClient.newHttpClient();

  @AfterEach
  void stop() {
    app.close();
  }

  private void startWithBasicAuthentication() throws Exception {
    ServletContextHandler context = app.context;
    // tag::jetty-basic[]
    UserStore users = new UserStore();
    users.addUser("prometheus", Credential.getCredential("s3cr3t"), new String[] {"metrics"});
    HashLoginService login = new HashLoginService("metrics");
    login.setUserStore(users);

    ConstraintMapping metrics = new ConstraintMapping();
    metrics.setPathSpec("/metrics");
    metrics.setConstraint(Constraint.from("metrics", "metrics"));

    ConstraintSecurityHandler security = new ConstraintSecurityHandler();
    security.setAuthenticator(new BasicAuthenticator());
    security.setLoginService(login);
    security.addConstraintMapping(metrics);
    context.setSecurityHandler(security);
    // end::jetty-basic[]
    app.filter(PrometheusRequestFilter.builder().registry(app.registry).build());
    app.metrics(MetricsServlet.builder().registry(app.registry)).start();
  }

  @Test
  void jettyAsksForThePassword() throws Exception {
    startWithBasicAuthentication();

    assertThat(app.get("/metrics").statusCode()).isEqualTo(401);
    assertThat(withPassword("wrong").statusCode()).isEqualTo(401);
    assertThat(withPassword("wrong").body()).doesNotContain("metrics_servlet", "wrong");
    HttpResponse<String> right = withPassword("s3cr3t");
    assertThat(right.statusCode()).isEqualTo(200);
    assertThat(right.body())
        .contains("metrics_servlet_scrapes_in_flight 1.0", "http_active_requests 1.0")
        .doesNotContain("http_requests_total{"); // what was refused didn't reach the filter
  }

  private HttpResponse<String> withPassword(String password) throws Exception {
    String credentials =
        Base64.getEncoder()
            .encodeToString(("prometheus:" + password).getBytes(StandardCharsets.UTF_8));
    return app.send(app.request("/metrics").header("Authorization", "Basic " + credentials));
  }

  @Test
  void prometheusIsLetInByItsPassword() throws Exception {
    startWithBasicAuthentication();
    String configuration = Documentation.block("docs/securing.md", "yaml", "basic_auth");

    prometheusFinds(configuration, target -> assertThat(target.health()).isEqualTo("up"));
    prometheusFinds(
        configuration.replace("s3cr3t", "other"),
        target -> assertThat(target.lastError()).contains("401 Unauthorized"));
  }

  /** Starts the real Prometheus with this configuration, and waits for what it says of us. */
  private void prometheusFinds(String configuration, ThrowingConsumer<Target> assertion)
      throws Exception {
    assertThat(configuration).contains("[\"app:8080\"]");
    try (PrometheusServer prometheus =
        PrometheusServer.start(
            directory,
            "global: {scrape_interval: 1s, scrape_timeout: 1s}\n"
                + configuration.replace("app:8080", app.uri("/").getAuthority()))) {
      prometheus.awaitTarget(assertion);
    }
  }

  @Test
  void aPortForMetricsAlone() throws Exception {
    ServletContextHandler application = app.context;
    app.servlet("/hello", (request, response) -> response.getWriter().print("hello"));
    Server server = new Server();
    // tag::metrics-port[]
    ServerConnector publicPort = new ServerConnector(server);
    publicPort.setPort(Integer.getInteger("port", 0));
    publicPort.setName("public");

    ServerConnector metricsPort = new ServerConnector(server);
    metricsPort.setPort(Integer.getInteger("metrics.port", 0));
    metricsPort.setHost("127.0.0.1"); // or the address that only Prometheus reaches
    metricsPort.setName("metrics");

    ServletContextHandler metrics = new ServletContextHandler("/");
    metrics.setVirtualHosts(List.of("@metrics")); // what comes by this connector
    metrics.addServlet(new ServletHolder(MetricsServlet.builder().build()), "/metrics");

    application.setVirtualHosts(List.of("@public"));

    server.addConnector(publicPort);
    server.addConnector(metricsPort);
    server.setHandler(new ContextHandlerCollection(application, metrics));
    server.start();
    // end::metrics-port[]
    try {
      assertThat(get(uri(publicPort, "/hello")).body()).isEqualTo("hello");
      assertThat(get(uri(publicPort, "/metrics")).statusCode()).isEqualTo(404);
      assertThat(get(uri(metricsPort, "/metrics")).body()).contains("metrics_servlet_scrapes");
      assertThat(get(uri(metricsPort, "/hello")).statusCode()).isEqualTo(404);
    } finally {
      server.stop();
    }
  }

  private static URI uri(ServerConnector connector, String path) {
    return URI.create("http://127.0.0.1:" + connector.getLocalPort() + path);
  }

  private HttpResponse<String> get(URI uri) throws Exception {
    return client.send(HttpRequest.newBuilder(uri).build(), BodyHandlers.ofString());
  }

  /** Query, headers, cookies and the path of a request, in ours and in all later responses. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "GET /metrics?debug=" + SECRET,
        "GET /metrics?debug=%3Cscript%3E" + SECRET,
        "GET /metrics?debug=text&x=" + SECRET,
        "GET /metrics?name[]=" + SECRET,
        "GET /metrics?name[]=%zz" + SECRET,
        "GET /metrics?%" + SECRET,
        "HEAD /metrics?debug=" + SECRET,
        "POST /metrics?" + SECRET,
        "TRACE /metrics?" + SECRET,
        SECRET + " /metrics",
        "GET /" + SECRET,
        "GET /broken?" + SECRET,
        "GET /metrics/" + SECRET
      })
  void nothingOfARequestIsShown(String requestLine) throws Exception {
    app.filter(PrometheusRequestFilter.builder().registry(app.registry).build());
    app.servlet(
        "/broken",
        (request, response) -> {
          throw new IllegalStateException(SECRET);
        });
    app.registry.register(
        (Collector)
            () -> {
              throw new IllegalStateException(SECRET);
            });
    app.metrics(MetricsServlet.builder().registry(app.registry)).start();

    String response =
        app.exchange(
            requestLine
                + " HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nX-Secret: "
                + SECRET
                + "\r\nCookie: a="
                + SECRET
                + "\r\nUser-Agent: "
                + SECRET
                + "\r\nContent-Length: 0\r\n\r\n");

    if (requestLine.contains(" /metrics") && !requestLine.contains("/metrics/")) {
      assertThat(response).startsWith("HTTP/1.1 ").doesNotContain(SECRET, "Exception", "<script");
    }
    await() // a client may have its answer before the container says that the request is over
        .untilAsserted(
            () ->
                assertThat(app.get("/metrics").body())
                    .doesNotContain(SECRET, "Exception")
                    .contains("http_requests_total"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"text", "openmetrics", "prometheus-protobuf"})
  void legalValuesOfDebugAreServed(String format) throws Exception {
    app.metrics(MetricsServlet.builder().registry(app.registry)).start();

    assertThat(app.get("/metrics?debug=" + format).body()).contains("jvm_threads_current");
  }

  @Test
  void anotherValueOfDebugIsRefused() throws Exception {
    app.metrics(MetricsServlet.builder().registry(app.registry)).start();

    HttpResponse<String> response = app.get("/metrics?debug=html");

    assertThat(response.statusCode()).isEqualTo(400);
    assertThat(response.body())
        .isEqualTo("Legal values of debug are openmetrics, text, prometheus-protobuf.\n");
  }
}
