package io.github.metricsfilter.internal.scrape;

import io.github.metricsfilter.internal.scrape.RegistrySources.Source;
import io.github.metricsfilter.internal.scrape.ScrapeMetrics.Cause;
import io.prometheus.metrics.model.snapshots.MetricSnapshot;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * The collecting of one scrape, on the request's thread and those that it starts.
 *
 * <p>A collector can only be given up if it runs on a thread that nobody needs. So what could block
 * is collected by a thread of the scrape's own, and meanwhile the request's collects the rest and
 * waits. Each time a slice of the time has passed and collectors are left that nobody has begun
 * with, one more thread goes on with them: a collector that blocks costs a slice. What isn't there
 * in the end is left out. No thread waits for the next scrape.
 *
 * <p>A collector that another scrape is running already is waited for, not run again, if its result
 * is the same; see {@link Runs}. How long is this scrape's own affair: the other's time may be over
 * before, or after.
 */
final class Collecting {

  /** Of a scrape; and of its time, what the first collector that blocks costs the others. */
  private static final int MAX_THREADS = 8;

  /** However much time there is. */
  private static final long MAX_SLICE_NANOS = TimeUnit.SECONDS.toNanos(1);

  /** What a callback that waits for nothing has at least to return. */
  private static final long AT_ONCE_NANOS = TimeUnit.SECONDS.toNanos(1);

  private final Served served;
  private final FamilyNames names;
  private final ScrapeRequest request;
  private final List<Source> sources = new ArrayList<>();

  /** What the request's thread has collected itself. */
  private final Map<Source, Outcome> prompt = new LinkedHashMap<>();

  /** What is waited for; null for what can't be begun with yet. */
  private final Map<Source, @Nullable Run> runs = new LinkedHashMap<>();

  /** Runs that may not have begun. All that the threads know of this scrape. */
  private final Queue<Run> left = new ConcurrentLinkedQueue<>();

  private final List<MetricSnapshot> registered = new ArrayList<>();
  private final List<MetricSnapshot> beside = new ArrayList<>();
  private long deadlineNanos;
  private long sliceNanos;
  private int threads;
  private boolean interrupted;
  private boolean failed;

  /**
   * @param interrupted whether the request's thread was: the container wants to stop, so only what
   *     returns at once is waited for
   */
  Collecting(Served served, FamilyNames names, ScrapeRequest request, boolean interrupted) {
    this.served = served;
    this.names = names;
    this.request = request;
    endIn(
        interrupted
            ? Math.min(AT_ONCE_NANOS, request.collectingNanos())
            : request.collectingNanos());
  }

  private void endIn(long nanos) {
    deadlineNanos = System.nanoTime() + nanos;
    sliceNanos = Math.min(nanos / MAX_THREADS, MAX_SLICE_NANOS);
  }

  /** Collects what passes the names, as far as there is time. */
  void collect() {
    List<Source> registered = asked(served.sources.all());
    List<Source> beside = asked(served.beside.sources());
    sources.addAll(registered);
    sources.addAll(beside);
    try {
      join();
      goOnWithTheRest();
      for (Source source : sources) {
        if (source.isPrompt()) {
          prompt.put(source, Outcome.of(source, names, request));
        }
      }
      await();
      gather(registered, this.registered);
      gather(beside, this.beside);
    } finally {
      leave();
    }
  }

  private List<Source> asked(List<Source> all) {
    return all.stream().filter(source -> source.mayShow(names)).collect(Collectors.toList());
  }

  /** What the registry shows, in the order of its sources. */
  List<MetricSnapshot> registered() {
    return registered;
  }

  /** What is to be shown beside it. */
  List<MetricSnapshot> beside() {
    return beside;
  }

  /** Whether something is missing that should be there. */
  boolean hasFailed() {
    return failed;
  }

  /** Whether the request's thread was interrupted meanwhile, and doesn't show it. */
  boolean wasInterrupted() {
    return interrupted;
  }

  private void join() {
    for (Source source : sources) {
      if (!source.isPrompt() && runs.get(source) == null) {
        Run run = served.runs.join(source, names, request);
        runs.put(source, run);
        if (run != null) {
          left.add(run);
        }
      }
    }
  }

  private void leave() {
    left.clear(); // for threads that stay behind
    for (Run run : runs.values()) {
      if (run != null) {
        served.runs.leave(run);
      }
    }
  }

  private void goOnWithTheRest() {
    left.removeIf(Run::hasBegun);
    if (!left.isEmpty() && threads < MAX_THREADS) {
      threads++;
      Queue<Run> rest = left;
      try {
        served.threads.start(() -> runAll(rest));
      } catch (OutOfMemoryError | RuntimeException e) { // no more threads, or no more of these
        served.metrics.failed(Cause.THREAD, "a thread of its own", e);
        runHere();
      }
    }
  }

  private static void runAll(Queue<Run> rest) {
    Run run;
    while ((run = rest.poll()) != null) {
      run.runUnlessBegun();
    }
  }

  /** Better late, if one blocks, than without all. */
  private void runHere() {
    Run run;
    while (System.nanoTime() - deadlineNanos < 0 && (run = left.poll()) != null) {
      run.runUnlessBegun();
    }
  }

  private void await() {
    while (!haveEnded() && System.nanoTime() - deadlineNanos < 0) {
      join();
      goOnWithTheRest();
    }
  }

  /** Whether nothing is to be waited for any more. Waits for it, a slice at most. */
  private boolean haveEnded() {
    long now = System.nanoTime();
    long until = now + Math.min(sliceNanos, deadlineNanos - now);
    try {
      for (Run run : runs.values()) {
        if (run == null) {
          TimeUnit.NANOSECONDS.sleep(until - System.nanoTime());
          return false;
        } else if (!run.await(until - System.nanoTime())) {
          return false;
        }
      }
      return true;
    } catch (InterruptedException e) { // the container wants to stop
      if (!interrupted) {
        interrupted = true;
        endIn(Math.min(AT_ONCE_NANOS, deadlineNanos - System.nanoTime()));
      }
      return false;
    }
  }

  private void gather(List<Source> from, List<MetricSnapshot> families) {
    for (Source source : from) {
      Run run = runs.get(source);
      Outcome outcome = run == null ? prompt.get(source) : run.outcome();
      if (outcome == null) {
        failed(
            Cause.TIMEOUT,
            source.origin.getClass().getName(),
            run == null ? null : run.whereItIs());
      } else if (outcome.failure != null) {
        failed(Cause.COLLECT, outcome.description, outcome.failure);
      } else {
        for (MetricSnapshot family : outcome.families) {
          if (source.shows(family.getMetadata(), names)) {
            families.add(family);
          }
        }
      }
    }
  }

  private void failed(Cause cause, String what, @Nullable Throwable failure) {
    failed = true;
    served.metrics.failed(cause, what, failure);
  }
}
