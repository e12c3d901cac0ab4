package io.github.metricsfilter.benchmarks;

import java.time.Duration;

/** How long it is measured. */
enum Effort {
  /** To see that it works; the ratios are rough. */
  QUICK(1, 0, 3, Duration.ofMillis(200), 3, 1, 1, 2, 2, Duration.ofMillis(500)),
  /** What docs/benchmarks.md quotes. */
  FULL(3, 6, 5, Duration.ofMillis(400), 4, 2, 3, 8, 6, Duration.ofMillis(1500));

  /** How often all requests' candidates are measured, one after the other, each in a new JVM. */
  final int rounds;

  /** How often those that are close to each other are measured besides. */
  final int closeRounds;

  /** Until all is compiled; Spring needs the most. */
  final int warmups;

  final Duration iteration;
  final int iterations;

  /** The same for what takes longer to run. */
  final int longRounds;

  /** How often three servers are started. */
  final int serverTrios;

  /** How many rounds of load they get before it is measured, until all is compiled. */
  final int serverWarmups;

  final int serverRounds;
  final Duration load;

  Effort(
      int rounds,
      int closeRounds,
      int warmups,
      Duration iteration,
      int iterations,
      int longRounds,
      int serverTrios,
      int serverWarmups,
      int serverRounds,
      Duration load) {
    this.rounds = rounds;
    this.closeRounds = closeRounds;
    this.warmups = warmups;
    this.iteration = iteration;
    this.iterations = iterations;
    this.longRounds = longRounds;
    this.serverTrios = serverTrios;
    this.serverWarmups = serverWarmups;
    this.serverRounds = serverRounds;
    this.load = load;
  }
}
