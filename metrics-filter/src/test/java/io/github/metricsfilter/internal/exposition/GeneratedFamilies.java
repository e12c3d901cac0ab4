package io.github.metricsfilter.internal.exposition;

import io.prometheus.metrics.model.snapshots.ClassicHistogramBuckets;
import io.prometheus.metrics.model.snapshots.CounterSnapshot;
import io.prometheus.metrics.model.snapshots.CounterSnapshot.CounterDataPointSnapshot;
import io.prometheus.metrics.model.snapshots.Exemplar;
import io.prometheus.metrics.model.snapshots.Exemplars;
import io.prometheus.metrics.model.snapshots.GaugeSnapshot;
import io.prometheus.metrics.model.snapshots.GaugeSnapshot.GaugeDataPointSnapshot;
import io.prometheus.metrics.model.snapshots.HistogramSnapshot;
import io.prometheus.metrics.model.snapshots.HistogramSnapshot.HistogramDataPointSnapshot;
import io.prometheus.metrics.model.snapshots.InfoSnapshot;
import io.prometheus.metrics.model.snapshots.InfoSnapshot.InfoDataPointSnapshot;
import io.prometheus.metrics.model.snapshots.Labels;
import io.prometheus.metrics.model.snapshots.MetricMetadata;
import io.prometheus.metrics.model.snapshots.MetricSnapshot;
import io.prometheus.metrics.model.snapshots.MetricSnapshots;
import io.prometheus.metrics.model.snapshots.NativeHistogramBuckets;
import io.prometheus.metrics.model.snapshots.Quantile;
import io.prometheus.metrics.model.snapshots.Quantiles;
import io.prometheus.metrics.model.snapshots.StateSetSnapshot;
import io.prometheus.metrics.model.snapshots.StateSetSnapshot.StateSetDataPointSnapshot;
import io.prometheus.metrics.model.snapshots.SummarySnapshot;
import io.prometheus.metrics.model.snapshots.SummarySnapshot.SummaryDataPointSnapshot;
import io.prometheus.metrics.model.snapshots.Unit;
import io.prometheus.metrics.model.snapshots.UnknownSnapshot;
import io.prometheus.metrics.model.snapshots.UnknownSnapshot.UnknownDataPointSnapshot;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.function.Function;
import java.util.stream.DoubleStream;
import org.jspecify.annotations.Nullable;

/** Families of all kinds, with whatever client_java lets them have; the same for the same seed. */
final class GeneratedFamilies {

  private static final List<String> NAMES =
      List.of(
          "requests",
          "requests_total",
          "_total",
          "a",
          "build_info",
          "_info",
          "http.server.duration",
          "jvm.total",
          "time.created",
          "time_created",
          "Größe",
          "名前",
          "with space",
          "quote\"d",
          "back\\slash",
          "line\nbreak",
          "0digit",
          "colon:name",
          "emoji_\uD83D\uDE00",
          "-");

  private static final List<String> LABEL_NAMES =
      List.of(
          "a", "method", "path", "a.b", "Straße", "x y", "q\"", "n\n", "b\\", "0", "e\uD83D\uDE00");

  private static final List<String> UNITS = List.of("seconds", "bytes", "m.s");

  private static final List<String> TEXTS =
      List.of(
          "",
          " ",
          "GET",
          "/shop/articles/17",
          "\\",
          "\\\\",
          "\n",
          "\r\t\u0000\u007f",
          "\"quoted\"",
          "ends with \\",
          "Grüße",
          "\u07ff\u0800\uffff",
          "日本語",
          "\uD83D\uDE00",
          "\uD83D",
          "\uDE00",
          "\uDE00\uD83D",
          "\uD83D\uD83D\uDE00",
          "a\uD83Db",
          "\uD83D\"\uDE00\n",
          "<script>",
          "x".repeat(100));

  private static final int INFO = 5;
  private static final int STATES = 6;

  private static final double[] DOUBLES = {
    0,
    -0.0,
    1,
    -1,
    0.1,
    0.005,
    1e-3,
    9.99e-4,
    1e7,
    9_999_999,
    9_999_999.9999999,
    10_000_001,
    123_456_789,
    1e15,
    0x1p53 - 1,
    0x1p53,
    0x1p53 + 2,
    1e16,
    Double.parseDouble("2e23"),
    0.3,
    0.1 + 0.2,
    1.0 / 3,
    Double.MAX_VALUE,
    Double.MIN_VALUE,
    Double.MIN_NORMAL,
    -Double.MIN_NORMAL / 3,
    Double.NaN,
    Double.POSITIVE_INFINITY,
    Double.NEGATIVE_INFINITY
  };

  private final Random random;

  GeneratedFamilies(long seed) {
    random = new Random(seed);
  }

  MetricSnapshots all() {
    Map<String, MetricSnapshot> all = new HashMap<>();
    List<MetricSnapshot> again = new ArrayList<>();
    for (int i = random.nextInt(8); i >= 0; i--) {
      int kind = random.nextInt(8);
      MetricMetadata metadata = metadata(kind);
      if (all.putIfAbsent(metadata.getPrometheusName(), family(kind, metadata, 0)) == null
          && random.nextInt(4) == 0) {
        again.add(family(kind, metadata, 10)); // to be merged
      }
    }
    again.addAll(all.values());
    return new MetricSnapshots(again);
  }

  private MetricSnapshot family(int kind, MetricMetadata metadata, int from) {
    return switch (kind) {
      case 0 ->
          new CounterSnapshot(
              metadata,
              some(
                  from,
                  labels ->
                      new CounterDataPointSnapshot(
                          Math.abs(noNaN(number())), labels, exemplar(), millis(), later())));
      case 1 ->
          new GaugeSnapshot(
              metadata,
              some(
                  from,
                  labels -> new GaugeDataPointSnapshot(number(), labels, exemplar(), later())));
      case 2 -> new HistogramSnapshot(metadata, some(from, this::histogram));
      case 3 -> new HistogramSnapshot(true, metadata, some(from, this::histogram));
      case 4 -> new SummarySnapshot(metadata, some(from, this::summary));
      case INFO ->
          new InfoSnapshot(
              metadata, some(from, labels -> new InfoDataPointSnapshot(labels, later())));
      case STATES -> new StateSetSnapshot(metadata, some(from, this::states));
      default ->
          new UnknownSnapshot(
              metadata,
              some(
                  from,
                  labels -> new UnknownDataPointSnapshot(number(), labels, exemplar(), later())));
    };
  }

  private MetricMetadata metadata(int kind) {
    String name = any(NAMES) + (random.nextInt(3) == 0 ? "" : any(NAMES));
    String help = random.nextInt(4) == 0 ? null : text();
    Unit unit =
        kind == INFO || kind == STATES || random.nextInt(3) > 0 ? null : new Unit(any(UNITS));
    return switch (random.nextInt(3)) {
      case 0 -> new MetricMetadata(unit == null ? name : name + '_' + unit, help, unit);
      case 1 ->
          MetricMetadata.builder()
              .name(name)
              .help(help)
              .unit(unit)
              .counterSuffix(random.nextBoolean())
              .build();
      default ->
          MetricMetadata.builder()
              .name(name)
              .originalName(name + (random.nextBoolean() ? ".total" : ".created"))
              .expositionBaseName(name + (random.nextBoolean() ? "_total" : "_info"))
              .help(help)
              .unit(unit)
              .build();
    };
  }

  /** Data points with different labels. */
  private <T> List<T> some(int from, Function<Labels, T> data) {
    List<T> some = new ArrayList<>();
    int size = random.nextInt(5);
    for (int i = 0; i < size; i++) {
      some.add(data.apply(labels(from + i)));
    }
    return some;
  }

  private Labels labels(int i) {
    Labels.Builder labels = Labels.builder();
    if (i > 0) {
      labels.label("differs", i + text());
    }
    int first = random.nextInt(LABEL_NAMES.size());
    for (int j = random.nextInt(3); j > 0; j--) {
      labels.label(LABEL_NAMES.get((first + j) % LABEL_NAMES.size()), text());
    }
    return labels.build();
  }

  private HistogramDataPointSnapshot histogram(Labels labels) {
    long created = millis();
    ClassicHistogramBuckets classic = ClassicHistogramBuckets.EMPTY;
    long count = 0;
    if (random.nextInt(3) > 0) {
      double[] bounds =
          DoubleStream.concat(
                  random.doubles(random.nextInt(5), -10, 10),
                  DoubleStream.of(any(DOUBLES), Double.POSITIVE_INFINITY))
              .filter(bound -> !Double.isNaN(bound))
              .distinct()
              .sorted()
              .toArray();
      if (Arrays.stream(bounds).anyMatch(bound -> bound == 0)) {
        bounds = new double[] {random.nextBoolean() ? 0.0 : -0.0, Double.POSITIVE_INFINITY};
      }
      long[] counts = random.longs(bounds.length, 0, 1L << random.nextInt(40)).toArray();
      count = Arrays.stream(counts).sum();
      classic = ClassicHistogramBuckets.of(bounds, counts);
    }
    boolean isNative = classic.isEmpty() || random.nextBoolean();
    return new HistogramDataPointSnapshot(
        classic,
        isNative ? 3 : HistogramSnapshot.CLASSIC_HISTOGRAM,
        classic.isEmpty() ? random.nextInt(100) : count,
        1e-5,
        NativeHistogramBuckets.EMPTY,
        NativeHistogramBuckets.EMPTY,
        number(),
        labels,
        exemplars(),
        created,
        later());
  }

  private SummaryDataPointSnapshot summary(Labels labels) {
    List<Quantile> quantiles = new ArrayList<>();
    for (double quantile : new double[] {0, 0.5, 0.95, 0.99, 1}) {
      if (random.nextBoolean()) {
        quantiles.add(new Quantile(quantile, number()));
      }
    }
    return new SummaryDataPointSnapshot(
        random.nextInt(3) == 0 ? -1 : random.nextLong() >>> random.nextInt(64),
        random.nextInt(3) == 0 ? Double.NaN : number(),
        random.nextBoolean() ? Quantiles.EMPTY : Quantiles.of(quantiles),
        labels,
        exemplars(),
        millis(),
        later());
  }

  private StateSetDataPointSnapshot states(Labels labels) {
    String[] names = new String[1 + random.nextInt(3)];
    Arrays.setAll(names, i -> i + text());
    boolean[] values = new boolean[names.length];
    values[0] = random.nextBoolean();
    return new StateSetDataPointSnapshot(names, values, labels, later());
  }

  private Exemplars exemplars() {
    List<Exemplar> some = new ArrayList<>();
    for (int i = random.nextInt(5) - 1; i > 0; i--) {
      some.add(
          new Exemplar(
              random.nextInt(4) == 0 ? number() : 10 * random.nextGaussian(), trace(), millis()));
    }
    return Exemplars.of(some);
  }

  private @Nullable Exemplar exemplar() {
    return random.nextInt(3) == 0 ? new Exemplar(number(), trace(), millis()) : null;
  }

  private Labels trace() {
    return switch (random.nextInt(3)) {
      case 0 -> Labels.EMPTY;
      case 1 -> labels(1);
      default -> Labels.of(Exemplar.TRACE_ID, "4bf92f", Exemplar.SPAN_ID, text());
    };
  }

  /** A time that {@link #later} isn't before; 0 for none. */
  private long millis() {
    return random.nextInt(3) == 0 ? 0 : 1_700_000_000_000L + random.nextInt(100_000_000);
  }

  private long later() {
    return random.nextInt(3) > 0 ? 0 : 1_800_000_000_000L + random.nextInt(100_000_000);
  }

  private double number() {
    return switch (random.nextInt(6)) {
      case 0 -> any(DOUBLES);
      case 1 -> random.nextInt(1000);
      case 2 -> random.nextLong() >>> random.nextInt(64);
      case 3 -> (random.nextLong() >>> (1 + random.nextInt(63))) / 1e9;
      case 4 -> Double.longBitsToDouble(random.nextLong());
      default -> random.nextGaussian();
    };
  }

  private static double noNaN(double number) {
    return Double.isNaN(number) ? 0 : number;
  }

  private String text() {
    StringBuilder text = new StringBuilder();
    for (int i = random.nextInt(4); i > 0; i--) {
      text.append(any(TEXTS));
    }
    return text.toString();
  }

  private <T> T any(List<T> of) {
    return of.get(random.nextInt(of.size()));
  }

  private double any(double[] of) {
    return of[random.nextInt(of.length)];
  }
}
