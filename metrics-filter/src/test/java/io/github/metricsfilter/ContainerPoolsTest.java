package io.github.metricsfilter;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.metricsfilter.MetricsServlet.ContainerMetrics;
import io.github.metricsfilter.internal.pools.FakeMBean;
import io.prometheus.metrics.core.metrics.Gauge;
import java.net.http.HttpRequest;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import javax.management.JMException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The setting {@code container-metrics}, and what happens to a scrape if an MBean fails. */
class ContainerPoolsTest {

  private static final String BUSY = "servlet_container_threads_busy{pool=\"http-nio-8080\"}";

  private final JettyApplication app = new JettyApplication();
  private final List<FakeMBean> registered = new ArrayList<>();
  private final CountDownLatch released = new CountDownLatch(1);

  @AfterEach
  void stop() throws JMException {
    released.countDown();
    app.close();
    for (FakeMBean bean : registered) {
      bean.close();
    }
  }

  private void given(String pool, Object busy) throws JMException {
    registered.add(
        new FakeMBean(
            "Tomcat:type=ThreadPool,name=\"" + pool + "\"",
            Map.of(
                "currentThreadsBusy", busy,
                "currentThreadCount", 10,
                "maxThreads", 200,
                "connectionCount", 6L,
                "maxConnections", 8192)));
  }

  private Map<String, Double> samples(String query) throws Exception {
    HttpRequest.Builder request =
        app.request("/metrics" + query).header("X-Prometheus-Scrape-Timeout-Seconds", "2");
    return Exposition.text(app.bytes(request).body()).samples();
  }

  private Stream<String> shown() throws Exception {
    return samples("").keySet().stream().filter(name -> name.startsWith("servlet_container_"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "auto"})
  void byDefaultItShowsWhatThereIs(String value) throws Exception {
    app.webXmlMetrics(value.isEmpty() ? Map.of() : Map.of("container-metrics", value)).start();
    assertThat(shown()).isEmpty();

    given("http-nio-8080", 3);

    assertThat(samples(""))
        .containsEntry(BUSY, 3.0)
        .containsEntry("servlet_container_threads_current{pool=\"http-nio-8080\"}", 10.0)
        .containsEntry("servlet_container_threads_max{pool=\"http-nio-8080\"}", 200.0)
        .containsEntry("servlet_container_connections_current{pool=\"http-nio-8080\"}", 5.0)
        .containsEntry("servlet_container_connections_max{pool=\"http-nio-8080\"}", 8192.0);
    assertThat(samples("?name[]=servlet_container_threads_busy")).containsOnlyKeys(BUSY);
    assertThat(app.scrape()).doesNotContain("servlet_container_"); // nothing is registered
  }

  @Test
  void offShowsNothingAndAsksNobody() throws Exception {
    Callable<Integer> asked =
        () -> {
          throw new AssertionError("asked");
        };
    given("http-nio-8080", asked);
    app.webXmlMetrics(Map.of("container-metrics", "off", "registry-attribute", "registry"));
    app.servlet(
        "/other",
        MetricsServlet.builder()
            .registry(app.registry)
            .containerMetrics(ContainerMetrics.OFF)
            .build());
    app.start();

    assertThat(shown()).isEmpty();
    assertThat(app.get("/other").body())
        .doesNotContain("servlet_container_")
        .contains("metrics_servlet_errors_total{cause=\"collect\"} 0.0");
  }

  @Test
  void whatTheApplicationShowsComesFirst() throws Exception {
    given("http-nio-8080", 3);
    Gauge.builder().name("servlet_container_threads_current").register(app.registry).set(7);
    app.webXmlMetrics(Map.of()).start();

    assertThat(samples(""))
        .containsEntry("servlet_container_threads_current", 7.0)
        .doesNotContainKey("servlet_container_threads_current{pool=\"http-nio-8080\"}")
        .containsEntry(BUSY, 3.0)
        .containsEntry("metrics_servlet_errors_total{cause=\"malformed\"}", 0.0);
  }

  @Test
  void anMBeanThatFailsIsMissingAlone() throws Exception {
    Callable<Integer> failing =
        () -> {
          throw new IllegalStateException("secret");
        };
    given("broken", failing);
    given("http-nio-8080", 3);
    Gauge.builder().name("good").register(app.registry).set(1);
    app.webXmlMetrics(Map.of()).start();

    try (CapturedLog log =
        new CapturedLog("io.github.metricsfilter.internal.scrape.ScrapeMetrics")) {
      samples("");
      assertThat(samples(""))
          .containsEntry("good", 1.0)
          .containsEntry(BUSY, 3.0)
          .doesNotContainKey("servlet_container_threads_current{pool=\"broken\"}")
          .containsEntry("metrics_servlet_errors_total{cause=\"collect\"}", 2.0);
      assertThat(log.records)
          .singleElement()
          .satisfies(
              entry ->
                  assertThat(entry.getMessage())
                      .contains("A scrape lacks the pool of Tomcat:type=ThreadPool"));
    }
  }

  @Test
  void anMBeanThatBlocksIsLeftOutInTime() throws Exception {
    Callable<Integer> blocking = () -> released.await(60, TimeUnit.SECONDS) ? 1 : 0;
    given("http-nio-8080", blocking);
    Gauge.builder().name("good").register(app.registry).set(1);
    app.webXmlMetrics(Map.of()).start();

    long start = System.nanoTime();
    Map<String, Double> samples = samples("");

    assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(2));
    assertThat(samples)
        .containsEntry("good", 1.0)
        .containsKey("jvm_threads_current")
        .doesNotContainKey(BUSY)
        .containsEntry("metrics_servlet_errors_total{cause=\"timeout\"}", 1.0);
  }

  /** As a framework for tests may do, or another copy of this library. */
  @Test
  void twoServletsOfARegistryEachShowThePoolsOnce() throws Exception {
    given("http-nio-8080", 3);
    app.webXmlMetrics(Map.of());
    app.servlet("/other", MetricsServlet.builder().registry(app.registry).build());
    app.start();

    assertThat(samples("")).containsEntry(BUSY, 3.0);
    assertThat(Exposition.text(app.bytes(app.request("/other")).body()).samples())
        .containsEntry(BUSY, 3.0);
  }
}
