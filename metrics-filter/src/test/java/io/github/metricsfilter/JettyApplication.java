package io.github.metricsfilter;

import io.github.metricsfilter.fixtures.EmbeddedJetty;
import io.github.metricsfilter.internal.exposition.Compared;
import io.prometheus.metrics.expositionformats.ExpositionFormats;
import io.prometheus.metrics.expositionformats.TextFormatUtil;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import io.prometheus.metrics.model.snapshots.MetricSnapshots;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Map;
import org.eclipse.jetty.ee10.servlet.FilterHolder;
import org.eclipse.jetty.ee10.servlet.Holder;
import org.eclipse.jetty.ee10.servlet.ServletHolder;

/** An application with a registry of its own, for tests of what a setting does. */
final class JettyApplication extends EmbeddedJetty<JettyApplication> {

  /** Where {@link #webXmlFilter} finds the registry. */
  static final String REGISTRY_ATTRIBUTE = "registry";

  /** Whether this client_java writes what our own writers do: tests run with an older one, too. */
  private static final boolean HAS_OUR_FORMATS =
      Arrays.stream(TextFormatUtil.class.getMethods())
          .anyMatch(method -> method.getName().equals("mergeDuplicates"));

  final PrometheusRegistry registry = new PrometheusRegistry();

  JettyApplication() {
    this("/");
  }

  JettyApplication(String contextPath) {
    super(contextPath);
    context.setAttribute(REGISTRY_ATTRIBUTE, registry);
  }

  @Override
  protected JettyApplication self() {
    return this;
  }

  /** Adds a filter as web.xml does: by its class, with init-params. */
  JettyApplication webXmlFilter(Map<String, String> initParameters) {
    FilterHolder holder = new FilterHolder(PrometheusRequestFilter.class);
    initialise(holder, initParameters);
    return filter(holder);
  }

  /** Adds a metrics servlet at /metrics as web.xml does: by its class, with init-params. */
  JettyApplication webXmlMetrics(Map<String, String> initParameters) {
    ServletHolder holder = new ServletHolder(MetricsServlet.class);
    initialise(holder, initParameters);
    return servlet("/metrics", holder);
  }

  private static void initialise(Holder<?> holder, Map<String, String> initParameters) {
    holder.setInitParameters(initParameters);
    if (!initParameters.containsKey("registry-attribute")) {
      holder.setInitParameter("registry-attribute", REGISTRY_ATTRIBUTE);
    }
  }

  /** Adds a metrics servlet at /metrics. */
  JettyApplication metrics(MetricsServlet.Builder settings) {
    return servlet("/metrics", settings.build());
  }

  /** The answer to a request that Java's client refuses to send; it has to close the connection. */
  String exchange(String request) throws IOException {
    try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), uri("/").getPort())) {
      socket.getOutputStream().write(request.getBytes(StandardCharsets.UTF_8));
      return new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    }
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

  /** Also that our own writers write the same, of whatever a test has put there. */
  private static String text(MetricSnapshots snapshots) {
    if (HAS_OUR_FORMATS) {
      new Compared().assertSame(snapshots);
    }
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try {
      ExpositionFormats.init().getPrometheusTextFormatWriter().write(out, snapshots);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return out.toString(StandardCharsets.UTF_8);
  }
}
