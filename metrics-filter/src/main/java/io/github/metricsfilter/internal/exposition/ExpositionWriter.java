package io.github.metricsfilter.internal.exposition;

import io.prometheus.metrics.config.EscapingScheme;
import io.prometheus.metrics.model.snapshots.ClassicHistogramBuckets;
import io.prometheus.metrics.model.snapshots.CounterSnapshot;
import io.prometheus.metrics.model.snapshots.DataPointSnapshot;
import io.prometheus.metrics.model.snapshots.DistributionDataPointSnapshot;
import io.prometheus.metrics.model.snapshots.Exemplar;
import io.prometheus.metrics.model.snapshots.GaugeSnapshot;
import io.prometheus.metrics.model.snapshots.HistogramSnapshot;
import io.prometheus.metrics.model.snapshots.HistogramSnapshot.HistogramDataPointSnapshot;
import io.prometheus.metrics.model.snapshots.InfoSnapshot;
import io.prometheus.metrics.model.snapshots.InfoSnapshot.InfoDataPointSnapshot;
import io.prometheus.metrics.model.snapshots.Labels;
import io.prometheus.metrics.model.snapshots.MetricMetadata;
import io.prometheus.metrics.model.snapshots.MetricSnapshot;
import io.prometheus.metrics.model.snapshots.SnapshotEscaper;
import io.prometheus.metrics.model.snapshots.StateSetSnapshot;
import io.prometheus.metrics.model.snapshots.StateSetSnapshot.StateSetDataPointSnapshot;
import io.prometheus.metrics.model.snapshots.SummarySnapshot;
import io.prometheus.metrics.model.snapshots.UnknownSnapshot;
import java.io.IOException;
import java.io.OutputStream;
import java.util.Arrays;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Writes families in a format of text. For one thread at a time; what it has encoded once it knows
 * the next time, and makes no garbage then.
 *
 * <p>A family's names are encoded once, and so are the labels of a data point and the bound of a
 * bucket. So the line of a bucket, which most lines are, is three copies and a number.
 */
public abstract class ExpositionWriter {

  /** What is written at a time: deflated, it keeps a garbage collection waiting for no longer. */
  private static final int AT_A_TIME = 1 << 15;

  /** Of the text that is still to be written. */
  final Bytes out = new Bytes();

  final SampleName name = new SampleName();
  final SampleName bucket = new SampleName();
  final SampleName count = new SampleName();
  final SampleName sum = new SampleName();
  final SampleName created = new SampleName();

  /** Those of a data point, as they stand between the braces. */
  private final Bytes labels = new Bytes();

  private final Bytes upToBound = new Bytes();
  private final LabelNames labelNames = new LabelNames();
  private final Bounds bounds = new Bounds();

  EscapingScheme scheme = EscapingScheme.DEFAULT;
  private OutputStream to = OutputStream.nullOutputStream();

  ExpositionWriter() {}

  /** The text format, 0.0.4 and 1.0.0. */
  public static ExpositionWriter text(boolean createdTimestamps, boolean timestampsInMillis) {
    return new TextWriter(createdTimestamps, timestampsInMillis);
  }

  /** OpenMetrics 1.0. */
  public static ExpositionWriter openMetrics(boolean createdTimestamps, boolean allExemplars) {
    return new OpenMetricsWriter(createdTimestamps, allExemplars);
  }

  /**
   * Writes all of an exposition.
   *
   * @param families of which no two have the same name
   * @throws RuntimeException if one of them can't be written: a part of it may be, then
   */
  public final void write(Iterable<MetricSnapshot> families, EscapingScheme scheme, OutputStream to)
      throws IOException {
    this.scheme = scheme;
    this.to = to;
    try {
      for (MetricSnapshot family : families) {
        writeFamily(family);
      }
      finish(families);
      drain();
    } finally {
      out.clear();
      this.to = OutputStream.nullOutputStream();
    }
  }

  private void writeFamily(MetricSnapshot unescaped) throws IOException {
    MetricSnapshot family = SnapshotEscaper.escapeMetricSnapshot(unescaped, scheme);
    if (family.getDataPoints().isEmpty()) {
      return;
    }
    if (family instanceof CounterSnapshot) {
      writeCounter((CounterSnapshot) family);
    } else if (family instanceof GaugeSnapshot) {
      writeGauge((GaugeSnapshot) family, unescaped.getMetadata().getOriginalName());
    } else if (family instanceof HistogramSnapshot) {
      writeHistogram((HistogramSnapshot) family);
    } else if (family instanceof SummarySnapshot) {
      writeSummary((SummarySnapshot) family);
    } else if (family instanceof InfoSnapshot) {
      writeInfo((InfoSnapshot) family);
    } else if (family instanceof StateSetSnapshot) {
      writeStateSet((StateSetSnapshot) family);
    } else { // or one that only a later client_java knows
      writeUnknown((UnknownSnapshot) family);
    }
  }

  abstract void writeCounter(CounterSnapshot family) throws IOException;

  abstract void writeGauge(GaugeSnapshot family, String originalName) throws IOException;

  abstract void writeHistogram(HistogramSnapshot family) throws IOException;

  abstract void writeSummary(SummarySnapshot family) throws IOException;

  abstract void writeInfo(InfoSnapshot family) throws IOException;

  abstract void writeStateSet(StateSetSnapshot family) throws IOException;

  abstract void writeUnknown(UnknownSnapshot family) throws IOException;

  abstract void finish(Iterable<MetricSnapshot> families) throws IOException;

  final String metadataName(MetricMetadata metadata) {
    return SnapshotEscaper.getMetadataName(metadata, scheme);
  }

  /** The name of samples that all end like this, of a family whose own name may end so, too. */
  final String suffixed(MetricMetadata metadata, String suffix) {
    String exposed = SnapshotEscaper.getExpositionBaseMetadataName(metadata, scheme);
    return exposed.endsWith(suffix) ? exposed : metadataName(metadata) + suffix;
  }

  static String without(String suffix, String name) {
    return name.endsWith(suffix) ? name.substring(0, name.length() - suffix.length()) : name;
  }

  /** The line of a family's type. */
  final void type(String family, String type) {
    out.text("# TYPE ");
    SampleName.name(family, out);
    out.append(' ');
    out.text(type);
    out.append('\n');
  }

  final void endLine() throws IOException {
    out.append('\n');
    if (out.size() >= AT_A_TIME) {
      drain();
    }
  }

  private void drain() throws IOException {
    out.writeTo(to);
    out.clear();
  }

  /** Encodes the labels for all samples of a data point. */
  final void encode(Labels labels) {
    this.labels.clear();
    for (int i = 0; i < labels.size(); i++) {
      if (i > 0) {
        this.labels.append(',');
      }
      this.labels.append(
          labelNames.encoded(i, SnapshotEscaper.getSnapshotLabelName(labels, i, scheme)));
      this.labels.escaped(labels.getValue(i));
      this.labels.append('"');
    }
  }

  /** A sample with the labels that are encoded, up to its value. */
  final void sample(SampleName name) {
    if (labels.size() == 0) {
      name.alone(out);
    } else {
      name.open(out);
      out.append(labels);
      out.append('}');
    }
    out.append(' ');
  }

  /** A sample with these labels and one more. */
  final void sample(SampleName name, String label, double value) {
    upTo(name, label, out);
    out.number(value);
    out.append('"');
    out.append('}');
    out.append(' ');
  }

  private void upTo(SampleName name, String label, Bytes to) {
    name.open(to);
    if (labels.size() > 0) {
      to.append(labels);
      to.append(',');
    }
    to.text(label);
    to.append('=');
    to.append('"');
  }

  /** The lines that say what the samples of a family are. */
  abstract void header(String family, String type, MetricMetadata metadata);

  /** The line of a family's help, if it has any, escaped as the format has it. */
  final void help(String family, MetricMetadata metadata, Consumer<String> escaped) {
    String help = metadata.getHelp();
    if (help != null && !help.isEmpty()) {
      out.text("# HELP ");
      SampleName.name(family, out);
      out.append(' ');
      escaped.accept(help);
      out.append('\n');
    }
  }

  /** Ends the line of a sample, after its value. */
  final void end(DataPointSnapshot data) throws IOException {
    end(data, null);
  }

  /** Likewise, with this exemplar if the format has any. */
  abstract void end(DataPointSnapshot data, @Nullable Exemplar exemplar) throws IOException;

  /** Ends the line of a bucket, after its value. */
  abstract void endBucket(HistogramDataPointSnapshot data, double lowerBound, double upperBound)
      throws IOException;

  final void buckets(HistogramDataPointSnapshot data) throws IOException {
    ClassicHistogramBuckets buckets = data.getClassicBuckets();
    if (buckets.isEmpty()) { // it has native ones only, which no text has
      buckets =
          ClassicHistogramBuckets.of(
              new double[] {Double.POSITIVE_INFINITY}, new long[] {data.getCount()});
    }
    upToBound.clear();
    upTo(bucket, "le", upToBound);
    long cumulative = 0;
    double lower = Double.NEGATIVE_INFINITY;
    for (int i = 0; i < buckets.size(); i++) {
      double upper = buckets.getUpperBound(i);
      cumulative += buckets.getCount(i);
      out.append(upToBound);
      out.append(bounds.encoded(i, upper));
      out.number(cumulative);
      endBucket(data, lower, upper);
      lower = upper;
    }
  }

  /**
   * What a data point has of the two.
   *
   * @param exemplar that of the count
   */
  final void writeCountAndSum(DistributionDataPointSnapshot data, @Nullable Exemplar exemplar)
      throws IOException {
    if (data.hasCount()) {
      sample(count);
      out.number(data.getCount());
      end(data, exemplar);
    }
    if (data.hasSum()) {
      sample(sum);
      out.number(data.getSum());
      end(data);
    }
  }

  /** The samples of an info, all of which are 1. */
  final void writeOnes(String info, InfoSnapshot family) throws IOException {
    name.set(info);
    for (InfoDataPointSnapshot data : family.getDataPoints()) {
      encode(data.getLabels());
      sample(name);
      out.append('1');
      end(data);
    }
  }

  /** The samples of a set of states. */
  final void writeStates(String set, StateSetSnapshot family) throws IOException {
    for (StateSetDataPointSnapshot data : family.getDataPoints()) {
      for (int i = 0; i < data.size(); i++) {
        state(set, data, i);
        end(data);
      }
    }
  }

  /** A state of a set. Names are as they are, whatever characters they have. */
  private void state(String family, StateSetDataPointSnapshot data, int i) {
    out.text(family);
    out.append('{');
    Labels of = data.getLabels();
    for (int j = 0; j < of.size(); j++) {
      out.text(SnapshotEscaper.getSnapshotLabelName(of, j, scheme));
      out.append('=');
      quoted(of.getValue(j));
      out.append(',');
    }
    out.text(family);
    out.append('=');
    quoted(data.getName(i));
    out.append('}');
    out.append(' ');
    out.append(data.isTrue(i) ? '1' : '0');
  }

  final void quoted(String text) {
    out.append('"');
    out.escaped(text);
    out.append('"');
  }

  /** Seconds, with three places. */
  final void seconds(long millis) {
    out.number(millis / 1000);
    out.append('.');
    long rest = millis % 1000;
    if (rest < 100) {
      out.append('0');
    }
    if (rest < 10) {
      out.append('0');
    }
    out.number(rest);
  }

  /** The names of labels as they stand before their values. Of a family they are mostly equal. */
  private static final class LabelNames {

    private final Bytes bytes = new Bytes();
    private String[] names = {};
    private byte[][] encoded = {};

    byte[] encoded(int i, String name) {
      if (i == names.length) {
        names = Arrays.copyOf(names, i + 1);
        encoded = Arrays.copyOf(encoded, i + 1);
        names[i] = "";
      }
      if (!names[i].equals(name)) {
        bytes.clear();
        SampleName.labelName(name, bytes);
        bytes.append('=');
        bytes.append('"');
        encoded[i] = bytes.toArray();
        names[i] = name;
      }
      return encoded[i];
    }
  }

  /** Buckets' bounds as they stand before their counts. Of a family they are mostly equal. */
  private static final class Bounds {

    private final Bytes bytes = new Bytes();
    private double[] bounds = {};
    private byte[][] encoded = {};

    byte[] encoded(int i, double bound) {
      if (i == bounds.length) {
        bounds = Arrays.copyOf(bounds, i + 1);
        encoded = Arrays.copyOf(encoded, i + 1);
        bounds[i] = Double.NaN; // no bound
      }
      if (Double.doubleToRawLongBits(bounds[i]) != Double.doubleToRawLongBits(bound)) {
        bytes.clear();
        bytes.number(bound);
        bytes.text("\"} ");
        encoded[i] = bytes.toArray();
        bounds[i] = bound;
      }
      return encoded[i];
    }
  }
}
