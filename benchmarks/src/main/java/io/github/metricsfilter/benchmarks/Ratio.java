package io.github.metricsfilter.benchmarks;

import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.stream.IntStream;

/**
 * How many times the one is the other, in each round; rounds are apart in time, their parts not.
 */
final class Ratio {

  private final double[] sorted;
  private final double value;

  private Ratio(double[] sorted, double value) {
    this.sorted = sorted;
    this.value = value;
  }

  /**
   * Of the fastest rounds of the two: whatever else runs on the machine only adds to a round, and
   * not to both alike. For what is short and always the same, such as a request.
   */
  Ratio fastest(List<Double> measured, List<Double> base) {
    int rounds = sorted.length; // of both alike: the more rounds, the faster the fastest
    return new Ratio(
        sorted,
        Collections.min(measured.subList(0, rounds)) / Collections.min(base.subList(0, rounds)));
  }

  /** Likewise {@link #fastest}, of what the two add to a third. */
  static Ratio fastestAdded(List<Double> measured, List<Double> base, List<Double> nothing) {
    return new Ratio(
        of(added(measured, nothing), added(base, nothing)).sorted,
        (Collections.min(measured) - Collections.min(nothing))
            / (Collections.min(base) - Collections.min(nothing)));
  }

  private static List<Double> added(List<Double> measured, List<Double> nothing) {
    return IntStream.range(0, Math.min(measured.size(), nothing.size()))
        .mapToObj(i -> measured.get(i) - nothing.get(i))
        .toList();
  }

  static Ratio of(List<Double> measured, List<Double> base) {
    double[] ratios = new double[Math.min(measured.size(), base.size())];
    Arrays.setAll(ratios, i -> measured.get(i) / base.get(i));
    Arrays.sort(ratios);
    return new Ratio(ratios, (ratios[(ratios.length - 1) / 2] + ratios[ratios.length / 2]) / 2);
  }

  Ratio dividedBy(double divisor) {
    return new Ratio(Arrays.stream(sorted).map(r -> r / divisor).toArray(), value / divisor);
  }

  /** The round in the middle, unless it is {@link #fastest}. */
  double value() {
    return value;
  }

  /** The round that is lowest, and the one that is highest. */
  String spread() {
    return shown(sorted[0]) + " – " + shown(sorted[sorted.length - 1]);
  }

  @Override
  public String toString() {
    return shown(value);
  }

  static String shown(double ratio) {
    return String.format(Locale.ROOT, ratio < 10 ? "%.2f" : "%.0f", ratio);
  }
}
