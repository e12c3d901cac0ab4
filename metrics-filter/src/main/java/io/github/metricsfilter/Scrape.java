package io.github.metricsfilter;

import io.github.metricsfilter.GuardedRegistry.NothingCollectedException;
import io.github.metricsfilter.RegistrySources.Source;
import io.github.metricsfilter.ScrapeMetrics.Cause;
import io.prometheus.metrics.config.EscapingScheme;
import io.prometheus.metrics.expositionformats.ExpositionFormatWriter;
import io.prometheus.metrics.expositionformats.TextFormatUtil;
import io.prometheus.metrics.model.snapshots.CounterSnapshot;
import io.prometheus.metrics.model.snapshots.HistogramSnapshot;
import io.prometheus.metrics.model.snapshots.InfoSnapshot;
import io.prometheus.metrics.model.snapshots.MetricMetadata;
import io.prometheus.metrics.model.snapshots.MetricSnapshot;
import io.prometheus.metrics.model.snapshots.MetricSnapshots;
import io.prometheus.metrics.model.snapshots.SummarySnapshot;
import java.io.IOException;
import java.io.OutputStream;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
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
final class Scrape {

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

  private final GuardedRegistry registry;
  private final Predicate<String> included;
  private final ScrapeExchange.Request request;
  private final List<Source> sources;
  private final List<Source> prompt = new ArrayList<>();
  private final Queue<Source> left = new ConcurrentLinkedQueue<>();
  private final ConcurrentMap<Source, Outcome> outcomes = new ConcurrentHashMap<>();
  private final Map<Source, Thread> running = new ConcurrentHashMap<>();
  private final CountDownLatch unfinished;
  private boolean failed;

  Scrape(GuardedRegistry registry, Predicate<String> included, ScrapeExchange.Request request) {
    this.registry = registry;
    this.included = included;
    this.request = request;
    this.sources = registry.sources.allBut(registry.metrics);
    for (Source source : sources) {
      if (registry.blocked.contains(source.origin)) {
        outcomes.put(source, Outcome.LATE);
      } else if (source.isPrompt()) {
        prompt.add(source);
      } else {
        left.add(source);
      }
    }
    this.unfinished = new CountDownLatch(left.size());
  }

  /**
   * What can be shown, the servlet's own metrics among it.
   *
   * @throws NothingCollectedException if all else has failed
   */
  MetricSnapshots result() {
    await();
    giveUpTheRest();
    List<MetricSnapshot> families = families();
    if (request.sifted) {
      families.removeIf(family -> !isWritable(family));
    }
    // Last, to show what has just failed, but first in the list: nobody else gets these names.
    List<MetricSnapshot> own = own();
    families.addAll(0, own);
    MetricSnapshots result = consistent(families);
    boolean ownIsAskedFor = included != GuardedRegistry.ALL;
    if (failed && result.size() <= (ownIsAskedFor ? 0 : own.size())) {
      throw new NothingCollectedException();
    }
    return result;
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
      registry.threads.add(thread);
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
          registry.blocked.remove(source.origin); // after it was put there, see below
        }
        unfinished.countDown();
      }
    } finally {
      registry.threads.remove(thread);
    }
  }

  private Outcome collect(Source source) {
    try {
      return new Outcome(source.collect(included, request), "", null);
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
        registry.blocked.add(source.origin);
        if (outcomes.putIfAbsent(source, Outcome.LATE) != null) {
          registry.blocked.remove(source.origin); // just in time
        }
      }
    }
  }

  private List<MetricSnapshot> families() {
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
    registry.metrics.failed(cause, what, failure);
  }

  private List<MetricSnapshot> own() {
    List<MetricSnapshot> own = new ArrayList<>();
    if (registry.sources.areApart()) {
      for (MetricSnapshot family : registry.metrics.collect()) {
        if (included.test(family.getMetadata().getPrometheusName())) {
          own.add(family);
        }
      }
    }
    return own;
  }

  /** Whether a family can be written alone, in the format that is asked for. */
  private boolean isWritable(MetricSnapshot family) {
    String accepted = request.getHeader("Accept");
    ExpositionFormatWriter writer = registry.formats.findWriter(accepted);
    try {
      writer.write(
          OutputStream.nullOutputStream(),
          new MetricSnapshots(family),
          EscapingScheme.fromAcceptHeader(accepted));
      return true;
    } catch (RuntimeException | IOException e) {
      failed(Cause.MALFORMED, family.getMetadata().getPrometheusName(), e);
      return false;
    }
  }

  /** The families but for those that contradict one before. */
  private MetricSnapshots consistent(List<MetricSnapshot> families) {
    try {
      return merged(families, new HashMap<>());
    } catch (RuntimeException e) { // find which it is
      Map<String, MetricSnapshot> good = new LinkedHashMap<>();
      Map<String, String> owners = new HashMap<>();
      for (MetricSnapshot family : families) {
        String name = family.getMetadata().getPrometheusName();
        MetricSnapshot before = good.get(name);
        try {
          List<MetricSnapshot> same = before == null ? List.of(family) : List.of(before, family);
          good.put(name, merged(same, owners).get(0));
        } catch (RuntimeException malformed) {
          failed(Cause.MALFORMED, name, malformed);
        }
      }
      return new MetricSnapshots(good.values());
    }
  }

  /**
   * Families of one name as one.
   *
   * @param owners which family has the samples of a name
   * @throws RuntimeException if two have the same name and other types, the same labels, or samples
   *     of the same name
   */
  private static MetricSnapshots merged(List<MetricSnapshot> families, Map<String, String> owners) {
    MetricSnapshots merged = TextFormatUtil.mergeDuplicates(new MetricSnapshots(families));
    for (MetricSnapshot family : merged) {
      String name = family.getMetadata().getPrometheusName();
      for (String sample : sampleNames(family)) {
        String owner = owners.putIfAbsent(sample, name);
        if (owner != null && !owner.equals(name)) {
          throw new IllegalArgumentException(name + " and " + owner + " both have " + sample);
        }
      }
    }
    return merged;
  }

  private static List<String> sampleNames(MetricSnapshot family) {
    MetricMetadata metadata = family.getMetadata();
    String name = metadata.getPrometheusName();
    if (family instanceof CounterSnapshot) {
      return List.of(suffixed(metadata, "_total"));
    } else if (family instanceof HistogramSnapshot) {
      return List.of(name, name + "_bucket", name + "_count", name + "_sum");
    } else if (family instanceof SummarySnapshot) {
      return List.of(name, name + "_count", name + "_sum");
    } else if (family instanceof InfoSnapshot) {
      return List.of(suffixed(metadata, "_info"));
    }
    return List.of(metadata.getExpositionBasePrometheusName());
  }

  private static String suffixed(MetricMetadata metadata, String suffix) {
    String exposed = metadata.getExpositionBasePrometheusName();
    return exposed.endsWith(suffix) ? exposed : metadata.getPrometheusName() + suffix;
  }
}
