package io.github.metricsfilter.containers;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.metricsfilter.containers.JettyTest.Jetty;
import java.lang.management.ManagementFactory;
import java.util.concurrent.ExecutorService;
import org.eclipse.jetty.io.ConnectionStatistics;
import org.eclipse.jetty.jmx.MBeanContainer;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;
import org.eclipse.jetty.util.thread.QueuedThreadPool;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** An embedded Jetty that has been told to register MBeans. */
class JettyPoolsTest extends PoolsContract {

  /** One acceptor and one selector, which are never there for a request. */
  private static final int OF_THE_CONNECTOR = 2;

  /** How many threads Jetty keeps ready for what can't wait; a queue doesn't get them. */
  private int reserved;

  @Override
  protected Container start(int nth, int threads, @Nullable ExecutorService virtualThreads)
      throws Exception {
    QueuedThreadPool pool = new QueuedThreadPool(threads + OF_THE_CONNECTOR);
    pool.setReservedThreads(reserved);
    if (nth > 1) {
      pool.setName(pool(nth)); // else nothing would tell which one is which
    }
    pool.setVirtualThreadsExecutor(virtualThreads);
    Server server = new Server(pool);
    ServerConnector connector = new ServerConnector(server, 1, 1);
    showPools(server, connector);
    return new Jetty(server, connector) {
      @Override
      public void stop() throws Exception {
        super.stop();
        server.destroy(); // which unregisters the MBeans
      }
    };
  }

  private static void showPools(Server server, ServerConnector connector) {
    // tag::jetty-mbeans[]
    server.addBean(new MBeanContainer(ManagementFactory.getPlatformMBeanServer()));
    connector.addBean(new ConnectionStatistics()); // for the number of connections
    // end::jetty-mbeans[]
  }

  @Test
  void threadsInReserveAreNotBusyAndServeNoQueue() throws Exception {
    reserved = 2; // if there are two processors, as it would be by itself
    Container container = started(1, 20, null);
    Container other = started(2, 20, null);
    hold(container, 30);

    awaitUntil(
        () -> {
          Scrape scrape = scrape(other);
          assertThat(scrape.family(BUSY).get(pool(1))).isBetween(18.0, 20.0);
          assertThat(scrape.family(QUEUED).get(pool(1))).isBetween(10.0, 12.0);
        });
  }

  /** Jetty itself would call it qtp and a hash code. */
  @Override
  protected String pool(int nth) {
    return nth == 1 ? "qtp" : "other";
  }

  /** In Jetty 10 and 11 it is the protocol as it is written. */
  @Override
  protected String connections(int nth) {
    return Server.getVersion().matches("1[01][.].*") ? "HTTP_1_1" : "h1";
  }
}
