package io.github.metricsfilter.benchmarks;

import java.time.Duration;

/** How long it is measured. */
enum Effort {
  /** To see that it works; the ratios are rough. */
  QUICK(1, 0, 2, Duration.ofMillis(200), 2, 1, 1, 2, Duration.ofMillis(500)),
  /** What docs/benchmarks.md quotes. */
  FULL(3, 6, 5, Duration.ofMillis(400), 4, 2, 2, 6, Duration.ofMillis(1500));

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

  /** How many pairs of servers are started, and how often each of a pair is under load. */
  final int serverPairs;

  final int serverRounds;
  final Duration load;

  Effort(
      int rounds,
      int closeRounds,
      int warmups,
      Duration iteration,
      int iterations,
      int longRounds,
      int serverPairs,
      int serverRounds,
      Duration load) {
    this.rounds = rounds;
    this.closeRounds = closeRounds;
    this.warmups = warmups;
    this.iteration = iteration;
    this.iterations = iterations;
    this.longRounds = longRounds;
    this.serverPairs = serverPairs;
    this.serverRounds = serverRounds;
    this.load = load;
  }
}
