package io.github.metricsfilter;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.github.metricsfilter.internal.pools.FakeMBean;
import io.prometheus.metrics.core.metrics.Counter;
import io.prometheus.metrics.core.metrics.Gauge;
import io.prometheus.metrics.model.registry.Collector;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import jakarta.servlet.DispatcherType;
import jakarta.servlet.Filter;
import jakarta.servlet.Servlet;
import jakarta.servlet.ServletException;
import java.io.File;
import java.lang.ref.WeakReference;
import java.net.MalformedURLException;
import java.net.URL;
import java.net.URLClassLoader;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.eclipse.jetty.ee10.servlet.ServletHolder;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Filters that meet in one registry: at once, one after the other, in agreement or not. */
class SharedMetricsTest {

  private final PrometheusRegistry registry = new PrometheusRegistry();

  private PrometheusRequestFilter.Builder filter() {
    return PrometheusRequestFilter.builder().registry(registry);
  }

  private String scrape() {
    return JettyApplication.scrape(registry);
  }

  @Test
  void twoFiltersOfOneApplicationCountARequestOnce() throws Exception {
    try (JettyApplication app = new JettyApplication()) {
      app.filter(filter().build()).filter(filter().excludePaths("/health").build()).start();

      app.get("/posts");

      await().untilAsserted(() -> assertThat(scrape()).contains("status=\"404\"} 1.0"));
    }
    assertThat(scrape()).isEmpty();
  }

  /** Jetty calls a filter for each of its mappings that match. */
  @Test
  void aFilterThatIsMappedTwiceCountsARequestOnce() throws Exception {
    try (JettyApplication app = new JettyApplication()) {
      app.filter(filter().build());
      app.context.addFilter(
          app.context.getServletHandler().getFilters()[0],
          "/posts",
          EnumSet.of(DispatcherType.REQUEST));
      app.start();

      app.get("/posts");
      app.get("/posts");

      await().untilAsserted(() -> assertThat(scrape()).contains("status=\"404\"} 2.0"));
    }
  }

  @Test
  void aFilterWithItsOwnNamesCountsForItself() throws Exception {
    try (JettyApplication app = new JettyApplication()) {
      app.filter(filter().build())
          .filter(filter().metricPrefix("own_").build())
          .filter(filter().preset(PrometheusRequestFilter.Preset.OTEL).build())
          .start();

      app.get("/posts");

      await()
          .untilAsserted(
              () ->
                  assertThat(scrape())
                      .contains(
                          "\nhttp_requests_total{method=\"GET\",path=\"/*\",status=\"404\"} 1.0",
                          "\nown_http_requests_total{method=\"GET\",path=\"/*\",status=\"404\"} 1.0",
                          "\nmetrics_filter_overflow_total 0.0",
                          "url_scheme=\"http\"} 1\n"));
    }
  }

  @Test
  void twoApplicationsWithOneRegistryAddUp() throws Exception {
    try (JettyApplication shop = new JettyApplication("/shop").filter(filter().build())) {
      shop.start();
      shop.get("/shop/posts");
      try (JettyApplication blog = new JettyApplication("/blog").filter(filter().build())) {
        blog.start();
        blog.get("/blog/posts");
        await()
            .untilAsserted(
                () -> assertThat(scrape()).contains("path=\"/shop/*\"", "path=\"/blog/*\""));
      }
      assertThat(scrape()).contains("path=\"/blog/*\",status=\"404\"} 1.0"); // counters stay
    }
    assertThat(scrape()).isEmpty();
  }

  @Test
  void filtersThatDisagreeAreToldOnWhat() throws Exception {
    try (JettyApplication first = new JettyApplication().filter(filter().maxPaths(7).build());
        JettyApplication second =
            new JettyApplication().filter(filter().maxPaths(8).buckets(1, 2).build())) {
      first.start();

      assertThatThrownBy(second::start)
          .isInstanceOf(ServletException.class)
          .hasMessageContainingAll(
              "max-paths is \"8\" here and \"7\" there", "buckets is \"[1.0, 2.0]\" here");
    }
  }

  @Test
  void constantLabelsThatDifferAreADisagreementToo() throws Exception {
    try (JettyApplication first =
            new JettyApplication().filter(filter().constLabels(Map.of("app", "a")).build());
        JettyApplication second =
            new JettyApplication().filter(filter().constLabels(Map.of("app", "b")).build())) {
      first.start();

      assertThatThrownBy(second::start).hasMessageContaining("const-labels is");
    }
  }

  /** Undertow starts a filter that was refused again, with each request. */
  @ParameterizedTest
  @ValueSource(strings = {"http_active_requests", "metrics_filter_failures"})
  void aRefusedFilterLeavesTheRegistryAsItWas(String taken) throws Exception {
    Collector other =
        taken.startsWith("http")
            ? Gauge.builder().name(taken).register(registry)
            : Counter.builder().name(taken).labelNames("cause").register(registry);
    String before = scrape();
    for (int i = 0; i < 3; i++) {
      assertThatThrownBy(() -> FakeExchange.init(filter().build()))
          .isInstanceOf(ServletException.class)
          .hasMessageContainingAll("something else in this registry has one of", taken);
      assertThat(scrape()).isEqualTo(before);
    }

    registry.unregister(other);
    PrometheusRequestFilter accepted = filter().build();
    FakeExchange.init(accepted);
    assertThat(scrape()).contains("http_active_requests 0.0", "metrics_filter_failures_total{");
    accepted.destroy();
    assertThat(scrape()).isEmpty();
  }

  /** What an application brings along, and what is in a loader above. */
  enum Layout {
    /** client_java, with its registry, is in the container's own folder of libraries. */
    CLIENT_JAVA_ABOVE(50, "io[.]github[.]metricsfilter[.].*"),
    /** All is in WEB-INF/lib. */
    ALL_BROUGHT_ALONG(5, "io[.](github[.]metricsfilter|prometheus)[.].*");

    final int deployments;
    final String broughtAlong;

    Layout(int deployments, String broughtAlong) {
      this.deployments = deployments;
      this.broughtAlong = broughtAlong;
    }
  }

  /** A redeploy loads the application's classes anew. */
  @ParameterizedTest
  @EnumSource
  void redeploysLeaveNothingBehind(Layout layout) throws Exception {
    List<WeakReference<ClassLoader>> loaders = new ArrayList<>();
    FakeMBean pool =
        new FakeMBean("Tomcat:type=ThreadPool,name=\"a\"", Map.of("currentThreadCount", 3));
    try {
      for (int i = 0; i < layout.deployments; i++) {
        loaders.add(deployAndUndeploy(layout));
      }
    } finally {
      pool.close();
    }

    await()
        .untilAsserted(
            () -> {
              System.gc();
              assertThat(loaders).allSatisfy(loader -> assertThat(loader.get()).isNull());
            });
    assertThat(JettyApplication.scrape(PrometheusRegistry.defaultRegistry))
        .doesNotContain("http_", "metrics_", "jvm_memory_pool_allocated");
  }

  /** Two WARs with a copy of this library each: they cannot share, and are told so. */
  @Test
  void copiesOfTheLibraryCannotShareARegistry() throws Exception {
    try (URLClassLoader loader = new ApplicationClassLoader(Layout.CLIENT_JAVA_ABOVE);
        JettyApplication first = new JettyApplication();
        JettyApplication second = new JettyApplication()) {
      first.filter(make(Filter.class, PrometheusRequestFilter.class, loader)).start();

      assertThatThrownBy(second.filter(new PrometheusRequestFilter())::start)
          .isInstanceOf(ServletException.class)
          .hasMessageContaining("something else in this registry has one of the names");
    }
  }

  private static <T> T make(Class<T> type, Class<? extends T> ours, ClassLoader loader)
      throws ReflectiveOperationException {
    return type.cast(loader.loadClass(ours.getName()).getConstructor().newInstance());
  }

  private static WeakReference<ClassLoader> deployAndUndeploy(Layout layout) throws Exception {
    try (URLClassLoader loader = new ApplicationClassLoader(layout);
        JettyApplication app = new JettyApplication()) {
      app.filter(make(Filter.class, PrometheusRequestFilter.class, loader));
      app.context.addServlet(
          new ServletHolder(make(Servlet.class, MetricsServlet.class, loader)), "/metrics");
      app.start();

      app.get("/posts");

      await()
          .untilAsserted(
              () ->
                  assertThat(app.get("/metrics").body())
                      .contains(
                          "http_requests_total{method=\"GET\",path=\"/*\",status=\"404\"} 1.0",
                          "jvm_threads_current",
                          "servlet_container_threads_current{pool=\"a\"} 3.0"));
      return new WeakReference<>(loader);
    }
  }

  /** Loads what the application brings along itself, and all else from above. */
  private static final class ApplicationClassLoader extends URLClassLoader {

    private final Layout layout;

    ApplicationClassLoader(Layout layout) {
      super(classPath(), SharedMetricsTest.class.getClassLoader());
      this.layout = layout;
    }

    private static URL[] classPath() {
      return Stream.of(System.getProperty("java.class.path").split(File.pathSeparator))
          .map(entry -> new File(entry).toURI())
          .map(
              uri -> {
                try {
                  return uri.toURL();
                } catch (MalformedURLException e) {
                  throw new IllegalArgumentException(e);
                }
              })
          .toArray(URL[]::new);
    }

    @Override
    protected Class<?> loadClass(String name, boolean resolve) throws ClassNotFoundException {
      if (!name.matches(layout.broughtAlong)) {
        return super.loadClass(name, resolve);
      }
      Class<?> loaded = findLoadedClass(name);
      return loaded == null ? findClass(name) : loaded;
    }
  }
}
