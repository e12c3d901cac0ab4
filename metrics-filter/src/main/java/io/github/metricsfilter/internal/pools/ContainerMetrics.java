package io.github.metricsfilter.internal.pools;

import io.github.metricsfilter.internal.series.Family;
import io.github.metricsfilter.internal.series.OwnCollector;
import io.prometheus.metrics.model.snapshots.MetricSnapshots;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.BiConsumer;
import javax.management.InstanceNotFoundException;
import javax.management.JMException;
import javax.management.MBeanServer;
import javax.management.ObjectName;

/**
 * Threads, queues and connections of the container, by the same names whatever container it is.
 *
 * <p>It looks for MBeans anew each time and keeps nothing, so that it needs no word from the
 * container, finds what has come meanwhile, and holds no class loader. An MBean that fails is
 * missing alone. One that blocks can only be waited for, as with any collector.
 */
public final class ContainerMetrics implements OwnCollector {

  /** To ask WildFly for those of its whole configuration takes long, and no pool is among them. */
  private static final String WILDFLYS_CONFIGURATION = "jboss.as";

  private final BiConsumer<String, Exception> failures;

  /**
   * A collector that reports to this: what is missing, and why.
   *
   * @param failures is called for each MBean that fails, in each scrape
   */
  public ContainerMetrics(BiConsumer<String, Exception> failures) {
    this.failures = failures;
  }

  /** MBeans are foreign code. */
  @Override
  public boolean isPrompt() {
    return false;
  }

  @Override
  public List<Family> families() {
    return PoolMetric.families();
  }

  @Override
  public MetricSnapshots collect() {
    MBeanServer server = ManagementFactory.getPlatformMBeanServer();
    List<String> domains = new ArrayList<>();
    for (String domain : server.getDomains()) {
      if (!domain.startsWith(WILDFLYS_CONFIGURATION)) {
        domains.add(domain);
      }
    }
    Pools pools = new Pools();
    for (PoolMBeans kind : PoolMBeans.ALL) {
      for (String domain : domains) {
        for (ObjectName name : names(server, kind.pattern, domain)) {
          read(kind, server, name, pools);
        }
      }
    }
    return pools.families();
  }

  /** Those of a kind in one domain. */
  private static Set<ObjectName> names(MBeanServer server, ObjectName pattern, String domain) {
    if (!pattern.isDomainPattern() && !pattern.getDomain().equals(domain)) {
      return Set.of();
    }
    String properties = pattern.getCanonicalKeyPropertyListString();
    boolean andMore = pattern.isPropertyListPattern();
    return new TreeSet<>(
        server.queryNames(
            PoolMBeans.objectName(domain + ":" + properties + (andMore ? ",*" : "")), null));
  }

  private void read(PoolMBeans kind, MBeanServer server, ObjectName name, Pools pools) {
    try {
      kind.read(new MBean(server, name, kind.attributes), pools);
    } catch (InstanceNotFoundException e) {
      // it has gone meanwhile, and its pool with it
    } catch (JMException | RuntimeException e) {
      failures.accept("the pool of " + name, e);
    }
  }
}
