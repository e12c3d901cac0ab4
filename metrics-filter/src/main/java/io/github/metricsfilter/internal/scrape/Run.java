package io.github.metricsfilter.internal.scrape;

import io.github.metricsfilter.internal.scrape.RegistrySources.Source;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/**
 * One run of a collector, for all scrapes that wait for its result. Any of them may begin it, the
 * first one does; nobody can end it.
 */
final class Run {

  final Source source;
  private final Runs runs;
  private final FamilyNames names;
  private final ScrapeRequest request;
  private final AtomicBoolean begun = new AtomicBoolean();
  private final CountDownLatch ended = new CountDownLatch(1);
  private volatile @Nullable Thread thread;
  private volatile @Nullable Outcome outcome;

  /** How many scrapes have joined and not left; guarded by {@link #runs}. */
  int scrapes;

  Run(Runs runs, Source source, FamilyNames names, ScrapeRequest request) {
    this.runs = runs;
    this.source = source;
    this.names = names;
    this.request = request;
  }

  /** Whether its result is that of a scrape with this request, too. */
  boolean answers(ScrapeRequest other) {
    return request.asksTheSameAs(other) || !source.dependsOnRequest();
  }

  boolean hasBegun() {
    return begun.get();
  }

  /** That nobody needs it any more, if it hasn't begun; false if it has. */
  boolean cancel() {
    return begun.compareAndSet(false, true);
  }

  /** Collects on this thread, unless another one does or did. */
  void runUnlessBegun() {
    if (begun.compareAndSet(false, true)) {
      thread = Thread.currentThread();
      try {
        outcome = Outcome.of(source, names, request);
      } finally {
        thread = null;
        runs.ended(this);
        ended.countDown();
      }
    }
  }

  /** Waits until it has ended; false if the time is over before. */
  boolean await(long nanos) throws InterruptedException {
    return ended.await(nanos, TimeUnit.NANOSECONDS);
  }

  /** Null until it has ended. */
  @Nullable Outcome outcome() {
    return outcome;
  }

  /** What its thread is just doing, for the log; null if it has none. */
  @Nullable Throwable whereItIs() {
    Thread running = thread;
    if (running == null) {
      return null;
    }
    Throwable where = new IllegalStateException("still collecting");
    where.setStackTrace(running.getStackTrace());
    return where;
  }
}
