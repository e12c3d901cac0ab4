package io.github.metricsfilter.containers;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import org.apache.catalina.core.StandardContext;
import org.apache.catalina.core.StandardThreadExecutor;
import org.apache.catalina.startup.Tomcat;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** An embedded Tomcat, which registers its MBeans unless it is told not to. */
@SuppressWarnings("NullAway.Init") // JUnit sets the field
class TomcatPoolsTest extends PoolsContract {

  @TempDir Path directory;

  private boolean withExecutor;

  @Override
  protected Container start(int nth, int threads, @Nullable ExecutorService virtualThreads)
      throws Exception {
    Tomcat tomcat = new Tomcat();
    tomcat.setBaseDir(directory.toString());
    tomcat.setPort(0);
    tomcat.getConnector().setProperty("address", "127.0.0.1");
    if (virtualThreads != null) {
      tomcat.getConnector().getProtocolHandler().setExecutor(virtualThreads);
    } else if (withExecutor) {
      shareThreads(tomcat, threads);
    } else {
      tomcat.getConnector().setProperty("maxThreads", String.valueOf(threads));
    }
    tomcat.start();
    return new Started(tomcat);
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

  private static final class Started implements Container {

    private final Tomcat tomcat;

    Started(Tomcat tomcat) {
      this.tomcat = tomcat;
    }

    @Override
    public int port() {
      return tomcat.getConnector().getLocalPort();
    }

    @Override
    public Stop deploy(Application application) {
      StandardContext context = new StandardContext();
      context.setPath(application.contextPath());
      context.setName(application.contextPath());
      context.addLifecycleListener(new Tomcat.FixContextListener());
      context.addServletContainerInitializer((types, c) -> application.onStartup(c), null);
      tomcat.getHost().addChild(context);
      return () -> tomcat.getHost().removeChild(context);
    }

    @Override
    public void stop() throws Exception {
      tomcat.stop();
      tomcat.destroy();
    }
  }
}
