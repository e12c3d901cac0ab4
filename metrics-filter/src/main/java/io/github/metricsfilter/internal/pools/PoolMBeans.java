package io.github.metricsfilter.internal.pools;

import io.github.metricsfilter.internal.pools.Pools.Pool;
import java.util.List;
import javax.management.JMException;
import javax.management.MalformedObjectNameException;
import javax.management.ObjectName;

/**
 * One kind of MBean that tells of pools: what a container calls it, and the attributes that are
 * needed of it. docs/container-metrics.md says which of them have been tried.
 */
final class PoolMBeans {

  /** What an MBean of this kind adds to the pools. */
  private interface Reading {
    void read(MBean mbean, Pools pools) throws JMException;
  }

  static final List<PoolMBeans> ALL =
      List.of(
          new PoolMBeans(
              "*:type=ThreadPool,name=*",
              PoolMBeans::tomcatConnector,
              "currentThreadsBusy",
              "currentThreadCount",
              "maxThreads",
              "connectionCount",
              "maxConnections"),
          new PoolMBeans(
              "*:type=Executor,name=*",
              PoolMBeans::tomcatExecutor,
              "activeCount",
              "poolSize",
              "maxThreads",
              "queueSize"),
          new PoolMBeans(
              "*:type=queuedthreadpool,*",
              PoolMBeans::jettyThreads,
              "name",
              "utilizedThreads",
              "threads",
              "maxThreads",
              "leasedThreads",
              "queueSize"),
          new PoolMBeans(
              "*:type=connectionstatistics,*", PoolMBeans::jettyConnections, "connections"),
          new PoolMBeans(
              "*:type=connectionlimit,*",
              PoolMBeans::jettyConnections,
              "connections",
              "maxConnections"),
          new PoolMBeans(
              "*:type=networkconnectionlimit,*",
              PoolMBeans::jettyNetworkConnections,
              "networkConnectionCount",
              "maxNetworkConnectionCount"),
          new PoolMBeans(
              "org.xnio:type=Xnio,provider=*,worker=*",
              PoolMBeans::xnioWorker,
              "BusyWorkerThreadCount",
              "WorkerPoolSize",
              "MaxWorkerPoolSize",
              "WorkerQueueSize"),
          new PoolMBeans(
              "org.xnio:type=Xnio,provider=*,worker=*,address=*",
              PoolMBeans::xnioServer,
              "ConnectionCount",
              "ConnectionLimitHighWater"),
          new PoolMBeans(
              "WebSphere:type=ThreadPoolStats,*",
              PoolMBeans::libertyThreads,
              "ActiveThreads",
              "PoolSize"),
          new PoolMBeans(
              "amx:type=thread-pool-mon,*",
              PoolMBeans::glassFishThreads,
              "currentthreadsbusy",
              "currentthreadcount",
              "maxthreads",
              "totalexecutedtasks"),
          new PoolMBeans(
              "amx:type=connection-queue-mon,*",
              PoolMBeans::glassFishQueue,
              "countqueued",
              "countopenconnections",
              "counttotalconnections"));

  final ObjectName pattern;
  final List<String> attributes;
  private final Reading reading;

  private PoolMBeans(String pattern, Reading reading, String... attributes) {
    this.pattern = objectName(pattern);
    this.reading = reading;
    this.attributes = List.of(attributes);
  }

  static ObjectName objectName(String name) {
    try {
      return new ObjectName(name);
    } catch (MalformedObjectNameException e) {
      throw new IllegalArgumentException(name, e);
    }
  }

  /** Adds what an MBean of this kind tells. */
  void read(MBean mbean, Pools pools) throws JMException {
    reading.read(mbean, pools);
  }

  /**
   * A connector. Threads of an executor that is an MBean itself are shown as that's. Its acceptor
   * counts a connection before it comes, until there are as many as there may be.
   */
  private static void tomcatConnector(MBean mbean, Pools pools) throws JMException {
    Pool pool = named(mbean, pools);
    double maxThreads = mbean.number("maxThreads");
    if (maxThreads >= 0 || !mbean.hasNeighbours("type=Executor,*")) {
      pool.threads(
          mbean.number("currentThreadsBusy"), mbean.number("currentThreadCount"), maxThreads);
    }
    double counted = mbean.number("connectionCount");
    double max = mbean.number("maxConnections");
    pool.connections(counted > 0 && counted < max ? counted - 1 : counted, max);
  }

  /** An executor, which connectors may share. */
  private static void tomcatExecutor(MBean mbean, Pools pools) {
    Pool pool = named(mbean, pools);
    pool.threads(mbean.number("activeCount"), mbean.number("poolSize"), mbean.number("maxThreads"));
    pool.queued(mbean.number("queueSize"));
  }

  /** A thread pool, without the threads that connectors keep for themselves. */
  private static void jettyThreads(MBean mbean, Pools pools) {
    Pool pool = pools.pool(mbean.name.toString(), mbean.text("name"), mbean.id());
    double leased = mbean.number("leasedThreads");
    pool.threads(
        mbean.number("utilizedThreads"),
        mbean.number("threads") - leased,
        mbean.number("maxThreads") - leased);
    pool.queued(mbean.number("queueSize"));
  }

  private static void jettyConnections(MBean mbean, Pools pools) {
    connections(mbean, pools)
        .connections(mbean.number("connections"), mbean.number("maxConnections"));
  }

  /** The limit as it is called since 12.1. */
  private static void jettyNetworkConnections(MBean mbean, Pools pools) {
    connections(mbean, pools)
        .connections(
            mbean.number("networkConnectionCount"), mbean.number("maxNetworkConnectionCount"));
  }

  /**
   * Those of a connector are named by its own name or its protocols, at the end of a context such
   * as oejs_Server@2f4919b0/h1, in Jetty 10 before a hash code; others by what counts them.
   */
  private static Pool connections(MBean mbean, Pools pools) {
    String context = mbean.property("context");
    String connector =
        context
            .substring(context.lastIndexOf('/') + 1)
            .replaceFirst("@\\p{XDigit}+$", "")
            .replaceFirst("^\\w+_Server$", "");
    return pools.pool(
        mbean.name.toString(),
        connector.isEmpty() ? mbean.property("type") : connector,
        mbean.id());
  }

  /** A worker, of Undertow or WildFly. */
  private static void xnioWorker(MBean mbean, Pools pools) {
    Pool pool = worker(mbean, pools);
    pool.threads(
        mbean.number("BusyWorkerThreadCount"),
        mbean.number("WorkerPoolSize"),
        mbean.number("MaxWorkerPoolSize"));
    pool.queued(mbean.number("WorkerQueueSize"));
  }

  /** One of a worker's listeners, which are shown together: their ports may be any. */
  private static void xnioServer(MBean mbean, Pools pools) {
    worker(mbean, pools)
        .connections(mbean.number("ConnectionCount"), mbean.number("ConnectionLimitHighWater"));
  }

  private static Pool worker(MBean mbean, Pools pools) {
    String name = mbean.property("worker");
    return pools.pool("xnio " + mbean.property("provider") + " " + name, name, Pools.NONE);
  }

  private static void libertyThreads(MBean mbean, Pools pools) {
    named(mbean, pools)
        .threads(mbean.number("ActiveThreads"), mbean.number("PoolSize"), Double.NaN);
  }

  /**
   * The threads of a listener of GlassFish or Payara. An agent counts those that are busy, and
   * Payara Micro runs without it: there no task seems to have been executed, ever.
   */
  private static void glassFishThreads(MBean mbean, Pools pools) {
    boolean counts = mbean.number("totalexecutedtasks") > 0;
    listener(mbean, pools)
        .threads(
            counts ? mbean.number("currentthreadsbusy") : Double.NaN,
            mbean.number("currentthreadcount"),
            mbean.number("maxthreads"));
  }

  /** Its connections, and the requests that wait; the agent counts them all. */
  private static void glassFishQueue(MBean mbean, Pools pools) {
    if (mbean.number("counttotalconnections") > 0) {
      Pool pool = listener(mbean, pools);
      pool.queued(mbean.number("countqueued"));
      pool.connections(mbean.number("countopenconnections"), Double.NaN);
    }
  }

  /** Whose name is between slashes; without one, it is the sum of all. */
  private static Pool listener(MBean mbean, Pools pools) {
    String[] parts = mbean.property("name").split("/", -1);
    return parts.length == 3 && !parts[1].isEmpty()
        ? pools.pool("amx " + parts[1], parts[1], Pools.NONE)
        : Pools.nobodys();
  }

  private static Pool named(MBean mbean, Pools pools) {
    return pools.pool(mbean.name.toString(), mbean.property("name"), Pools.NONE);
  }
}
