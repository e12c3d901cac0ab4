package io.github.metricsfilter.internal.series;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.metricsfilter.Race;
import io.github.metricsfilter.internal.series.PathLabels.Origin;
import io.prometheus.metrics.model.snapshots.CounterSnapshot;
import io.prometheus.metrics.model.snapshots.GaugeSnapshot;
import io.prometheus.metrics.model.snapshots.HistogramSnapshot;
import io.prometheus.metrics.model.snapshots.Labels;
import io.prometheus.metrics.model.snapshots.MetricSnapshot;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;

/** Where requests and scrapes meet. */
class RequestMetricsRaceTest {

  private static final int STATUSES = 100;

  private RequestMetrics metrics = metrics();
  private int rounds;
  private final AtomicReference<Scrape> last = new AtomicReference<>();

  /** What one scrape shows of all series together, and how many they are. */
  private record Scrape(int series, double counted, double observed, double active) {

    static Scrape of(RequestMetrics metrics) {
      int series = 0;
      double counted = 0;
      double observed = 0;
      double active = 0;
      for (MetricSnapshot family : metrics.collect()) {
        if (family instanceof CounterSnapshot counter) {
          series = counter.getDataPoints().size();
          counted = counter.getDataPoints().stream().mapToDouble(one -> one.getValue()).sum();
        } else if (family instanceof HistogramSnapshot histogram) {
          observed = histogram.getDataPoints().stream().mapToDouble(one -> one.getCount()).sum();
        } else if (family instanceof GaugeSnapshot gauge) {
          active = gauge.getDataPoints().get(0).getValue();
        }
      }
      return new Scrape(series, counted, observed, active);
    }
  }

  /** Two requests make the same series while a scrape looks for it. */
  @Test
  void theFirstRequestsOfASeries() throws Exception {
    Race.run(
        () -> {
          if (rounds == STATUSES) {
            metrics = metrics();
            rounds = 0;
          }
          PathLabel path = metrics.paths().get("/new", Origin.ROUTE);
          int status = 100 + rounds;
          Runnable request =
              () -> {
                metrics.start(0, 0);
                record(path, status);
              };
          return List.of(request, request, () -> last.set(Scrape.of(metrics)));
        },
        () -> {
          rounds++;
          Scrape during = Objects.requireNonNull(last.get());
          assertThat(during.counted()).isEqualTo(during.observed());
          assertThat(during.active()).isBetween(0.0, 2.0);
          assertThat(Scrape.of(metrics))
              .isEqualTo(new Scrape(rounds, 2.0 * rounds, 2.0 * rounds, 0));
        });
  }

  @Test
  void requestsThatEndDuringAScrape() throws Exception {
    PathLabel path = metrics.paths().get("/busy", Origin.ROUTE);
    ExecutorService threads = Executors.newFixedThreadPool(2);
    int requests = 300_000;
    try {
      List<Future<?>> running = new ArrayList<>();
      for (int thread = 0; thread < 2; thread++) {
        running.add(
            threads.submit(
                () -> {
                  for (int i = 0; i < requests; i++) {
                    metrics.start(0, 0);
                    record(path, 200 + i % 50);
                  }
                }));
      }
      double counted = 0;
      while (!running.stream().allMatch(Future::isDone)) {
        Scrape scrape = Scrape.of(metrics);
        assertThat(scrape.active()).isNotNegative();
        assertThat(scrape.counted()).isEqualTo(scrape.observed()).isGreaterThanOrEqualTo(counted);
        counted = scrape.counted();
      }
      for (Future<?> one : running) {
        one.get();
      }
      assertThat(Scrape.of(metrics)).isEqualTo(new Scrape(50, 2.0 * requests, 2.0 * requests, 0));
    } finally {
      threads.shutdownNow();
    }
  }

  /** One after the other: no two of them are ever in flight together. */
  @Test
  void requestsThatComeAndGoDuringAScrape() throws Exception {
    PathLabel path = metrics.paths().get("/quick", Origin.ROUTE);
    for (int i = 0; i < STATUSES; i++) { // so that a scrape takes longer than a request
      metrics.start(0, 0);
      record(path, 100 + i);
    }
    Runnable requests =
        () -> {
          for (int i = 0; i < 4; i++) {
            metrics.start(0, 0);
            record(path, 100);
          }
        };
    Race.run(
        () -> List.of(requests, () -> last.set(Scrape.of(metrics))),
        () -> assertThat(Objects.requireNonNull(last.get()).active()).isBetween(0.0, 1.0));
  }

  private void record(PathLabel path, int status) {
    metrics.record(path, 0, status, 0, ExtraValues.NONE, 0, 1, null, 1, 0, 0);
  }

  private static RequestMetrics metrics() {
    return new RequestMetrics(PlainSettings.ofSeries(), new FaultMetrics.Faults(Labels.EMPTY));
  }
}
