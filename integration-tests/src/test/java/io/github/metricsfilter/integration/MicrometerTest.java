package io.github.metricsfilter.integration;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.metricsfilter.MetricsServlet;
import io.micrometer.core.instrument.Clock;
import io.micrometer.core.instrument.DistributionSummary;
import io.micrometer.core.instrument.LongTaskTimer;
import io.micrometer.core.instrument.Timer;
import io.micrometer.core.instrument.binder.jvm.ClassLoaderMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmGcMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmInfoMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmMemoryMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmThreadMetrics;
import io.micrometer.core.instrument.binder.system.FileDescriptorMetrics;
import io.micrometer.core.instrument.binder.system.ProcessorMetrics;
import io.micrometer.core.instrument.binder.system.UptimeMetrics;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Micrometer on the same registry, as Spring Boot binds it: its collectors don't tell their names,
 * and some have those of client_java's JVM metrics. Whoever comes first, both endpoints show what
 * Micrometer has, and ours the JVM's other metrics beside it.
 */
class MicrometerTest {

  private static final List<String> OF_BOTH =
      List.of(
          "jvm_memory_used_bytes",
          "jvm_memory_committed_bytes",
          "jvm_memory_max_bytes",
          "process_start_time_seconds");

  private final Application app = new Application();
  private final PrometheusMeterRegistry micrometer =
      new PrometheusMeterRegistry(PrometheusConfig.DEFAULT, app.registry, Clock.SYSTEM);
  private final JvmGcMetrics collections = new JvmGcMetrics();

  @AfterEach
  void stop() {
    app.close();
    collections.close();
    micrometer.close();
  }

  private void bindMicrometer() {
    new JvmMemoryMetrics().bindTo(micrometer);
    new JvmThreadMetrics().bindTo(micrometer);
    new JvmInfoMetrics().bindTo(micrometer);
    new ClassLoaderMetrics().bindTo(micrometer);
    new ProcessorMetrics().bindTo(micrometer);
    new UptimeMetrics().bindTo(micrometer);
    new FileDescriptorMetrics().bindTo(micrometer);
    collections.bindTo(micrometer);
  }

  /** The endpoint of Spring Boot's actuator does no more than this. */
  private void serveBoth() {
    app.servlet("/jvm-metrics", MetricsServlet.builder().registry(app.registry).build());
    app.servlet(
        "/actuator", (request, response) -> response.getWriter().print(micrometer.scrape()));
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void bothEndpointsShowWhatMicrometerHas(boolean micrometerFirst) throws Exception {
    if (micrometerFirst) {
      bindMicrometer();
    }
    serveBoth();
    app.start();
    if (!micrometerFirst) {
      assertThat(samples(body("/app/jvm-metrics")))
          .containsKey("jvm_memory_used_bytes{area=\"heap\"}");
      bindMicrometer();
    }

    for (int scrape = 0; scrape < 3; scrape++) {
      Map<String, String> theirs = samples(body("/app/actuator"));
      Map<String, String> ours = samples(body("/app/jvm-metrics"));

      assertThat(theirs.keySet())
          .anyMatch(sample -> sample.startsWith("jvm_memory_used_bytes{area=\"heap\",id="))
          .allMatch(sample -> !sample.equals("jvm_threads_current"));
      assertThat(ours).containsKey("jvm_threads_current").containsKey("process_cpu_seconds_total");
      for (String name : OF_BOTH) {
        assertThat(withName(ours, name)).isNotEmpty().isEqualTo(withName(theirs, name));
      }
      assertThat(ours)
          .containsEntry("metrics_servlet_errors_total{cause=\"malformed\"}", "0.0")
          .containsEntry("metrics_servlet_errors_total{cause=\"collect\"}", "0.0");
    }
  }

  /** When Micrometer's collector is missing, ours must not stand in with other labels. */
  @Test
  void askedForByNameItIsMicrometersToo() throws Exception {
    bindMicrometer();
    serveBoth();
    app.start();

    Map<String, String> ours = samples(body("/app/jvm-metrics?name[]=jvm_memory_used_bytes"));

    assertThat(withName(ours, "jvm_memory_used_bytes"))
        .isEqualTo(withName(samples(body("/app/actuator")), "jvm_memory_used_bytes"));
  }

  @Test
  void itsMetricsAreWrittenAsClientJavaWritesThem() throws Exception {
    bindMicrometer();
    for (String name : List.of("calls", "größe.in.m")) {
      Timer.builder(name + ".time")
          .tags("path.pattern", "/a\n\"b\"\\", "größe", "\uD83D\uDE00")
          .publishPercentiles(0.5, 0.99)
          .register(micrometer)
          .record(Duration.ofMillis(123));
      DistributionSummary.builder(name + ".size")
          .baseUnit("bytes")
          .publishPercentileHistogram()
          .register(micrometer)
          .record(1e9);
      micrometer.counter(name + ".total").increment(0.1);
      LongTaskTimer.builder(name + ".tasks").register(micrometer).start();
    }

    ClientJavasWriters.assertSame(app.registry.scrape());
  }

  private String body(String path) throws Exception {
    var response = app.get(path);
    assertThat(response.statusCode()).isEqualTo(200);
    return response.body();
  }

  /** Samples with their values. */
  private static Map<String, String> samples(String exposition) {
    Map<String, String> samples = new TreeMap<>();
    exposition
        .lines()
        .filter(line -> !line.startsWith("#"))
        .forEach(
            line -> {
              int end = line.lastIndexOf(' ');
              samples.put(line.substring(0, end), line.substring(end + 1));
            });
    return samples;
  }

  /** Samples of a name, without their values. */
  private static List<String> withName(Map<String, String> samples, String name) {
    return samples.keySet().stream().filter(sample -> sample.split("\\{")[0].equals(name)).toList();
  }
}
