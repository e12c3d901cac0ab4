package io.github.metricsfilter.benchmarks;

import java.util.Collection;
import java.util.List;
import org.HdrHistogram.Histogram;
import org.openjdk.jmh.infra.BenchmarkParams;
import org.openjdk.jmh.infra.IterationParams;
import org.openjdk.jmh.profile.InternalProfiler;
import org.openjdk.jmh.results.AggregationPolicy;
import org.openjdk.jmh.results.IterationResult;
import org.openjdk.jmh.results.ScalarResult;

/**
 * What 999 of a thousand operations take at most, of a benchmark that records each.
 *
 * <p>JMH's mode SampleTime doesn't tell it of operations that take less than microseconds: it thins
 * out its samples again and again, but keeps the last of each value, so that a few interrupts of
 * the machine come to stand for one operation in a thousand.
 */
public final class Percentile implements InternalProfiler {

  static final String NAME = "p99.9";

  /** The time of each operation of this iteration. For one thread. */
  static final Histogram NANOS = new Histogram(3);

  @Override
  public String getDescription() {
    return "99.9th percentile of what the benchmark has recorded";
  }

  @Override
  public void beforeIteration(BenchmarkParams benchmark, IterationParams iteration) {
    NANOS.reset();
  }

  @Override
  public Collection<ScalarResult> afterIteration(
      BenchmarkParams benchmark, IterationParams iteration, IterationResult result) {
    if (NANOS.getTotalCount() == 0) {
      return List.of();
    }
    double nanos = NANOS.getValueAtPercentile(99.9);
    return List.of(new ScalarResult(NAME, nanos, "ns/op", AggregationPolicy.AVG));
  }
}
