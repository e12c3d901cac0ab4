package io.github.metricsfilter.internal.scrape;

import com.sun.management.GarbageCollectionNotificationInfo;
import com.sun.management.GcInfo;
import io.prometheus.metrics.core.metrics.CounterWithCallback;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.lang.management.ManagementFactory;
import java.lang.management.MemoryUsage;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import javax.management.ListenerNotFoundException;
import javax.management.Notification;
import javax.management.NotificationEmitter;
import javax.management.NotificationListener;
import javax.management.openmbean.CompositeData;
import org.jspecify.annotations.Nullable;

/**
 * {@code jvm_memory_pool_allocated_bytes_total}, with a listener that can be removed. client_java's
 * own stays with the JVM's garbage collectors for ever, and an application that brings client_java
 * along stays in memory with it, redeploy for redeploy (client_java issue 809).
 */
final class AllocatedMemory implements NotificationListener {

  private final CounterWithCallback counter =
      CounterWithCallback.builder()
          .name("jvm_memory_pool_allocated_bytes_total")
          .help("Bytes allocated in a memory pool, as of the last garbage collection.")
          .labelNames("pool")
          .callback(this::read)
          .build();

  private final Map<String, Long> usedAfterLast = new HashMap<>();
  private final Map<String, Long> allocated = new TreeMap<>();

  private final List<NotificationEmitter> collectors =
      ManagementFactory.getGarbageCollectorMXBeans().stream()
          .filter(NotificationEmitter.class::isInstance)
          .map(NotificationEmitter.class::cast)
          .collect(Collectors.toList());

  /** Shows it in a registry, and listens until it is closed. */
  void register(PrometheusRegistry registry) {
    registry.register(counter);
    for (NotificationEmitter collector : collectors) {
      collector.addNotificationListener(this, null, null);
    }
  }

  void close() {
    for (NotificationEmitter collector : collectors) {
      try {
        collector.removeNotificationListener(this);
      } catch (ListenerNotFoundException e) {
        // somebody else has removed it
      }
    }
  }

  private synchronized void read(CounterWithCallback.Callback shown) {
    allocated.forEach((pool, bytes) -> shown.call(bytes, pool));
  }

  /** A pool grows by what is allocated between two collections, and what one moves into it. */
  @Override
  public synchronized void handleNotification(Notification notification, @Nullable Object unused) {
    GcInfo collection =
        GarbageCollectionNotificationInfo.from((CompositeData) notification.getUserData())
            .getGcInfo();
    Map<String, MemoryUsage> before = collection.getMemoryUsageBeforeGc();
    collection
        .getMemoryUsageAfterGc()
        .forEach(
            (pool, after) -> {
              MemoryUsage was = before.getOrDefault(pool, after);
              collected(pool, was.getUsed(), after.getUsed());
            });
  }

  private void collected(String pool, long before, long after) {
    Long last = usedAfterLast.put(pool, after);
    long between = Math.max(0, before - (last == null ? 0 : last));
    long during = Math.max(0, after - before);
    allocated.merge(pool, between + during, Long::sum);
  }
}
