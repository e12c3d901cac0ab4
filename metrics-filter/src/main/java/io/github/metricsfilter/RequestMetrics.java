package io.github.metricsfilter;

import static java.lang.System.Logger.Level.WARNING;

import io.prometheus.metrics.model.registry.MultiCollector;
import io.prometheus.metrics.model.snapshots.CounterSnapshot;
import io.prometheus.metrics.model.snapshots.CounterSnapshot.CounterDataPointSnapshot;
import io.prometheus.metrics.model.snapshots.GaugeSnapshot;
import io.prometheus.metrics.model.snapshots.GaugeSnapshot.GaugeDataPointSnapshot;
import io.prometheus.metrics.model.snapshots.HistogramSnapshot;
import io.prometheus.metrics.model.snapshots.HistogramSnapshot.HistogramDataPointSnapshot;
import io.prometheus.metrics.model.snapshots.Labels;
import io.prometheus.metrics.model.snapshots.MetricFamilyDescriptor;
import io.prometheus.metrics.model.snapshots.MetricSnapshots;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentSkipListSet;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.LongAdder;

/**
 * The metrics of one registry: finds or makes the series of a request, and shows all of them to a
 * scrape.
 *
 * <p>The histogram is the only thing that is recorded. The counter is its count, and the requests
 * in flight are those that started less those that it counts: one fact, shown three times, so that
 * the three agree within a scrape.
 */
final class RequestMetrics implements MultiCollector {

  private static final System.Logger LOG = System.getLogger(RequestMetrics.class.getName());

  private static final AtomicInteger IDS = new AtomicInteger();

  private final int id;
  private final MetricFamilyDescriptor requests =
      MetricFamilyDescriptor.counter("http_requests_total")
          .help("HTTP requests finished.")
          .labelNames("status", "path", "method")
          .build();
  private final MetricFamilyDescriptor active =
      MetricFamilyDescriptor.gauge("http_active_requests")
          .help("HTTP requests that entered and are not yet finished.")
          .build();
  private final MetricFamilyDescriptor duration =
      MetricFamilyDescriptor.histogram("http_request_duration_seconds")
          .help("Time from the request's entry until it was finished, in seconds.")
          .labelNames("status", "path", "method")
          .build();
  private final MetricFamilyDescriptor overflow =
      MetricFamilyDescriptor.counter("metrics_filter_overflow_total")
          .help("Requests recorded under _OTHER because a bound on label values was reached.")
          .build();
  private final MetricFamilyDescriptor failures =
      MetricFamilyDescriptor.counter("metrics_filter_failures_total")
          .help("Failures of the filter or of a callback, which the request did not notice.")
          .build();

  private final MethodLabel methods;
  private final Buckets bounds;
  private final int maxPaths;
  private final Map<String, PathLabel> paths = new ConcurrentHashMap<>();
  private final PathLabel otherPath;

  /** In the order in which a snapshot wants them. */
  private final ConcurrentSkipListSet<Series> all = new ConcurrentSkipListSet<>();

  private final LongAdder started = new LongAdder();
  private final LongAdder overflowed = new LongAdder();
  private final LongAdder failed = new LongAdder();
  private boolean overflowLogged;
  private final AtomicBoolean failureLogged = new AtomicBoolean();
  private final long createdMillis = System.currentTimeMillis();

  private final Object scrapeLock = new Object();
  private int scrapes;
  private long quietPeriods = 1;

  /** The number of the period without a scrape in which we are; 0 while there is one. */
  private volatile long quietPeriod = quietPeriods;

  RequestMetrics(Buckets bounds, MethodLabel methods, int maxPaths) {
    this.id = IDS.incrementAndGet();
    this.bounds = bounds;
    this.methods = methods;
    this.maxPaths = maxPaths;
    this.otherPath = new PathLabel("_OTHER", methods.size());
  }

  MethodLabel methods() {
    return methods;
  }

  /**
   * The label of this path; that of {@code _OTHER}, with a warning the first time, once as many
   * paths as allowed are known.
   */
  PathLabel path(String value) {
    PathLabel known = paths.get(value);
    return known == null ? admit(value) : known;
  }

  private synchronized PathLabel admit(String value) {
    if (paths.size() < maxPaths) {
      return paths.computeIfAbsent(value, v -> new PathLabel(v, methods.size()));
    }
    PathLabel known = paths.getOrDefault(value, otherPath);
    if (known == otherPath && !overflowLogged) {
      overflowLogged = true;
      LOG.log(
          WARNING,
          "More than {0} paths: \"{1}\" and all later ones are recorded as path=\"{2}\". Raise"
              + " max-paths, or make the routes coarser.",
          maxPaths,
          value,
          otherPath.value);
    }
    return known;
  }

  boolean isOther(PathLabel path) {
    return path == otherPath;
  }

  /** Distinguishes these metrics from others that the same request may pass. */
  int id() {
    return id;
  }

  /** A request entered. {@link #finish} or {@link #finishUnsettled} must follow, once. */
  void start() {
    started.increment();
  }

  /**
   * The request that entered is finished: from now on it is in its series and no longer in flight.
   */
  void finish(PathLabel path, int method, int status, long durationNanos) {
    if (path == otherPath) {
      overflowed.increment();
    }
    series(path, method, status).observe(durationNanos);
  }

  /** Like {@link #finish}, where an error page may yet change the status: see {@link #settle}. */
  UnsettledObservation finishUnsettled(PathLabel path, int method, int status, long durationNanos) {
    long quietBefore = quietPeriod;
    finish(path, method, status, durationNanos);
    return new UnsettledObservation(path, series(path, method, status), durationNanos, quietBefore);
  }

  /**
   * Moves an observation to the status that the error page has set, if no scrape can have shown it.
   * This is the one place where a request could meet a scrape, for the time of a few assignments.
   */
  void settle(UnsettledObservation observation, int status) {
    Series recorded = observation.series;
    if (status == recorded.status) {
      return;
    }
    Series settled = series(observation.path, recorded.method, status);
    synchronized (scrapeLock) {
      if (observation.quietPeriod != 0 && observation.quietPeriod == quietPeriod) {
        recorded.retract(observation.durationNanos);
        settled.observe(observation.durationNanos);
      }
    }
  }

  private Series series(PathLabel path, int method, int status) {
    Series found = path.find(method, status);
    return found == null ? make(path, method, status) : found;
  }

  private synchronized Series make(PathLabel path, int method, int status) {
    Series found = path.find(method, status);
    if (found != null) {
      return found;
    }
    Labels labels =
        Labels.of(
            "status",
            StatusLabel.value(status),
            "path",
            path.value,
            "method",
            methods.value(method));
    Series made = new Series(method, status, labels, bounds);
    all.add(made);
    path.add(made);
    return made;
  }

  /** Counts a failure of ours or of a callback, and logs the first one. */
  void failed(String what, Throwable failure) {
    failed.increment();
    if (failureLogged.compareAndSet(false, true)) {
      LOG.log(WARNING, what + " failed; later failures are only counted.", failure);
    }
  }

  @Override
  public MetricSnapshots collect() {
    synchronized (scrapeLock) {
      scrapes++;
      quietPeriod = 0;
    }
    try {
      return read();
    } finally {
      synchronized (scrapeLock) {
        if (--scrapes == 0) {
          quietPeriod = ++quietPeriods;
        }
      }
    }
  }

  private MetricSnapshots read() {
    List<HistogramDataPointSnapshot> durations = new ArrayList<>();
    List<CounterDataPointSnapshot> counts = new ArrayList<>();
    long finished = 0;
    for (Series series : all) {
      HistogramDataPointSnapshot snapshot = series.snapshot();
      durations.add(snapshot);
      counts.add(Series.counter(snapshot));
      finished += snapshot.getCount();
    }
    // Read after the finished ones: each of these has started, so the difference can't be negative.
    long inFlight = started.sum() - finished;
    return new MetricSnapshots(
        new CounterSnapshot(requests.getMetadata(), counts),
        new GaugeSnapshot(
            active.getMetadata(),
            List.of(new GaugeDataPointSnapshot(inFlight, Labels.EMPTY, null))),
        new HistogramSnapshot(duration.getMetadata(), durations),
        counter(overflow, overflowed),
        counter(failures, failed));
  }

  private CounterSnapshot counter(MetricFamilyDescriptor family, LongAdder value) {
    return new CounterSnapshot(
        family.getMetadata(),
        List.of(new CounterDataPointSnapshot(value.sum(), Labels.EMPTY, null, createdMillis)));
  }

  @Override
  public List<MetricFamilyDescriptor> getMetricFamilyDescriptors() {
    return List.of(requests, active, duration, overflow, failures);
  }
}
