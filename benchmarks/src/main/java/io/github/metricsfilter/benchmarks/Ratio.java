package io.github.metricsfilter.benchmarks;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/**
 * How many times the one is the other, in each round; rounds are apart in time, their parts not.
 */
final class Ratio {

  private final double[] sorted;

  private Ratio(double[] sorted) {
    this.sorted = sorted;
  }

  static Ratio of(List<Double> measured, List<Double> base) {
    double[] ratios = new double[Math.min(measured.size(), base.size())];
    Arrays.setAll(ratios, i -> measured.get(i) / base.get(i));
    Arrays.sort(ratios);
    return new Ratio(ratios);
  }

  double median() {
    return (sorted[(sorted.length - 1) / 2] + sorted[sorted.length / 2]) / 2;
  }

  /** The round that is lowest, and the one that is highest. */
  String spread() {
    return shown(sorted[0]) + " – " + shown(sorted[sorted.length - 1]);
  }

  @Override
  public String toString() {
    return shown(median());
  }

  static String shown(double ratio) {
    return String.format(Locale.ROOT, ratio < 10 ? "%.2f" : "%.0f", ratio);
  }
}
