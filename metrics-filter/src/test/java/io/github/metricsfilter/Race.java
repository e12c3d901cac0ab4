package io.github.metricsfilter;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Things that happen at the same time, thousands of times over: each in its own thread, which
 * starts with the others, or a moment later, so that every order comes up. What must hold
 * afterwards holds in any, so a test can only fail if there is a fault, though it may miss one now
 * and then.
 */
public final class Race {

  private static final int ROUNDS = 10_000;
  private static final int LONGEST_HEAD_START = 100;

  private Race() {}

  /**
   * Runs them.
   *
   * @param competitors makes those of one round
   * @param afterwards checks what must hold once they have run
   */
  public static void run(Supplier<List<Runnable>> competitors, Runnable afterwards)
      throws Exception {
    ExecutorService threads = Executors.newCachedThreadPool();
    try {
      for (int round = 0; round < ROUNDS; round++) {
        List<Runnable> ofRound = competitors.get();
        CyclicBarrier start = new CyclicBarrier(ofRound.size());
        List<Future<?>> running = new ArrayList<>();
        for (Runnable competitor : ofRound) {
          running.add(threads.submit(() -> runWithOthers(competitor, start)));
        }
        for (Future<?> one : running) {
          one.get();
        }
        afterwards.run();
      }
    } finally {
      threads.shutdownNow();
    }
  }

  private static @Nullable Void runWithOthers(Runnable competitor, CyclicBarrier start)
      throws Exception {
    int headStart = ThreadLocalRandom.current().nextInt(LONGEST_HEAD_START);
    start.await();
    for (int i = 0; i < headStart; i++) {
      Thread.onSpinWait();
    }
    competitor.run();
    return null;
  }
}
