package io.github.metricsfilter.example;

import io.prometheus.metrics.instrumentation.jvm.JvmMetrics;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import jakarta.servlet.ServletContext;
import jakarta.servlet.ServletContextEvent;
import jakarta.servlet.ServletContextListener;
import java.net.URI;
import java.util.ArrayDeque;
import java.util.Deque;

/**
 * Makes, before any filter or servlet is initialised, what they share, and puts it into the
 * ServletContext; ends it when the application stops.
 */
public final class ExampleApplication implements ServletContextListener {

  /** The attribute that web.xml names as {@code registry-attribute} of the filter and servlet. */
  private static final String REGISTRY = "io.github.metricsfilter.example.registry";

  static final String SETTINGS = "io.github.metricsfilter.example.settings";
  static final String POSTS = "io.github.metricsfilter.example.posts";

  /** What runs in the background, the last that was started first. */
  private final Deque<Runnable> stops = new ArrayDeque<>();

  @Override
  public void contextInitialized(ServletContextEvent event) {
    Settings settings = Settings.load();
    PrometheusRegistry registry = registry(settings);
    ServletContext context = event.getServletContext();
    context.setAttribute(SETTINGS, settings);
    context.setAttribute(REGISTRY, registry);
    context.setAttribute(POSTS, new PostsClient(settings, postsUrl(settings), registry));
    MemoryGauge memory = MemoryGauge.start(registry);
    stops.push(memory::stop);
  }

  /**
   * The default registry with the JVM's metrics, or an empty registry of the example's own. The
   * init-params of web.xml cannot say which, so the servlet there has {@code jvm-metrics} off and
   * it is decided here.
   */
  private static PrometheusRegistry registry(Settings settings) {
    if (!settings.jvmMetrics()) {
      return new PrometheusRegistry();
    }
    JvmMetrics.builder().register(PrometheusRegistry.defaultRegistry);
    return PrometheusRegistry.defaultRegistry;
  }

  private URI postsUrl(Settings settings) {
    URI url = settings.postsUrl();
    if (url != null) {
      return url;
    }
    PostsService service = PostsService.start();
    stops.push(service::stop);
    return service.url();
  }

  @Override
  public void contextDestroyed(ServletContextEvent event) {
    stops.forEach(Runnable::run);
  }
}
