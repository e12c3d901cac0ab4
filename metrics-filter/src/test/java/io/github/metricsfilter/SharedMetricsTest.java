package io.github.metricsfilter;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.prometheus.metrics.model.registry.PrometheusRegistry;
import jakarta.servlet.DispatcherType;
import jakarta.servlet.Filter;
import jakarta.servlet.ServletException;
import java.io.File;
import java.lang.ref.WeakReference;
import java.net.MalformedURLException;
import java.net.URL;
import java.net.URLClassLoader;
import java.util.EnumSet;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

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

  /**
   * A redeploy loads the application's classes anew, the library's among them, while the registry
   * can be in a loader above.
   */
  @Test
  void fiftyRedeploysLeaveNothingBehind() throws Exception {
    WeakReference<ClassLoader> oldest = null;
    for (int deployment = 0; deployment < 50; deployment++) {
      WeakReference<ClassLoader> loader = deployAndUndeploy();
      oldest = oldest == null ? loader : oldest;
    }

    WeakReference<ClassLoader> first = oldest;
    await()
        .untilAsserted(
            () -> {
              System.gc();
              assertThat(first).satisfies(reference -> assertThat(reference.get()).isNull());
            });
    assertThat(JettyApplication.scrape(PrometheusRegistry.defaultRegistry)).isEmpty();
  }

  /** Two WARs with a copy of this library each: they cannot share, and are told so. */
  @Test
  void copiesOfTheLibraryCannotShareARegistry() throws Exception {
    try (URLClassLoader loader = new ApplicationClassLoader();
        JettyApplication first = new JettyApplication();
        JettyApplication second = new JettyApplication()) {
      first.filter(filterOf(loader)).start();

      assertThatThrownBy(second.filter(new PrometheusRequestFilter())::start)
          .isInstanceOf(ServletException.class)
          .hasMessageContaining("something else in this registry has one of the names");
    }
  }

  private static Filter filterOf(ClassLoader loader) throws ReflectiveOperationException {
    Class<?> filter = loader.loadClass(PrometheusRequestFilter.class.getName());
    return (Filter) filter.getConstructor().newInstance();
  }

  private static WeakReference<ClassLoader> deployAndUndeploy() throws Exception {
    try (URLClassLoader loader = new ApplicationClassLoader();
        JettyApplication app = new JettyApplication()) {
      app.filter(filterOf(loader)).start();

      app.get("/posts");

      await()
          .untilAsserted(
              () ->
                  assertThat(JettyApplication.scrape(PrometheusRegistry.defaultRegistry))
                      .contains(
                          "http_requests_total{method=\"GET\",path=\"/*\",status=\"404\"} 1.0"));
      return new WeakReference<>(loader);
    }
  }

  /** Loads this library itself and all else from above, like WEB-INF/lib with our jar alone. */
  private static final class ApplicationClassLoader extends URLClassLoader {

    ApplicationClassLoader() {
      super(classPath(), SharedMetricsTest.class.getClassLoader());
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
      if (!name.startsWith("io.github.metricsfilter.")) {
        return super.loadClass(name, resolve);
      }
      Class<?> loaded = findLoadedClass(name);
      return loaded == null ? findClass(name) : loaded;
    }
  }
}
