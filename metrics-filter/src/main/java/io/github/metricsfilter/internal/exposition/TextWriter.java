package io.github.metricsfilter.internal.exposition;

import io.prometheus.metrics.model.snapshots.CounterSnapshot;
import io.prometheus.metrics.model.snapshots.CounterSnapshot.CounterDataPointSnapshot;
import io.prometheus.metrics.model.snapshots.DataPointSnapshot;
import io.prometheus.metrics.model.snapshots.Exemplar;
import io.prometheus.metrics.model.snapshots.GaugeSnapshot;
import io.prometheus.metrics.model.snapshots.GaugeSnapshot.GaugeDataPointSnapshot;
import io.prometheus.metrics.model.snapshots.HistogramSnapshot;
import io.prometheus.metrics.model.snapshots.HistogramSnapshot.HistogramDataPointSnapshot;
import io.prometheus.metrics.model.snapshots.InfoSnapshot;
import io.prometheus.metrics.model.snapshots.MetricMetadata;
import io.prometheus.metrics.model.snapshots.MetricSnapshot;
import io.prometheus.metrics.model.snapshots.Quantile;
import io.prometheus.metrics.model.snapshots.SnapshotEscaper;
import io.prometheus.metrics.model.snapshots.StateSetSnapshot;
import io.prometheus.metrics.model.snapshots.SummarySnapshot;
import io.prometheus.metrics.model.snapshots.SummarySnapshot.SummaryDataPointSnapshot;
import io.prometheus.metrics.model.snapshots.UnknownSnapshot;
import io.prometheus.metrics.model.snapshots.UnknownSnapshot.UnknownDataPointSnapshot;
import java.io.IOException;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** Prometheus's text format. It knows no exemplars, and creation times only as gauges. */
final class TextWriter extends ExpositionWriter {

  private final boolean createdTimestamps;
  private final boolean timestampsInMillis;

  TextWriter(boolean createdTimestamps, boolean timestampsInMillis) {
    this.createdTimestamps = createdTimestamps;
    this.timestampsInMillis = timestampsInMillis;
  }

  @Override
  void writeCounter(CounterSnapshot family) throws IOException {
    String counter = suffixed(family.getMetadata(), "_total");
    header(counter, "counter", family.getMetadata());
    name.set(counter);
    for (CounterDataPointSnapshot data : family.getDataPoints()) {
      encode(data.getLabels());
      sample(name);
      out.number(data.getValue());
      end(data);
    }
  }

  @Override
  void writeGauge(GaugeSnapshot family, String originalName) throws IOException {
    String gauge = SnapshotEscaper.getLegacyGaugeName(family.getMetadata(), originalName, scheme);
    header(gauge, "gauge", family.getMetadata());
    name.set(gauge);
    for (GaugeDataPointSnapshot data : family.getDataPoints()) {
      encode(data.getLabels());
      sample(name);
      out.number(data.getValue());
      end(data);
    }
  }

  @Override
  void writeHistogram(HistogramSnapshot family) throws IOException {
    MetricMetadata metadata = family.getMetadata();
    String histogram = metadataName(metadata);
    header(histogram, "histogram", metadata);
    bucket.set(histogram + "_bucket");
    count.set(histogram + "_count");
    sum.set(histogram + "_sum");
    for (HistogramDataPointSnapshot data : family.getDataPoints()) {
      encode(data.getLabels());
      buckets(data);
      if (!family.isGaugeHistogram()) {
        writeCountAndSum(data, null);
      }
    }
    if (family.isGaugeHistogram()) { // which the format doesn't know
      name.set(histogram + "_gcount");
      writeGauges(
          histogram + "_gcount",
          name,
          family.getDataPoints(),
          metadata,
          HistogramDataPointSnapshot::hasCount,
          data -> out.number(data.getCount()));
      name.set(histogram + "_gsum");
      writeGauges(
          histogram + "_gsum",
          name,
          family.getDataPoints(),
          metadata,
          HistogramDataPointSnapshot::hasSum,
          data -> out.number(data.getSum()));
    }
  }

  @Override
  void writeSummary(SummarySnapshot family) throws IOException {
    String summary = metadataName(family.getMetadata());
    name.set(summary);
    count.set(summary + "_count");
    sum.set(summary + "_sum");
    boolean first = true;
    for (SummaryDataPointSnapshot data : family.getDataPoints()) {
      if (data.getQuantiles().size() == 0 && !data.hasCount() && !data.hasSum()) {
        continue;
      }
      if (first) {
        header(summary, "summary", family.getMetadata());
        first = false;
      }
      encode(data.getLabels());
      for (Quantile quantile : data.getQuantiles()) {
        sample(name, "quantile", quantile.getQuantile());
        out.number(quantile.getValue());
        end(data);
      }
      writeCountAndSum(data, null);
    }
  }

  @Override
  void writeInfo(InfoSnapshot family) throws IOException {
    String info = suffixed(family.getMetadata(), "_info");
    header(info, "gauge", family.getMetadata());
    writeOnes(info, family);
  }

  @Override
  void writeStateSet(StateSetSnapshot family) throws IOException {
    String set = metadataName(family.getMetadata());
    header(set, "gauge", family.getMetadata());
    writeStates(set, family);
  }

  @Override
  void writeUnknown(UnknownSnapshot family) throws IOException {
    String unknown = metadataName(family.getMetadata());
    header(unknown, "untyped", family.getMetadata());
    name.set(unknown);
    for (UnknownDataPointSnapshot data : family.getDataPoints()) {
      encode(data.getLabels());
      sample(name);
      out.number(data.getValue());
      end(data);
    }
  }

  @Override
  void endBucket(HistogramDataPointSnapshot data, double lowerBound, double upperBound)
      throws IOException {
    end(data);
  }

  @Override
  void finish(Iterable<MetricSnapshot> families) throws IOException {
    if (createdTimestamps) {
      for (MetricSnapshot family : families) {
        if (family instanceof CounterSnapshot
            || family instanceof HistogramSnapshot
            || family instanceof SummarySnapshot) {
          writeCreated(SnapshotEscaper.escapeMetricSnapshot(family, scheme));
        }
      }
    }
  }

  private void writeCreated(MetricSnapshot family) throws IOException {
    MetricMetadata metadata = family.getMetadata();
    String base =
        family instanceof CounterSnapshot
            ? without("_total", suffixed(metadata, "_total"))
            : metadataName(metadata);
    created.set(base + "_created", base);
    writeGauges(
        base + "_created",
        created,
        family.getDataPoints(),
        metadata,
        DataPointSnapshot::hasCreatedTimestamp,
        data -> timestamp(data.getCreatedTimestampMillis()));
  }

  /** What some data points have, as gauges beside their family; no header if none has it. */
  private <D extends DataPointSnapshot> void writeGauges(
      String gauge,
      SampleName name,
      List<D> family,
      MetricMetadata metadata,
      Predicate<D> has,
      Consumer<D> value)
      throws IOException {
    boolean first = true;
    for (D data : family) {
      if (has.test(data)) {
        if (first) {
          header(gauge, "gauge", metadata);
          first = false;
        }
        encode(data.getLabels());
        sample(name);
        value.accept(data);
        end(data);
      }
    }
  }

  @Override
  void header(String family, String type, MetricMetadata metadata) {
    help(family, metadata, out::escapedLines);
    type(family, type);
  }

  @Override
  void end(DataPointSnapshot data, @Nullable Exemplar exemplar) throws IOException {
    if (data.hasScrapeTimestamp()) {
      out.append(' ');
      timestamp(data.getScrapeTimestampMillis());
    }
    endLine();
  }

  /** In milliseconds, as the format has it, unless client_java is asked for seconds. */
  private void timestamp(long millis) {
    if (timestampsInMillis) {
      out.number(millis);
    } else {
      seconds(millis);
    }
  }
}
