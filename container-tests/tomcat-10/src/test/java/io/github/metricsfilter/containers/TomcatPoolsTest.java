package io.github.metricsfilter.containers;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.metricsfilter.containers.TomcatTest.EmbeddedTomcat;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import org.apache.catalina.core.StandardThreadExecutor;
import org.apache.catalina.startup.Tomcat;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** An embedded Tomcat, which registers its MBeans unless it is told not to. */
class TomcatPoolsTest extends PoolsContract {

  private boolean withExecutor;

  @Override
  protected Container start(int nth, int threads, @Nullable ExecutorService virtualThreads)
      throws Exception {
    return new EmbeddedTomcat(
        tomcat -> {
          if (virtualThreads != null) {
            tomcat.getConnector().getProtocolHandler().setExecutor(virtualThreads);
          } else if (withExecutor) {
            shareThreads(tomcat, threads);
          } else {
            tomcat.getConnector().setProperty("maxThreads", String.valueOf(threads));
          }
        });
  }

  private static void shareThreads(Tomcat tomcat, int maxThreads) {
    // tag::tomcat-executor[]
    StandardThreadExecutor executor = new StandardThreadExecutor();
    executor.setName("requests");
    executor.setMinSpareThreads(10);
    executor.setMaxThreads(maxThreads);
    tomcat.getService().addExecutor(executor);
    tomcat.getConnector().getProtocolHandler().setExecutor(executor);
    // end::tomcat-executor[]
  }

  @Override
  protected String pool(int nth) {
    return nth == 1 ? "http-nio-127.0.0.1-auto" : "http-nio-127.0.0.1-auto-" + nth;
  }

  /** Only of an executor. */
  @Override
  protected boolean tellsTheQueue() {
    return false;
  }

  @Test
  void anExecutorShowsItsThreadsOnceAndItsQueue() throws Exception {
    Container other = started(1, 20, null);
    withExecutor = true;
    Container container = started(2, 20, null);
    hold(container, 30);

    awaitUntil(
        () -> {
          Scrape scrape = scrape(other);
          assertThat(scrape.family(BUSY)).isEqualTo(Map.of(pool(1), 1.0, "requests", 20.0));
          assertThat(scrape.family(MAX)).isEqualTo(Map.of(pool(1), 20.0, "requests", 20.0));
          assertThat(scrape.family(QUEUED)).isEqualTo(Map.of("requests", 10.0));
          assertThat(scrape.family(CONNECTIONS)).isEqualTo(Map.of(pool(1), 1.0, pool(2), 30.0));
        });
  }
}
