package io.github.metricsfilter.example;

import io.prometheus.metrics.core.datapoints.GaugeDataPoint;
import io.prometheus.metrics.core.metrics.Gauge;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.logging.Level;
import java.util.logging.Logger;
import oshi.SystemInfo;
import oshi.software.os.OSProcess;
import oshi.software.os.OperatingSystem;

/**
 * A gauge that is set directly, once a second: the resident memory of this process, as the
 * operating system counts it.
 */
final class MemoryGauge {

  private static final Logger LOGGER = Logger.getLogger(MemoryGauge.class.getName());

  private final OSProcess process;
  private final GaugeDataPoint gauge;
  private final ScheduledExecutorService timer =
      Executors.newSingleThreadScheduledExecutor(
          task -> {
            Thread thread = new Thread(task, "memory-gauge");
            thread.setDaemon(true);
            return thread;
          });

  private MemoryGauge(OSProcess process, GaugeDataPoint gauge) {
    this.process = process;
    this.gauge = gauge;
  }

  static MemoryGauge start(PrometheusRegistry registry) {
    OperatingSystem system = new SystemInfo().getOperatingSystem();
    Gauge gauge =
        Gauge.builder()
            .name("memory_usage_bytes")
            .help("Resident memory of the process.")
            .labelNames("hostname")
            .register(registry);
    MemoryGauge memory =
        new MemoryGauge(
            system.getCurrentProcess(), gauge.labelValues(system.getNetworkParams().getHostName()));
    memory.set(); // now, so that no scrape sees zero
    var unused = memory.timer.scheduleAtFixedRate(memory::set, 1, 1, TimeUnit.SECONDS);
    return memory;
  }

  private void set() {
    try {
      if (process.updateAttributes()) {
        gauge.set((double) process.getResidentSetSize());
      }
    } catch (RuntimeException e) { // thrown on, it would end the schedule
      LOGGER.log(Level.WARNING, "The memory of this process cannot be read", e);
    }
  }

  void stop() {
    timer.shutdownNow();
  }
}
