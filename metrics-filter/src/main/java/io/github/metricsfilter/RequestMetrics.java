package io.github.metricsfilter;

import static java.lang.System.Logger.Level.WARNING;

import io.github.metricsfilter.PrometheusRequestFilter.HistogramKind;
import io.github.metricsfilter.internal.series.OwnCollector;
import io.prometheus.metrics.model.snapshots.CounterSnapshot;
import io.prometheus.metrics.model.snapshots.CounterSnapshot.CounterDataPointSnapshot;
import io.prometheus.metrics.model.snapshots.GaugeSnapshot;
import io.prometheus.metrics.model.snapshots.GaugeSnapshot.GaugeDataPointSnapshot;
import io.prometheus.metrics.model.snapshots.HistogramSnapshot;
import io.prometheus.metrics.model.snapshots.HistogramSnapshot.HistogramDataPointSnapshot;
import io.prometheus.metrics.model.snapshots.Labels;
import io.prometheus.metrics.model.snapshots.MetricFamilyDescriptor;
import io.prometheus.metrics.model.snapshots.MetricSnapshot;
import io.prometheus.metrics.model.snapshots.MetricSnapshots;
import jakarta.servlet.http.HttpServletRequest;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.SortedSet;
import java.util.concurrent.ConcurrentSkipListSet;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;

/**
 * One set of metrics: finds or makes the series of a request, and shows them all to a scrape.
 *
 * <p>The histogram of durations is all that is recorded of a finished request. The counter is its
 * count, and the requests in flight are those that have started less those that it counts: one
 * fact, shown three times, so that the three agree within a scrape.
 */
final class RequestMetrics implements OwnCollector {

  private static final System.Logger LOG = System.getLogger(RequestMetrics.class.getName());

  private static final double[] SIZE_BUCKETS = {100, 1e3, 1e4, 1e5, 1e6, 1e7};

  /** The schemes by which a preset may tell requests in flight apart. */
  private static final List<String> SCHEMES = List.of("http", "https", ExtraLabel.OTHER);

  static final List<String> NO_EXTRA = List.of();

  private static final AtomicInteger IDS = new AtomicInteger();

  private final int id = IDS.incrementAndGet();
  private final Settings settings;
  private final MetricFamilies families;
  private final MethodLabel methods;
  private final PathLabels paths;
  private final List<ExtraLabel.Values> extraValues = new ArrayList<>();
  private final Buckets durationBuckets;
  private final Buckets sizeBuckets = new Buckets(1, SIZE_BUCKETS);

  private final boolean measures;

  private volatile int filters;

  /** Sorted, as snapshots want them. */
  private final SortedSet<ShownSeries> all = new ConcurrentSkipListSet<>();

  /** Whether a preset tells requests in flight apart by method and scheme. */
  private final boolean activeByMethod;

  private final LongAdder[] started;
  private final FaultMetrics.Faults faults;
  private final AtomicBoolean failureLogged = new AtomicBoolean();

  private final QuietPeriods quietPeriods = new QuietPeriods();

  RequestMetrics(Settings settings, FaultMetrics.Faults faults) {
    this.settings = settings;
    this.faults = faults;
    families = new MetricFamilies(settings);
    methods = new MethodLabel(settings.extraMethods);
    paths = new PathLabels(settings.maxPaths, methods.size());
    settings.extraLabels.forEach(label -> extraValues.add(label.new Values()));
    durationBuckets = new Buckets(Buckets.NANOS_PER_SECOND, settings.buckets);
    measures =
        !extraValues.isEmpty()
            || settings.exemplars
            || settings.requestSize
            || settings.responseSize;
    activeByMethod = families.activeByMethod();
    started = new LongAdder[activeByMethod ? methods.size() * SCHEMES.size() : 1];
    Arrays.setAll(started, i -> new LongAdder());
  }

  /** Tells these metrics from others that the same request may pass. */
  int id() {
    return id;
  }

  /** How many filters observe requests for these metrics, or have done so at some time. */
  int filters() {
    return filters;
  }

  void usedBy(int filters) {
    this.filters = Math.max(this.filters, filters);
  }

  Settings settings() {
    return settings;
  }

  MethodLabel methods() {
    return methods;
  }

  PathLabels paths() {
    return paths;
  }

  /** Whether a scrape never waits for a request; client_java's histograms make it wait. */
  @Override
  public boolean isPrompt() {
    return settings.histogram == HistogramKind.CLASSIC;
  }

  /** Whether a request needs a {@link MeasuredObservation}. */
  boolean measures() {
    return measures;
  }

  Set<String> names() {
    return families.names();
  }

  /** A request has entered. An observation by its {@link #series} must follow, once. */
  void start(HttpServletRequest request, int method) {
    int slot = activeByMethod ? activeSlot(method, ExtraLabel.scheme(request)) : 0;
    started[slot].increment();
  }

  private static int activeSlot(int method, String scheme) {
    return method * SCHEMES.size() + SCHEMES.indexOf(scheme);
  }

  /**
   * The series of a request that is finished. Once observed there, it is no longer in flight.
   *
   * @param extra the values of the extra labels, see {@link #extra}
   */
  Series series(PathLabel path, int method, int status, List<String> extra) {
    if (paths.isOther(path) || (!extra.isEmpty() && extra.contains(ExtraLabel.OTHER))) {
      faults.overflowed.increment();
    }
    return findOrMake(path, method, status, extra);
  }

  /** See {@link QuietPeriods#current}. */
  long quietPeriod() {
    return quietPeriods.current();
  }

  /**
   * Takes back an observation that no scrape can have shown, so that the request is in flight
   * again; false if one can, since a counter must not fall.
   */
  boolean reopen(UnsettledObservation observation) {
    return quietPeriods.ifStill(observation.quietPeriod, observation::retract);
  }

  /** Finishes a request that was reopened, with its final status and duration. */
  void finish(
      UnsettledObservation observation,
      HttpServletRequest request,
      int status,
      long durationNanos) {
    List<String> extra = extra(request, status, observation.failure);
    observation.recordIn(
        findOrMake(observation.path, observation.method, status, extra), durationNanos);
  }

  /** The values of the extra labels, each bounded as it says. */
  List<String> extra(HttpServletRequest request, int status, @Nullable Throwable failure) {
    if (extraValues.isEmpty()) {
      return NO_EXTRA;
    }
    List<String> values = new ArrayList<>(extraValues.size());
    for (ExtraLabel.Values label : extraValues) {
      String value = LabelValue.wellFormed(value(label.label(), request, status, failure));
      values.add(label.admit(value) ? value : ExtraLabel.OTHER);
    }
    return values;
  }

  private String value(
      ExtraLabel label, HttpServletRequest request, int status, @Nullable Throwable failure) {
    try {
      return Objects.requireNonNull(label.value(request, status, failure));
    } catch (Throwable t) { // of any kind: a callback must not change the request's outcome
      failed("The function of label " + label.name, t);
      return ExtraLabel.UNKNOWN;
    }
  }

  private Series findOrMake(PathLabel path, int method, int status, List<String> extra) {
    int distinct = StatusLabel.distinct(status);
    Series found = path.find(method, distinct, extra);
    return found == null ? make(path, method, distinct, extra) : found;
  }

  private synchronized Series make(PathLabel path, int method, int status, List<String> extra) {
    Series found = path.find(method, status, extra);
    if (found != null) {
      return found;
    }
    Labels labels =
        families.labels(StatusLabel.value(status), path.value, methods.value(method), extra);
    Series made =
        new Series(
            status,
            activeByMethod ? activeSlot(method, extra.get(0)) : 0,
            labels,
            histogram(families.duration, labels, durationBuckets),
            families.requestSize == null ? null : new AdderHistogram(labels, sizeBuckets, null),
            families.responseSize == null ? null : new AdderHistogram(labels, sizeBuckets, null));
    all.add(new ShownSeries(made));
    path.add(method, extra, made);
    return made;
  }

  private SeriesHistogram histogram(MetricFamilyDescriptor family, Labels labels, Buckets buckets) {
    BucketExemplars exemplars = settings.exemplars ? new BucketExemplars(buckets) : null;
    return settings.histogram == HistogramKind.CLASSIC
        ? new AdderHistogram(labels, buckets, exemplars)
        : new ClientHistogram(
            family.getPrometheusName(), labels, buckets, settings.histogram, exemplars);
  }

  /** Counts a failure of ours or of a callback, and logs the first one. */
  void failed(String what, Throwable failure) {
    faults.failed.increment();
    if (failureLogged.compareAndSet(false, true)) {
      LOG.log(WARNING, what + " failed; this and later failures are counted, not logged.", failure);
    }
  }

  @Override
  public MetricSnapshots collect() {
    quietPeriods.scrapeBegins();
    try {
      return read();
    } finally {
      quietPeriods.scrapeEnds();
    }
  }

  private MetricSnapshots read() {
    int size = all.size();
    List<CounterDataPointSnapshot> requests = new ArrayList<>(size);
    List<HistogramDataPointSnapshot> durations = new ArrayList<>(size);
    List<HistogramDataPointSnapshot> requestSizes = new ArrayList<>();
    List<HistogramDataPointSnapshot> responseSizes = new ArrayList<>();
    long[] active = new long[started.length];
    for (ShownSeries series : all) {
      HistogramDataPointSnapshot duration = series.duration();
      if (duration.getCount() == 0) {
        continue; // all that it held was moved when error pages had run
      }
      durations.add(duration);
      if (families.requests != null) {
        requests.add(series.requests(duration));
      }
      active[series.activeSlot()] -= duration.getCount();
      HistogramDataPointSnapshot requestSize = series.requestSize();
      if (requestSize != null) {
        requestSizes.add(requestSize);
      }
      HistogramDataPointSnapshot responseSize = series.responseSize();
      if (responseSize != null) {
        responseSizes.add(responseSize);
      }
    }
    // Read after the finished ones: each of them had started, so that no gauge falls below zero.
    for (int slot = 0; slot < active.length; slot++) {
      active[slot] += started[slot].sum();
    }

    List<MetricSnapshot> snapshots = new ArrayList<>();
    if (families.requests != null) {
      snapshots.add(new CounterSnapshot(families.requests.getMetadata(), requests));
    }
    if (families.active != null) {
      snapshots.add(new GaugeSnapshot(families.active.getMetadata(), activeGauges(active)));
    }
    snapshots.add(
        new HistogramSnapshot(
            families.duration.getMetadata(),
            families.durationByStatus() ? durations : mergeStatuses(durations)));
    if (families.requestSize != null) {
      snapshots.add(new HistogramSnapshot(families.requestSize.getMetadata(), requestSizes));
    }
    if (families.responseSize != null) {
      snapshots.add(new HistogramSnapshot(families.responseSize.getMetadata(), responseSizes));
    }
    return new MetricSnapshots(snapshots);
  }

  private List<GaugeDataPointSnapshot> activeGauges(long[] active) {
    List<GaugeDataPointSnapshot> gauges = new ArrayList<>();
    for (int slot = 0; slot < active.length; slot++) {
      if (!activeByMethod || started[slot].sum() > 0) {
        String method = methods.value(slot / SCHEMES.size());
        Labels labels = families.activeLabels(method, SCHEMES.get(slot % SCHEMES.size()));
        gauges.add(new GaugeDataPointSnapshot(active[slot], labels, null));
      }
    }
    return gauges;
  }

  /** One histogram for all statuses of a path and method, where the preset's has no status. */
  private List<HistogramDataPointSnapshot> mergeStatuses(List<HistogramDataPointSnapshot> all) {
    Map<Labels, List<HistogramDataPointSnapshot>> byLabels = new HashMap<>();
    for (HistogramDataPointSnapshot one : all) {
      byLabels
          .computeIfAbsent(families.withoutStatus(one.getLabels()), labels -> new ArrayList<>())
          .add(one);
    }
    List<HistogramDataPointSnapshot> merged = new ArrayList<>();
    byLabels.forEach((labels, of) -> merged.add(AdderHistogram.sum(labels, of)));
    return merged;
  }

  @Override
  public List<MetricFamilyDescriptor> getMetricFamilyDescriptors() {
    return families.all();
  }
}
