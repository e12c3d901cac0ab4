package io.github.metricsfilter.benchmarks;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.openjdk.jmh.profile.GCProfiler;
import org.openjdk.jmh.results.RunResult;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.options.ChainedOptionsBuilder;
import org.openjdk.jmh.runner.options.OptionsBuilder;
import org.openjdk.jmh.runner.options.TimeValue;
import org.openjdk.jmh.runner.options.VerboseMode;

/** Runs JMH, each case in a JVM of its own, and keeps what came out, round by round. */
final class Measurements {

  /** What is measured: a method, with values of its parameters, in a number of threads. */
  record Case(String benchmark, int threads, Map<String, String> parameters) {

    /** Whether it is as short as one request. */
    boolean isRequest() {
      return benchmark.startsWith("RequestBenchmark") || benchmark.startsWith("ContainerBenchmark");
    }

    static Case request(Candidate candidate, int threads, int routes) {
      return new Case(
          "RequestBenchmark.request",
          threads,
          Map.of("candidate", candidate.name(), "routes", Integer.toString(routes)));
    }

    static Case inContainer(ServletContainer container, Candidate candidate, int threads) {
      return new Case(
          "ContainerBenchmark.request",
          threads,
          Map.of("container", container.name(), "candidate", candidate.name()));
    }

    static Case scrape(String step, Scraped.By by, int series, ScrapeBenchmark.Since changed) {
      return new Case(
          "ScrapeBenchmark." + step,
          1,
          Map.of("by", by.name(), "series", Integer.toString(series), "changed", changed.name()));
    }

    static Case pause(Scraped.By by, PauseBenchmark.Step step, PauseBenchmark.Scraping scraping) {
      return new Case(
          "PauseBenchmark.request",
          1,
          Map.of("by", by.name(), "step", step.name(), "scraping", scraping.name()));
    }
  }

  private final Effort effort;
  private final Map<Case, List<Double>> times = new LinkedHashMap<>();
  private final Map<Case, List<Double>> cpuTimes = new LinkedHashMap<>();
  private final Map<Case, List<Double>> percentiles = new LinkedHashMap<>();
  private final Map<Case, List<Double>> bytes = new LinkedHashMap<>();

  Measurements(Effort effort) {
    this.effort = effort;
  }

  /** One round of these cases. */
  void round(Stream<Case> cases) throws RunnerException {
    for (Case each : cases.toList()) {
      System.err.println(each);
      RunResult result = new Runner(options(each).build()).runSingle();
      // Of the iterations, the one in the middle.
      add(times, each, result.getPrimaryResult().getStatistics().getPercentile(50));
      result
          .getSecondaryResults()
          .forEach(
              (name, secondary) -> {
                switch (name) {
                  case "gc.alloc.rate.norm" -> add(bytes, each, secondary.getScore());
                  case CpuTime.NAME -> add(cpuTimes, each, secondary.getScore());
                  case Percentile.NAME -> add(percentiles, each, secondary.getScore());
                  default -> {} // the garbage collector's others
                }
              });
    }
  }

  private ChainedOptionsBuilder options(Case each) {
    long millis = effort.iteration.toMillis();
    boolean isLong = !each.isRequest();
    // Of the CPU time of a request the lowest iteration counts, and short ones are disturbed less.
    int parts = isLong ? 1 : 8;
    String heap = isLong ? "1g" : "256m";
    TimeValue time = TimeValue.milliseconds(isLong ? 2 * millis : millis);
    ChainedOptionsBuilder options =
        new OptionsBuilder()
            .include(each.benchmark().replace(".", "\\.") + "$")
            .threads(each.threads())
            .forks(1)
            // A page of memory that is touched for the first time costs more than a request.
            // Batch: what is to be compiled is so before it is measured, on a busy machine, too.
            .jvmArgs("-Xms" + heap, "-Xmx" + heap, "-XX:+AlwaysPreTouch", "-Xbatch")
            .warmupIterations(isLong ? (effort.warmups + 1) / 2 : effort.warmups)
            .warmupTime(time)
            .measurementIterations(parts * effort.iterations)
            .measurementTime(TimeValue.milliseconds(time.convertTo(TimeUnit.MILLISECONDS) / parts))
            .addProfiler(GCProfiler.class)
            .addProfiler(CpuTime.class)
            .addProfiler(Percentile.class)
            .shouldFailOnError(true)
            .verbosity(VerboseMode.SILENT);
    each.parameters().forEach((name, value) -> options.param(name, value));
    return options;
  }

  private static void add(Map<Case, List<Double>> to, Case each, double value) {
    to.computeIfAbsent(each, unused -> new ArrayList<>()).add(value);
  }

  boolean has(Case each) {
    return times.containsKey(each);
  }

  Ratio time(Case each, Case base) {
    return Ratio.of(of(times, each), of(times, base));
  }

  /** See {@link Ratio#fastest}. */
  Ratio fastestTime(Case each, Case base) {
    return time(each, base).fastest(of(times, each), of(times, base));
  }

  /** Likewise, of the CPU time. */
  Ratio fastestCpuTime(Case each, Case base) {
    List<Double> measured = of(cpuTimes, each);
    List<Double> against = of(cpuTimes, base);
    return Ratio.of(measured, against).fastest(measured, against);
  }

  /**
   * What the one adds to a request on which a filter does nothing, by what the base adds: what the
   * container itself does is in all three.
   */
  Ratio fastestAddedTime(Case each, Case base, Case nothing) {
    return Ratio.fastestAdded(of(times, each), of(times, base), of(times, nothing));
  }

  /** Likewise, of the CPU time. */
  Ratio fastestAddedCpuTime(Case each, Case base, Case nothing) {
    return Ratio.fastestAdded(of(cpuTimes, each), of(cpuTimes, base), of(cpuTimes, nothing));
  }

  /** Of the slowest operation in a thousand. */
  Ratio percentile(Case each, Case base) {
    return Ratio.of(of(percentiles, each), of(percentiles, base));
  }

  Ratio bytes(Case each, Case base) {
    return Ratio.of(of(bytes, each), of(bytes, base));
  }

  /** The bytes that one operation allocates. */
  long bytes(Case each) {
    return Math.round(of(bytes, each).stream().mapToDouble(b -> b).min().orElseThrow());
  }

  private static List<Double> of(Map<Case, List<Double>> measured, Case each) {
    List<Double> rounds = measured.get(each);
    if (rounds == null) {
      throw new IllegalStateException("not measured: " + each);
    }
    return rounds;
  }
}
