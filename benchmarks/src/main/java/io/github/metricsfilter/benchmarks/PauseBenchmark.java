package io.github.metricsfilter.benchmarks;

import jakarta.servlet.ServletException;
import java.io.IOException;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;

/** A request while another thread takes snapshots in a loop: how long the slowest ones take. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.SampleTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class PauseBenchmark {

  private static final int SERIES = 100;

  /** What the other thread takes snapshots of. */
  public enum Scraping {
    /** Nothing: there is none. */
    NONE,
    /** Another registry, with as many series: the load without the contact. */
    OTHER,
    /** The registry in which the requests are recorded. */
    THIS
  }

  @Param Scraped.By by;

  @Param Scraping scraping;

  private Scraped scraped;
  private @Nullable Thread scraper;
  private volatile boolean stopped;

  @Setup
  public void start() throws IOException, ServletException {
    scraped = new Scraped(by, SERIES);
    Scraped other = new Scraped(by, SERIES);
    if (scraping != Scraping.NONE) {
      scraper = new Thread(() -> loop(scraping == Scraping.THIS ? scraped : other), "scraper");
      scraper.start();
    }
  }

  private void loop(Scraped target) {
    long dataPoints = 0;
    while (!stopped) {
      dataPoints += target.registry.scrape().size();
    }
    if (dataPoints == 0) {
      throw new IllegalStateException("no scrape was made");
    }
  }

  @TearDown
  public void stop() throws InterruptedException {
    stopped = true;
    if (scraper != null) {
      scraper.join();
    }
  }

  @Benchmark
  public void request() throws IOException, ServletException {
    scraped.changeOne();
  }
}
