package io.github.metricsfilter.benchmarks;

import io.prometheus.metrics.model.snapshots.MetricSnapshots;
import jakarta.servlet.ServletException;
import java.io.IOException;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;

/** A scrape and its first half, the snapshot, of series that have changed or are idle. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class ScrapeBenchmark {

  /** What happened since the last scrape. */
  public enum Since {
    /** Nothing. */
    IDLE("idle"),
    /** One request to every other series. */
    HALF("half changed"),
    /** One request to each series. */
    ALL("all changed");

    final String title;

    Since(String title) {
      this.title = title;
    }
  }

  @Param Scraped.By by;

  @Param({"100", "1000", "10000", "100000"})
  int series;

  @Param Since changed;

  private Scraped scraped;

  /** Made when it is first copied, so that the others have the memory for themselves. */
  private byte @Nullable [] text;

  @Setup
  public void fill() throws IOException, ServletException {
    scraped = new Scraped(by, series);
  }

  @Setup(Level.Invocation)
  public void change() throws IOException, ServletException {
    if (changed != Since.IDLE) {
      scraped.changeEvery(changed == Since.HALF ? 2 : 1);
    }
  }

  @Benchmark
  public MetricSnapshots snapshot() {
    return scraped.registry.scrape();
  }

  /** The least that could be done to have the text of a scrape in a buffer. */
  @Benchmark
  public byte[] copy() throws IOException {
    if (text == null) {
      text = scraped.text();
    }
    return text.clone();
  }

  @Benchmark
  public void plain() throws IOException, ServletException {
    scraped.scrape(false);
  }

  @Benchmark
  public void gzip() throws IOException, ServletException {
    scraped.scrape(true);
  }
}
