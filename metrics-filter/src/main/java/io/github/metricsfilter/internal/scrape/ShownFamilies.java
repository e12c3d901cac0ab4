package io.github.metricsfilter.internal.scrape;

import io.github.metricsfilter.internal.scrape.ScrapeMetrics.Cause;
import io.prometheus.metrics.model.snapshots.CounterSnapshot;
import io.prometheus.metrics.model.snapshots.HistogramSnapshot;
import io.prometheus.metrics.model.snapshots.InfoSnapshot;
import io.prometheus.metrics.model.snapshots.MetricMetadata;
import io.prometheus.metrics.model.snapshots.MetricSnapshot;
import io.prometheus.metrics.model.snapshots.MetricSnapshots;
import io.prometheus.metrics.model.snapshots.SummarySnapshot;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Which of the families that were collected can be shown beside each other. */
final class ShownFamilies {

  private final ScrapeMetrics metrics;
  private boolean failed;

  ShownFamilies(ScrapeMetrics metrics) {
    this.metrics = metrics;
  }

  /** Whether something was left out. */
  boolean hasFailed() {
    return failed;
  }

  /** The families but for those that contradict one before. */
  MetricSnapshots consistent(List<MetricSnapshot> families) {
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
          failed = true;
          metrics.failed(Cause.MALFORMED, name, malformed);
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
    MetricSnapshots merged = ClientJavaApi.atHand().merged(families);
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

  static List<String> sampleNames(MetricSnapshot family) {
    MetricMetadata metadata = family.getMetadata();
    String name = metadata.getPrometheusName();
    if (family instanceof CounterSnapshot) {
      return List.of(suffixed(metadata, "_total"));
    } else if (family instanceof HistogramSnapshot) {
      String gauge = ((HistogramSnapshot) family).isGaugeHistogram() ? "g" : "";
      return List.of(
          name, name + "_bucket", name + "_" + gauge + "count", name + "_" + gauge + "sum");
    } else if (family instanceof SummarySnapshot) {
      return List.of(name, name + "_count", name + "_sum");
    } else if (family instanceof InfoSnapshot) {
      return List.of(suffixed(metadata, "_info"));
    }
    return List.of(ClientJavaApi.atHand().exposedName(metadata));
  }

  private static String suffixed(MetricMetadata metadata, String suffix) {
    String exposed = ClientJavaApi.atHand().exposedName(metadata);
    return exposed.endsWith(suffix) ? exposed : metadata.getPrometheusName() + suffix;
  }
}
