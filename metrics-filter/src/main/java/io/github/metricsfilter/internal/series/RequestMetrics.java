package io.github.metricsfilter.internal.series;

import static java.lang.System.Logger.Level.WARNING;

import io.prometheus.metrics.config.PrometheusProperties;
import io.prometheus.metrics.model.snapshots.CounterSnapshot;
import io.prometheus.metrics.model.snapshots.CounterSnapshot.CounterDataPointSnapshot;
import io.prometheus.metrics.model.snapshots.GaugeSnapshot;
import io.prometheus.metrics.model.snapshots.GaugeSnapshot.GaugeDataPointSnapshot;
import io.prometheus.metrics.model.snapshots.HistogramSnapshot;
import io.prometheus.metrics.model.snapshots.HistogramSnapshot.HistogramDataPointSnapshot;
import io.prometheus.metrics.model.snapshots.Labels;
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
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentSkipListSet;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.IntToDoubleFunction;
import org.jspecify.annotations.Nullable;

/**
 * One set of metrics: finds or makes the series of a request, and shows them all to a scrape.
 *
 * <p>The histogram of durations is all that is recorded of a finished request. The counter is its
 * count, and the requests in flight are those that have started less those that it counts: one
 * fact, shown three times.
 */
public final class RequestMetrics implements OwnCollector {

  private static final System.Logger LOG = System.getLogger(RequestMetrics.class.getName());

  private static final double[] SIZE_BUCKETS = {100, 1e3, 1e4, 1e5, 1e6, 1e7};

  /** The schemes by which a preset may tell requests in flight apart. */
  private static final List<String> SCHEMES = List.of("http", "https", ExtraLabel.OTHER);

  /** How often the requests in flight are read again at most, see {@link #inFlight}. */
  private static final int MORE_READINGS = 5;

  private static final AtomicInteger IDS = new AtomicInteger();

  private final String mark = "io.github.metricsfilter.observed." + IDS.incrementAndGet();
  private final SeriesSettings settings;
  private final MetricFamilies families;
  private final StatusLabel statuses;
  private final MethodLabel methods;
  private final PathLabels paths;
  private final List<ExtraLabel.Values> extraValues = new ArrayList<>();
  private final Buckets durationBuckets;

  /** Of the histograms with native buckets; null if there are none. */
  private final @Nullable PrometheusProperties nativeProperties;

  private final Buckets sizeBuckets = new Buckets(1, SIZE_BUCKETS);

  /** Sorted, as snapshots want them. */
  private final SortedSet<ShownSeries> all = new ConcurrentSkipListSet<>();

  /** Whether a preset tells requests in flight apart by method and scheme. */
  private final boolean activeByMethod;

  private final LongAdder[] started;

  /** By the same slots; none unless asked for. */
  private final ActiveDuration[] activeDurations;

  private final FaultMetrics.Faults faults;

  /** What is to be done before these metrics are collected, by the filters that share them. */
  private final Set<Runnable> beforeCollecting = ConcurrentHashMap.newKeySet();

  /** What has failed once, by its fixed name, and so has been logged. */
  private final Set<String> logged = ConcurrentHashMap.newKeySet();

  RequestMetrics(SeriesSettings settings, FaultMetrics.Faults faults) {
    this.settings = settings;
    this.faults = faults;
    families = new MetricFamilies(settings);
    statuses = new StatusLabel(settings.statusClasses);
    methods = new MethodLabel(settings.extraMethods);
    paths = new PathLabels(families.pathLabel(), settings.maxPaths, methods.size());
    settings.extraLabels.forEach(label -> extraValues.add(label.new Values()));
    durationBuckets = new Buckets(Buckets.NANOS_PER_SECOND, settings.buckets);
    nativeProperties =
        settings.nativeBuckets
            ? ClientHistogram.properties(
                Family.names(Family.those(families.duration, families.firstByte)),
                durationBuckets,
                settings.classicBuckets)
            : null;
    activeByMethod = families.activeByMethod();
    started = new LongAdder[activeByMethod ? methods.size() * SCHEMES.size() : 1];
    Arrays.setAll(started, i -> new LongAdder());
    activeDurations = new ActiveDuration[settings.activeDuration ? started.length : 0];
    long nowNanos = System.nanoTime();
    Arrays.setAll(activeDurations, i -> new ActiveDuration(nowNanos));
  }

  /** Tells these metrics from others that the same request may pass; the same String always. */
  public String mark() {
    return mark;
  }

  SeriesSettings settings() {
    return settings;
  }

  /** Whether the time to the first byte of the response is shown. */
  public boolean showsFirstByte() {
    return settings.firstByte;
  }

  /** Whether the size of requests is shown. */
  public boolean showsRequestSize() {
    return settings.requestSize;
  }

  /** Whether the size of responses is shown. */
  public boolean showsResponseSize() {
    return settings.responseSize;
  }

  /** Whether the trace that a request belongs to is shown. */
  public boolean showsTraces() {
    return settings.exemplars;
  }

  /** The index of a method's value; that of {@code _OTHER} if it has none of its own. */
  public int method(@Nullable String method) {
    return methods.indexOf(method);
  }

  /** The values of the path label. */
  public PathLabels paths() {
    return paths;
  }

  /** Whether a scrape never waits for a request; client_java's histograms make it wait. */
  @Override
  public boolean isPrompt() {
    return !settings.nativeBuckets;
  }

  Set<String> names() {
    return families.names();
  }

  /** Which of the gauges of requests in flight a request that enters belongs to. */
  public int slot(int method, HttpServletRequest request) {
    return activeByMethod ? method * SCHEMES.size() + SCHEMES.indexOf(scheme(request)) : 0;
  }

  private String scheme(HttpServletRequest request) {
    try {
      return ExtraLabel.scheme(request);
    } catch (Throwable t) { // of any kind: the request goes on
      failed(FailureCause.OWN, "Reading the scheme of a request", t);
      return ExtraLabel.OTHER;
    }
  }

  /** A request has entered. {@link #record} must follow, once. */
  public void start(int slot, long startNanos) {
    started[slot].increment();
    if (activeDurations.length > 0) {
      activeDurations[slot].start(startNanos);
    }
  }

  /**
   * Records a request that is over, so that it is no longer in flight.
   *
   * @param path as {@link #paths} has found it
   * @param slot see {@link #slot}
   * @param extra see {@link #extra}
   * @param startNanos that of {@link #start}
   * @param trace null unless it is to be shown
   * @param firstByteNanos ignored unless asked for, as the sizes are
   */
  public void record(
      PathLabel path,
      int method,
      int status,
      int slot,
      ExtraValues extra,
      long startNanos,
      long durationNanos,
      @Nullable Trace trace,
      long firstByteNanos,
      long requestBytes,
      long responseBytes) {
    if (activeDurations.length > 0) { // before it is finished, see collect
      activeDurations[slot].end(startNanos);
    }
    boolean isRefused = paths.isRefused(path);
    if (isRefused || extra.refused) {
      faults.overflowed.increment();
    }
    PathLabel label = isRefused ? paths.other() : path;
    int distinct = statuses.distinct(status);
    Series series = label.find(method, distinct, extra.values);
    if (series == null) {
      series = make(label, method, distinct, slot, extra.values);
    }
    series.observe(durationNanos, trace, firstByteNanos, requestBytes, responseBytes);
  }

  /** Whether there are labels beside status, path and method. */
  public boolean hasExtraLabels() {
    return !extraValues.isEmpty();
  }

  /**
   * The values of the extra labels.
   *
   * @param request null if it can't be asked any more
   */
  public ExtraValues extra(
      @Nullable HttpServletRequest request, int slot, int status, @Nullable Throwable failure) {
    if (extraValues.isEmpty()) {
      return ExtraValues.NONE;
    }
    List<String> values = new ArrayList<>(extraValues.size());
    boolean refused = false;
    for (ExtraLabel.Values label : extraValues) {
      String value = value(label.label(), request, slot, status, failure);
      value = LabelValue.wellFormed(LabelValue.cut(value)); // in this order: a cut one is short
      boolean admitted = label.admit(value);
      values.add(admitted ? value : ExtraLabel.OTHER);
      refused |= !admitted;
    }
    return new ExtraValues(values, refused);
  }

  private String value(
      ExtraLabel label,
      @Nullable HttpServletRequest request,
      int slot,
      int status,
      @Nullable Throwable failure) {
    try {
      return Objects.requireNonNull(
          label.value(request, SCHEMES.get(slot % SCHEMES.size()), status, failure),
          "the value is null");
    } catch (Throwable t) { // of any kind: a callback must not change the request's outcome
      failed(label.cause, "The function of label " + label.name(), t);
      return ExtraLabel.UNKNOWN;
    }
  }

  private synchronized Series make(
      PathLabel path, int method, int status, int slot, List<String> extra) {
    Series found = path.find(method, status, extra);
    if (found != null) {
      return found;
    }
    Labels labels =
        families.labels(statuses.value(status), path.value, methods.value(method), extra);
    Series made =
        new Series(
            status,
            slot,
            labels,
            histogram(families.duration, labels, durationBuckets),
            families.firstByte == null
                ? null
                : histogram(families.firstByte, labels, durationBuckets),
            families.requestSize == null ? null : new AdderHistogram(labels, sizeBuckets, null),
            families.responseSize == null ? null : new AdderHistogram(labels, sizeBuckets, null));
    all.add(new ShownSeries(made));
    path.add(method, extra, made);
    return made;
  }

  private SeriesHistogram histogram(Family family, Labels labels, Buckets buckets) {
    BucketExemplars exemplars = settings.exemplars ? new BucketExemplars(buckets) : null;
    return nativeProperties == null
        ? new AdderHistogram(labels, buckets, exemplars)
        : new ClientHistogram(family.name(), labels, nativeProperties, buckets.scale(), exemplars);
  }

  /**
   * Counts a failure that the request must not notice, and logs the first of each callback.
   *
   * @param what the callback, by a fixed name: it is remembered, so nothing of the request may be
   *     in it
   */
  public void failed(FailureCause cause, String what, Throwable failure) {
    faults.failed(cause);
    if (logged.add(what)) {
      LOG.log(
          WARNING,
          what
              + " failed. Further failures are counted only, in"
              + " metrics_filter_failures_total{cause=\""
              + cause
              + "\"}.",
          failure);
    }
  }

  /**
   * Has this done before each collection, such as to record what is over and nobody has told of. It
   * throws nothing.
   */
  public void beforeCollecting(Runnable action) {
    beforeCollecting.add(action);
  }

  /** No longer. */
  public void stopBeforeCollecting(Runnable action) {
    beforeCollecting.remove(action);
  }

  @Override
  public MetricSnapshots collect() {
    beforeCollecting.forEach(Runnable::run);
    int size = all.size();
    List<CounterDataPointSnapshot> requests = new ArrayList<>(size);
    List<HistogramDataPointSnapshot> durations = new ArrayList<>(size);
    List<HistogramDataPointSnapshot> firstBytes = new ArrayList<>();
    List<HistogramDataPointSnapshot> requestSizes = new ArrayList<>();
    List<HistogramDataPointSnapshot> responseSizes = new ArrayList<>();
    long[] startedBefore = started();
    long[] finished = new long[started.length];
    for (ShownSeries series : all) {
      HistogramDataPointSnapshot duration = series.duration();
      durations.add(duration);
      if (families.requests != null) {
        requests.add(series.requests(duration));
      }
      finished[series.activeSlot()] += duration.getCount();
      HistogramDataPointSnapshot firstByte = series.firstByte();
      if (firstByte != null) {
        firstBytes.add(firstByte);
      }
      HistogramDataPointSnapshot requestSize = series.requestSize();
      if (requestSize != null) {
        requestSizes.add(requestSize);
      }
      HistogramDataPointSnapshot responseSize = series.responseSize();
      if (responseSize != null) {
        responseSizes.add(responseSize);
      }
    }
    InFlight inFlight = inFlight(startedBefore, finished);

    List<MetricSnapshot> snapshots = new ArrayList<>();
    if (families.requests != null) {
      snapshots.add(new CounterSnapshot(families.requests.metadata(), requests));
    }
    if (families.active != null) {
      snapshots.add(
          new GaugeSnapshot(
              families.active.metadata(), activeGauges(slot -> inFlight.requests[slot])));
    }
    if (families.activeDuration != null) {
      snapshots.add(
          new GaugeSnapshot(
              families.activeDuration.metadata(), activeGauges(slot -> inFlight.ages[slot])));
    }
    snapshots.add(
        new HistogramSnapshot(
            families.duration.metadata(),
            families.durationByStatus() ? durations : mergeStatuses(durations)));
    if (families.firstByte != null) {
      snapshots.add(new HistogramSnapshot(families.firstByte.metadata(), firstBytes));
    }
    if (families.requestSize != null) {
      snapshots.add(new HistogramSnapshot(families.requestSize.metadata(), requestSizes));
    }
    if (families.responseSize != null) {
      snapshots.add(new HistogramSnapshot(families.responseSize.metadata(), responseSizes));
    }
    return new MetricSnapshots(snapshots);
  }

  /** The requests in flight and the sum of their ages in seconds, by slot. */
  private static final class InFlight {
    final long[] requests;
    final double[] ages;

    InFlight(long[] requests, double[] ages) {
      this.requests = requests;
      this.ages = ages;
    }
  }

  /**
   * Those that have started less those that have finished. What starts and finishes between the two
   * readings is among them, though it was never in flight together with the others: 100 clients
   * would make a gauge of more than 100. So if any has started meanwhile, both are read again,
   * which takes a fraction of the time that the snapshots took.
   *
   * @param startedBefore read before the finished ones
   */
  private InFlight inFlight(long[] startedBefore, long[] finishedThen) {
    long[] before = startedBefore;
    long[] finished = finishedThen;
    double[] ages = ages();
    long[] now = started();
    for (int i = 0; i < MORE_READINGS && !Arrays.equals(before, now); i++) {
      // In this order: each that has finished had started, so that no gauge falls below zero, and
      // what has an age is in flight.
      before = now;
      finished = finished();
      ages = ages();
      now = started();
    }
    for (int slot = 0; slot < now.length; slot++) {
      now[slot] -= finished[slot];
    }
    return new InFlight(now, ages);
  }

  private long[] started() {
    long[] sums = new long[started.length];
    Arrays.setAll(sums, slot -> started[slot].sum());
    return sums;
  }

  private long[] finished() {
    long[] finished = new long[started.length];
    for (ShownSeries series : all) {
      finished[series.activeSlot()] += series.finished();
    }
    return finished;
  }

  private double[] ages() {
    double[] ages = new double[activeDurations.length];
    long nowNanos = System.nanoTime();
    Arrays.setAll(ages, slot -> activeDurations[slot].seconds(nowNanos));
    return ages;
  }

  private List<GaugeDataPointSnapshot> activeGauges(IntToDoubleFunction value) {
    List<GaugeDataPointSnapshot> gauges = new ArrayList<>();
    for (int slot = 0; slot < started.length; slot++) {
      if (!activeByMethod || started[slot].sum() > 0) {
        String method = methods.value(slot / SCHEMES.size());
        Labels labels = families.activeLabels(method, SCHEMES.get(slot % SCHEMES.size()));
        gauges.add(new GaugeDataPointSnapshot(value.applyAsDouble(slot), labels, null));
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
  public List<Family> families() {
    return families.all();
  }
}
