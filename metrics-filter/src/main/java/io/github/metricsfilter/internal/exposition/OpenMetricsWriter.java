package io.github.metricsfilter.internal.exposition;

import io.prometheus.metrics.model.snapshots.CounterSnapshot;
import io.prometheus.metrics.model.snapshots.CounterSnapshot.CounterDataPointSnapshot;
import io.prometheus.metrics.model.snapshots.DataPointSnapshot;
import io.prometheus.metrics.model.snapshots.DistributionDataPointSnapshot;
import io.prometheus.metrics.model.snapshots.Exemplar;
import io.prometheus.metrics.model.snapshots.Exemplars;
import io.prometheus.metrics.model.snapshots.GaugeSnapshot;
import io.prometheus.metrics.model.snapshots.GaugeSnapshot.GaugeDataPointSnapshot;
import io.prometheus.metrics.model.snapshots.HistogramSnapshot;
import io.prometheus.metrics.model.snapshots.HistogramSnapshot.HistogramDataPointSnapshot;
import io.prometheus.metrics.model.snapshots.InfoSnapshot;
import io.prometheus.metrics.model.snapshots.Labels;
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
import org.jspecify.annotations.Nullable;

/** OpenMetrics 1.0: with units, exemplars, and creation times beside what was created. */
final class OpenMetricsWriter extends ExpositionWriter {

  private final boolean createdTimestamps;

  /** Whether exemplars also stand where the specification has none. */
  private final boolean allExemplars;

  OpenMetricsWriter(boolean createdTimestamps, boolean allExemplars) {
    this.createdTimestamps = createdTimestamps;
    this.allExemplars = allExemplars;
  }

  @Override
  void writeCounter(CounterSnapshot family) throws IOException {
    String counter = suffixed(family.getMetadata(), "_total");
    String base = without("_total", counter);
    header(base, "counter", family.getMetadata());
    name.set(counter);
    created.set(base + "_created", counter);
    for (CounterDataPointSnapshot data : family.getDataPoints()) {
      encode(data.getLabels());
      sample(name);
      out.number(data.getValue());
      end(data, data.getExemplar());
      writeCreated(data);
    }
  }

  @Override
  void writeGauge(GaugeSnapshot family, String originalName) throws IOException {
    String gauge = metadataName(family.getMetadata());
    header(gauge, "gauge", family.getMetadata());
    name.set(gauge);
    for (GaugeDataPointSnapshot data : family.getDataPoints()) {
      encode(data.getLabels());
      sample(name);
      out.number(data.getValue());
      end(data, allExemplars ? data.getExemplar() : null);
    }
  }

  @Override
  void writeHistogram(HistogramSnapshot family) throws IOException {
    boolean gauge = family.isGaugeHistogram();
    String histogram = metadataName(family.getMetadata());
    header(histogram, gauge ? "gaugehistogram" : "histogram", family.getMetadata());
    bucket.set(histogram + "_bucket");
    count.set(histogram + (gauge ? "_gcount" : "_count"));
    sum.set(histogram + (gauge ? "_gsum" : "_sum"));
    created.set(histogram + "_created");
    for (HistogramDataPointSnapshot data : family.getDataPoints()) {
      encode(data.getLabels());
      buckets(data);
      if (data.hasCount() && data.hasSum()) { // a histogram has both or none
        writeCountAndSum(data);
      }
      writeCreated(data);
    }
  }

  @Override
  void endBucket(HistogramDataPointSnapshot data, double lowerBound, double upperBound)
      throws IOException {
    Exemplars exemplars = data.getExemplars();
    end(data, exemplars.size() == 0 ? null : exemplars.get(lowerBound, upperBound));
  }

  @Override
  void writeSummary(SummarySnapshot family) throws IOException {
    String summary = metadataName(family.getMetadata());
    name.set(summary);
    count.set(summary + "_count");
    sum.set(summary + "_sum");
    created.set(summary + "_created");
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
      writeQuantiles(data);
      writeCountAndSum(data);
      writeCreated(data);
    }
  }

  /** With the third exemplar, the fourth and so on, since client_java has the first for others. */
  private void writeQuantiles(SummaryDataPointSnapshot data) throws IOException {
    Exemplars exemplars = data.getExemplars();
    int shown = 1;
    for (Quantile quantile : data.getQuantiles()) {
      sample(name, "quantile", quantile.getQuantile());
      out.number(quantile.getValue());
      if (allExemplars && exemplars.size() > 0) {
        shown = (shown + 1) % exemplars.size();
        end(data, exemplars.get(shown));
      } else {
        end(data);
      }
    }
  }

  private void writeCountAndSum(DistributionDataPointSnapshot data) throws IOException {
    writeCountAndSum(data, allExemplars ? data.getExemplars().getLatest() : null);
  }

  @Override
  void writeInfo(InfoSnapshot family) throws IOException {
    String info = suffixed(family.getMetadata(), "_info");
    header(without("_info", info), "info", family.getMetadata());
    writeOnes(info, family);
  }

  @Override
  void writeStateSet(StateSetSnapshot family) throws IOException {
    String set = metadataName(family.getMetadata());
    header(set, "stateset", family.getMetadata());
    writeStates(set, family);
  }

  @Override
  void writeUnknown(UnknownSnapshot family) throws IOException {
    String unknown = metadataName(family.getMetadata());
    header(unknown, "unknown", family.getMetadata());
    name.set(unknown);
    for (UnknownDataPointSnapshot data : family.getDataPoints()) {
      encode(data.getLabels());
      sample(name);
      out.number(data.getValue());
      end(data, allExemplars ? data.getExemplar() : null);
    }
  }

  @Override
  void finish(Iterable<MetricSnapshot> families) {
    out.text("# EOF\n");
  }

  private void writeCreated(DataPointSnapshot data) throws IOException {
    if (createdTimestamps && data.hasCreatedTimestamp()) {
      sample(created);
      seconds(data.getCreatedTimestampMillis());
      end(data);
    }
  }

  @Override
  void header(String family, String type, MetricMetadata metadata) {
    type(family, type);
    if (metadata.getUnit() != null) {
      out.text("# UNIT ");
      SampleName.name(family, out);
      out.append(' ');
      out.escaped(metadata.getUnit().toString());
      out.append('\n');
    }
    help(family, metadata, out::escaped);
  }

  @Override
  void end(DataPointSnapshot data, @Nullable Exemplar exemplar) throws IOException {
    if (data.hasScrapeTimestamp()) {
      out.append(' ');
      seconds(data.getScrapeTimestampMillis());
    }
    if (exemplar != null) {
      write(exemplar);
    }
    endLine();
  }

  private void write(Exemplar exemplar) {
    out.text(" # {");
    Labels of = exemplar.getLabels();
    for (int i = 0; i < of.size(); i++) {
      if (i > 0) {
        out.append(',');
      }
      SampleName.labelName(SnapshotEscaper.getSnapshotLabelName(of, i, scheme), out);
      out.append('=');
      quoted(of.getValue(i));
    }
    out.text("} ");
    out.number(exemplar.getValue());
    if (exemplar.hasTimestamp()) {
      out.append(' ');
      seconds(exemplar.getTimestampMillis());
    }
  }
}
