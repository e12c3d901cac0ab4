package io.github.metricsfilter.integration;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.metricsfilter.MetricsServlet;
import io.github.metricsfilter.fixtures.EmbeddedTomcat;
import io.prometheus.metrics.core.metrics.GaugeWithCallback;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.nio.file.Path;
import javax.naming.InitialContext;
import javax.naming.NamingException;
import org.apache.catalina.Context;
import org.apache.catalina.startup.Tomcat;
import org.apache.tomcat.util.descriptor.web.ContextEnvironment;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A collector finds what belongs to its application, though it runs on a thread that the container
 * doesn't know. Tomcat finds the names of an application by the thread's context class loader.
 */
class NamingTest {

  private static final String[] PROPERTIES = {
    javax.naming.Context.INITIAL_CONTEXT_FACTORY, javax.naming.Context.URL_PKG_PREFIXES
  };

  @TempDir Path directory;

  private final String[] before = new String[PROPERTIES.length];

  @BeforeEach
  void rememberProperties() {
    for (int i = 0; i < PROPERTIES.length; i++) {
      before[i] = System.getProperty(PROPERTIES[i]);
    }
  }

  @AfterEach
  void restoreProperties() {
    for (int i = 0; i < PROPERTIES.length; i++) {
      if (before[i] == null) {
        System.clearProperty(PROPERTIES[i]);
      } else {
        System.setProperty(PROPERTIES[i], before[i]);
      }
    }
  }

  @Test
  void aCollectorFindsTheNamesAndTheClassesOfItsApplication() throws Exception {
    try (EmbeddedTomcat tomcat = new EmbeddedTomcat(directory)) {
      Context application = tomcat.emptyApplication();
      ContextEnvironment limit = new ContextEnvironment();
      limit.setName("limit");
      limit.setType(Integer.class.getName());
      limit.setValue("42");
      application.getNamingResources().addEnvironment(limit);
      PrometheusRegistry registry = new PrometheusRegistry();
      GaugeWithCallback.builder()
          .name("pool_limit")
          .callback(gauge -> gauge.call(lookUp("java:comp/env/limit")))
          .register(registry);
      ClassLoader[] seen = new ClassLoader[1];
      GaugeWithCallback.builder()
          .name("classes")
          .callback(gauge -> seen[0] = Thread.currentThread().getContextClassLoader())
          .register(registry);
      Tomcat.addServlet(
              application,
              "metrics",
              MetricsServlet.builder().registry(registry).jvmMetrics(false).build())
          .addMapping("/metrics");
      tomcat.start();

      assertThat(tomcat.get("/metrics").body())
          .contains("pool_limit 42.0", "metrics_servlet_errors_total{cause=\"collect\"} 0.0");
      assertThat(seen[0]).isSameAs(application.getLoader().getClassLoader());
    }
  }

  @SuppressWarnings("BanJNDI") // the name is the test's
  private static int lookUp(String name) {
    try {
      return (Integer) new InitialContext().lookup(name);
    } catch (NamingException e) {
      throw new IllegalStateException(e);
    }
  }
}
