package io.github.metricsfilter.internal.pools;

import static org.assertj.core.api.Assertions.assertThat;

import io.prometheus.metrics.model.snapshots.GaugeSnapshot;
import io.prometheus.metrics.model.snapshots.MetricSnapshot;
import io.prometheus.metrics.model.snapshots.MetricSnapshots;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import javax.management.JMException;
import javax.management.ObjectName;
import javax.management.openmbean.CompositeData;
import javax.management.openmbean.CompositeDataSupport;
import javax.management.openmbean.CompositeType;
import javax.management.openmbean.OpenType;
import javax.management.openmbean.SimpleType;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * What MBeans of the containers' names and attributes become. The containers' own are in {@code
 * PoolsContract}.
 */
class ContainerMetricsTest {

  private static final Map<String, ?> TOMCATS =
      Map.of(
          "currentThreadsBusy", 3,
          "currentThreadCount", 10,
          "maxThreads", 200,
          "connectionCount", 6L,
          "maxConnections", 8192);

  private final List<FakeMBean> registered = new ArrayList<>();
  private final Map<String, Exception> failures = new TreeMap<>();
  private final ContainerMetrics metrics = new ContainerMetrics(failures::put);

  @AfterEach
  void unregister() throws JMException {
    for (FakeMBean bean : registered) {
      bean.close();
    }
  }

  private void given(String name, Map<String, ?> attributes) throws JMException {
    registered.add(new FakeMBean(name, attributes));
  }

  /** The values by metric and pool. */
  private Map<String, Double> shown() {
    Map<String, Double> shown = new TreeMap<>();
    MetricSnapshots families = metrics.collect();
    for (MetricSnapshot family : families) {
      String metric =
          family
              .getMetadata()
              .getPrometheusName()
              .replaceFirst("^servlet_container_(.*?)(_current)?$", "$1");
      ((GaugeSnapshot) family)
          .getDataPoints()
          .forEach(
              point -> shown.put(metric + " " + point.getLabels().get("pool"), point.getValue()));
    }
    return shown;
  }

  private List<String> pools() {
    return shown().keySet().stream()
        .filter(sample -> sample.startsWith("threads "))
        .map(sample -> sample.substring("threads ".length()))
        .toList();
  }

  @Test
  void nothingWhereThereIsNothing() {
    assertThat(metrics.collect().size()).isZero();
  }

  @Test
  void othersMBeansOfSuchNames() throws JMException {
    given("com.example:type=Executor,name=a", Map.of("size", 3));
    given("com.example:type=ThreadPool,name=a", Map.of("currentThreadCount", "many"));

    assertThat(metrics.collect().size()).isZero();
    assertThat(failures).isEmpty();
  }

  /** Its MBeans are there until it is destroyed. */
  @Test
  void aTomcatThatHasStoppedTakesNoName() throws JMException {
    given(
        "Tomcat:type=ThreadPool,name=\"http-nio-auto-1-40123\"",
        Map.of(
            "currentThreadsBusy", -2,
            "currentThreadCount", -2,
            "maxThreads", 200,
            "connectionCount", -1L,
            "maxConnections", 8192));
    given("Tomcat:type=ThreadPool,name=\"http-nio-auto-2-40124\"", TOMCATS);

    assertThat(pools()).containsExactly("http-nio-auto");
  }

  @Test
  void tomcatsConnector() throws JMException {
    given("Tomcat:type=ThreadPool,name=\"http-nio-8080\"", TOMCATS);

    assertThat(shown())
        .isEqualTo(
            Map.of(
                "threads_busy http-nio-8080", 3.0,
                "threads http-nio-8080", 10.0,
                "threads_max http-nio-8080", 200.0,
                "connections http-nio-8080", 5.0, // one is counted before it comes
                "connections_max http-nio-8080", 8192.0));
  }

  @ParameterizedTest
  @CsvSource({"0,0", "1,0", "19,18", "20,20"})
  void tomcatsConnectionsUpToTheLimit(long counted, double open) throws JMException {
    given(
        "Catalina:type=ThreadPool,name=\"a\"",
        Map.of("connectionCount", counted, "maxConnections", 20));

    assertThat(shown()).containsEntry("connections a", open);
  }

  @Test
  void tomcatWithoutALimitDoesNotCount() throws JMException {
    given(
        "Catalina:type=ThreadPool,name=\"a\"",
        Map.of("connectionCount", -1L, "maxConnections", -1));

    assertThat(shown()).isEmpty();
  }

  @Test
  void tomcatsExecutorIsShownOnce() throws JMException {
    Map<String, ?> shared =
        Map.of("currentThreadsBusy", 7, "currentThreadCount", 25, "maxThreads", -1);
    given("Catalina:type=ThreadPool,name=\"http-nio-8080\"", shared);
    given("Catalina:type=ThreadPool,name=\"http-nio-8443\"", shared);
    given("Other:type=ThreadPool,name=\"http-nio-9090\"", shared); // has no such MBean
    given(
        "Catalina:type=Executor,name=tomcatThreadPool",
        Map.of("activeCount", 7, "poolSize", 25, "maxThreads", 150, "queueSize", 2));

    assertThat(shown())
        .isEqualTo(
            Map.of(
                "threads_busy tomcatThreadPool", 7.0,
                "threads tomcatThreadPool", 25.0,
                "threads_max tomcatThreadPool", 150.0,
                "requests_queued tomcatThreadPool", 2.0,
                "threads_busy http-nio-9090", 7.0,
                "threads http-nio-9090", 25.0));
  }

  @Test
  void tomcatsVirtualThreads() throws JMException {
    given(
        "Tomcat:type=ThreadPool,name=\"http-nio-8080\"",
        Map.of(
            "currentThreadsBusy", -1,
            "currentThreadCount", -1,
            "maxThreads", 200,
            "connectionCount", 6L,
            "maxConnections", 8192));

    assertThat(shown())
        .containsOnlyKeys("connections http-nio-8080", "connections_max http-nio-8080");
  }

  @Test
  void jettysThreadsWithoutItsOwn() throws JMException {
    given("org.eclipse.jetty.util.thread:type=queuedthreadpool,id=0", jetty("web"));

    assertThat(shown())
        .isEqualTo(
            Map.of(
                "threads_busy web", 4.0,
                "threads web", 9.0,
                "threads_max web", 197.0,
                "requests_queued web", 1.0));
  }

  private static Map<String, ?> jetty(String name) {
    return Map.of(
        "name", name,
        "utilizedThreads", 4,
        "threads", 12,
        "maxThreads", 200,
        "leasedThreads", 3,
        "queueSize", 1);
  }

  @Test
  void jettysConnections() throws JMException {
    given(
        "org.eclipse.jetty.io:type=connectionstatistics,context=HTTP_1_1@3c0f93f1,id=0",
        Map.of("connections", 5L));
    given(
        "org.eclipse.jetty.server:type=connectionlimit,context=oejs_Server@2f4919b0,id=0",
        Map.of("connections", 6, "maxConnections", 100));
    given(
        "org.eclipse.jetty.server:type=networkconnectionlimit,context=oejs_Server@2f4919b0/h1,id=0",
        Map.of("networkConnectionCount", 7, "maxNetworkConnectionCount", 200));

    assertThat(shown())
        .isEqualTo(
            Map.of(
                "connections HTTP_1_1", 5.0,
                "connections connectionlimit", 6.0,
                "connections_max connectionlimit", 100.0,
                "connections h1", 7.0,
                "connections_max h1", 200.0));
  }

  @Test
  void xniosWorkerWithAllItsListeners() throws JMException {
    given("org.xnio:type=Xnio,provider=\"nio\"", Map.of("Name", "nio"));
    given("org.xnio:type=Xnio,provider=\"nio\",worker=\"default\"", xnio());
    String listener = "org.xnio:type=Xnio,provider=\"nio\",worker=\"default\",address=";
    given(
        listener + "\"/127.0.0.1:8080\"",
        Map.of("ConnectionCount", 4, "ConnectionLimitHighWater", 100));
    given(
        listener + "\"/127.0.0.1:8443\"",
        Map.of("ConnectionCount", 1, "ConnectionLimitHighWater", 50));

    assertThat(shown())
        .isEqualTo(
            Map.of(
                "threads_busy default", 6.0,
                "threads default", 8.0,
                "threads_max default", 32.0,
                "requests_queued default", 0.0,
                "connections default", 5.0,
                "connections_max default", 150.0));
  }

  @Test
  void oneListenerWithoutALimitIsNone() throws JMException {
    String listener = "org.xnio:type=Xnio,provider=\"nio\",worker=\"default\",address=";
    given(
        listener + "\"/127.0.0.1:8080\"",
        Map.of("ConnectionCount", 4, "ConnectionLimitHighWater", Integer.MAX_VALUE));
    given(
        listener + "\"/127.0.0.1:8443\"",
        Map.of("ConnectionCount", 1, "ConnectionLimitHighWater", 50));

    assertThat(shown()).isEqualTo(Map.of("connections default", 5.0));
  }

  private static Map<String, ?> xnio() {
    return Map.of(
        "BusyWorkerThreadCount", 6,
        "WorkerPoolSize", 8,
        "MaxWorkerPoolSize", 32,
        "WorkerQueueSize", 0);
  }

  @Test
  void openLibertysExecutor() throws JMException {
    given(
        "WebSphere:type=ThreadPoolStats,name=Default Executor",
        Map.of("ActiveThreads", 5, "PoolSize", 6, "PoolName", "Default Executor"));

    assertThat(shown())
        .isEqualTo(Map.of("threads_busy Default Executor", 5.0, "threads Default Executor", 6.0));
  }

  @Test
  void glassFishsListeners() throws Exception {
    String prefix = "amx:pp=/mon/server-mon[server],type=";
    for (String name :
        List.of("network/http-listener-1/thread-pool", "network//global-thread-pool-stats")) {
      given(
          prefix + "thread-pool-mon,name=" + name,
          Map.of(
              "currentthreadsbusy", count(2),
              "currentthreadcount", count(5),
              "maxthreads", count(200),
              "totalexecutedtasks", count(99)));
    }
    for (String name :
        List.of("network/http-listener-1/connection-queue", "network//connection-queue")) {
      given(
          prefix + "connection-queue-mon,name=" + name,
          Map.of(
              "countqueued", count(1),
              "countopenconnections", count(7),
              "counttotalconnections", count(100)));
    }

    assertThat(shown())
        .isEqualTo(
            Map.of(
                "threads_busy http-listener-1", 2.0,
                "threads http-listener-1", 5.0,
                "threads_max http-listener-1", 200.0,
                "requests_queued http-listener-1", 1.0,
                "connections http-listener-1", 7.0));
  }

  /** As Payara Micro is, whose MBeans are there but count nothing. */
  @Test
  void glassFishWithoutItsAgent() throws Exception {
    String prefix = "amx:pp=/mon/server-mon[server],type=";
    given(
        prefix + "thread-pool-mon,name=network/http-listener/thread-pool",
        Map.of(
            "currentthreadsbusy", count(0),
            "currentthreadcount", count(6),
            "maxthreads", count(200),
            "totalexecutedtasks", count(0)));
    given(
        prefix + "connection-queue-mon,name=network/http-listener/connection-queue",
        Map.of(
            "countqueued", count(0),
            "countopenconnections", count(0),
            "counttotalconnections", count(0)));

    assertThat(shown())
        .isEqualTo(Map.of("threads http-listener", 6.0, "threads_max http-listener", 200.0));
  }

  private static CompositeData count(long count) throws Exception {
    String[] names = {"count", "unit"};
    CompositeType type =
        new CompositeType(
            "CountStatistic",
            "a count",
            names,
            names,
            new OpenType<?>[] {SimpleType.LONG, SimpleType.STRING});
    return new CompositeDataSupport(type, names, new Object[] {count, "count"});
  }

  @Test
  void namesThatAreMadeUpAreCutAndNumberedByAge() throws JMException {
    given("org.eclipse.jetty.util.thread:type=queuedthreadpool,id=10", jetty("qtp104"));
    given("org.eclipse.jetty.util.thread:type=queuedthreadpool,id=9", jetty("qtp1830908236"));
    given("org.xnio:type=Xnio,provider=\"nio\",worker=\"XNIO-4\"", xnio());
    given("Tomcat-1:type=ThreadPool,name=\"http-nio-auto-12-40123\"", TOMCATS);
    given("Tomcat:type=ThreadPool,name=\"http-nio-auto-3-40999\"", TOMCATS);
    given("Tomcat-2:type=ThreadPool,name=\"http-nio-127.0.0.1-auto-13\"", TOMCATS);
    given("Tomcat-3:type=ThreadPool,name=\"qtpools\"", TOMCATS);

    assertThat(pools())
        .containsExactly(
            "XNIO",
            "http-nio-127.0.0.1-auto",
            "http-nio-auto",
            "http-nio-auto-2",
            "qtp",
            "qtp-2",
            "qtpools");
  }

  @Test
  void theOlderOfTwoComesFirst() throws JMException {
    given("org.eclipse.jetty.util.thread:type=queuedthreadpool,id=1", jetty("qtp1"));
    given(
        "org.eclipse.jetty.util.thread:type=queuedthreadpool,id=0",
        Map.of("name", "qtp2", "threads", 50, "leasedThreads", 0));

    assertThat(shown()).containsEntry("threads qtp", 50.0).containsEntry("threads qtp-2", 9.0);
  }

  @Test
  void namesThatClash() throws JMException {
    for (String domain : List.of("A", "B", "C")) {
      given(domain + ":type=ThreadPool,name=\"web\"", TOMCATS);
    }
    given("D:type=ThreadPool,name=\"web-2\"", TOMCATS);

    assertThat(pools()).containsExactly("web", "web-2", "web-2-2", "web-3");
  }

  @Test
  void aNameIsNoLongerThanALabelMayBe() throws JMException {
    given("Tomcat:type=ThreadPool,name=\"" + "ä".repeat(200) + "\"", TOMCATS);

    assertThat(pools()).containsExactly("ä".repeat(128));
  }

  @Test
  void oneThatFailsIsMissingAlone() throws JMException {
    Callable<Integer> failing =
        () -> {
          throw new IllegalStateException("broken");
        };
    given("A:type=ThreadPool,name=\"a\"", Map.of("currentThreadCount", failing));
    given("B:type=ThreadPool,name=\"b\"", TOMCATS);

    assertThat(pools()).containsExactly("b");
    assertThat(failures).containsOnlyKeys("the pool of A:type=ThreadPool,name=\"a\"");
  }

  @Test
  void oneThatDisappearsMeanwhileIsNoFailure() throws JMException {
    Callable<Integer> disappearing =
        () -> {
          ManagementFactory.getPlatformMBeanServer()
              .unregisterMBean(new ObjectName("A:type=ThreadPool,name=\"a\""));
          return 1;
        };
    given(
        "A:type=ThreadPool,name=\"a\"",
        Map.of("currentThreadsBusy", disappearing, "currentThreadCount", 1));
    given("B:type=ThreadPool,name=\"b\"", TOMCATS);

    assertThat(pools()).containsExactly("b");
    assertThat(failures).isEmpty();
  }
}
