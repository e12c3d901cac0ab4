package io.github.metricsfilter.internal.scrape;

import io.github.metricsfilter.internal.scrape.RegistrySources.Source;
import io.github.metricsfilter.internal.scrape.ScrapeMetrics.Cause;
import io.prometheus.metrics.model.snapshots.MetricSnapshot;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * The collecting of one scrape.
 *
 * <p>A collector can only be given up if it runs on a thread that nobody needs. So what could block
 * is collected by a thread of the scrape's own, and meanwhile the request's collects the rest and
 * waits. Each time an eighth of the time has passed and collectors are left, one more thread goes
 * on with them: a collector that blocks costs an eighth. What isn't there in the end is left out,
 * and a collector that is still running then is left out of later scrapes too until it returns, so
 * that it doesn't get hold of one thread after the other. No thread waits for the next scrape.
 */
final class Collecting {

  /** The share of Prometheus's timeout that collecting may take; the rest is for the response. */
  private static final double COLLECTING = 0.8;

  private static final int SLICES = 8;

  /** What became of a source; a late one has neither families nor a failure. */
  private static final class Outcome {
    static final Outcome LATE = new Outcome(List.of(), "", null);

    final List<MetricSnapshot> families;
    final String description;
    final @Nullable Throwable failure;

    Outcome(List<MetricSnapshot> families, String description, @Nullable Throwable failure) {
      this.families = families;
      this.description = description;
      this.failure = failure;
    }
  }

  private final Served served;
  private final FamilyNames names;
  private final ScrapeRequest request;
  private final List<Source> sources;
  private final List<Source> prompt = new ArrayList<>();
  private final Queue<Source> left = new ConcurrentLinkedQueue<>();
  private final ConcurrentMap<Source, Outcome> outcomes = new ConcurrentHashMap<>();
  private final Map<Source, Thread> running = new ConcurrentHashMap<>();
  private final CountDownLatch unfinished;
  private boolean failed;

  Collecting(Served served, FamilyNames names, ScrapeRequest request) {
    this.served = served;
    this.names = names;
    this.request = request;
    this.sources = served.sources.allBut(served.metrics);
    for (Source source : sources) {
      if (served.blocked.contains(source.origin)) {
        outcomes.put(source, Outcome.LATE);
      } else if (source.isPrompt()) {
        prompt.add(source);
      } else {
        left.add(source);
      }
    }
    this.unfinished = new CountDownLatch(left.size());
  }

  /** What could be collected in time of what passes the names, in the order of the sources. */
  List<MetricSnapshot> families() {
    await();
    giveUpTheRest();
    return gather();
  }

  /** Whether something is missing that should be there. */
  boolean hasFailed() {
    return failed;
  }

  private void await() {
    long slice = (long) (request.timeoutSeconds() * COLLECTING / SLICES * 1e9);
    long start = System.nanoTime();
    goOnWithTheRest();
    for (Source source : prompt) {
      outcomes.put(source, collect(source));
    }
    try {
      for (int i = 1; i <= SLICES; i++) {
        long untilThen = start + i * slice - System.nanoTime();
        if (unfinished.await(untilThen, TimeUnit.NANOSECONDS)) {
          return;
        }
        if (i < SLICES) {
          goOnWithTheRest();
        }
      }
    } catch (InterruptedException e) { // the container is stopping
      Thread.currentThread().interrupt();
    }
  }

  private void goOnWithTheRest() {
    if (!left.isEmpty()) {
      Thread thread = new Thread(null, this::collect, "metrics-servlet-scrape", 0, false);
      thread.setDaemon(true);
      served.threads.add(thread);
      thread.start();
    }
  }

  private void collect() {
    Thread thread = Thread.currentThread();
    try {
      Source source;
      while ((source = left.poll()) != null) {
        running.put(source, thread);
        Outcome outcome = collect(source);
        if (outcomes.putIfAbsent(source, outcome) != null) {
          served.blocked.remove(source.origin); // after it was put there, see below
        }
        unfinished.countDown();
      }
    } finally {
      served.threads.remove(thread);
    }
  }

  private Outcome collect(Source source) {
    try {
      return new Outcome(source.collect(names, request), "", null);
    } catch (Throwable t) { // an Error of one collector doesn't concern the others either
      return new Outcome(List.of(), description(source), t);
    }
  }

  private static String description(Source source) {
    try {
      return source.description();
    } catch (Throwable t) {
      return source.origin.getClass().getName();
    }
  }

  private void giveUpTheRest() {
    Source notBegun;
    while ((notBegun = left.poll()) != null) {
      outcomes.put(notBegun, Outcome.LATE);
    }
    for (Source source : sources) {
      if (!outcomes.containsKey(source)) {
        served.blocked.add(source.origin);
        if (outcomes.putIfAbsent(source, Outcome.LATE) != null) {
          served.blocked.remove(source.origin); // just in time
        }
      }
    }
  }

  private List<MetricSnapshot> gather() {
    List<MetricSnapshot> families = new ArrayList<>();
    for (Source source : sources) {
      Outcome outcome = outcomes.getOrDefault(source, Outcome.LATE);
      if (outcome.failure != null) {
        failed(Cause.COLLECT, outcome.description, outcome.failure);
      } else if (outcome == Outcome.LATE) {
        failed(Cause.TIMEOUT, source.origin.getClass().getName(), whereItIs(running.get(source)));
      }
      families.addAll(outcome.families);
    }
    // A thread that stays behind mustn't keep these in memory.
    outcomes.values().removeIf(outcome -> outcome != Outcome.LATE);
    return families;
  }

  private static @Nullable Throwable whereItIs(@Nullable Thread thread) {
    if (thread == null) {
      return null;
    }
    Throwable where = new IllegalStateException("still collecting");
    where.setStackTrace(thread.getStackTrace());
    return where;
  }

  private void failed(Cause cause, String what, @Nullable Throwable failure) {
    failed = true;
    served.metrics.failed(cause, what, failure);
  }
}
