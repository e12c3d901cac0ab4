package io.github.metricsfilter.benchmarks;

import jakarta.servlet.ServletException;
import java.io.IOException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
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

/** A request while another thread scrapes in a loop: how long the slowest ones take. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class PauseBenchmark {

  /** What the other thread does in its loop. */
  public enum Step {
    /** Snapshots of a small registry, without a pause in between. */
    SNAPSHOT("snapshots of 100 series", 100) {
      @Override
      void run(Scraped scraped) {
        scraped.registry.scrape();
      }
    },
    /** What Prometheus does, as often as it is possible. */
    SCRAPE("scrapes of 1000 series", 1000) {
      @Override
      void run(Scraped scraped) throws IOException, ServletException {
        scraped.scrape(true);
      }
    };

    final String title;
    final int series;

    Step(String title, int series) {
      this.title = title;
      this.series = series;
    }

    abstract void run(Scraped scraped) throws IOException, ServletException;
  }

  /** Which registry the other thread does that to. */
  public enum Scraping {
    /** Nothing: there is none. */
    NONE,
    /** Another registry, with as many series: the load without the contact. */
    OTHER,
    /** The registry in which the requests are recorded. */
    THIS
  }

  @Param Scraped.By by;

  @Param Step step;

  @Param Scraping scraping;

  private Scraped scraped;
  private @Nullable FutureTask<?> scraper;
  private volatile boolean stopped;

  @Setup
  public void start() throws IOException, ServletException {
    scraped = new Scraped(by, step.series);
    Scraped other = new Scraped(by, step.series);
    if (scraping != Scraping.NONE) {
      scraper = new FutureTask<>(() -> loop(scraping == Scraping.THIS ? scraped : other));
      new Thread(scraper, "scraper").start();
    }
  }

  private @Nullable Void loop(Scraped target) throws IOException, ServletException {
    while (!stopped) {
      step.run(target);
    }
    return null;
  }

  /** Fails if the other thread has failed. */
  @TearDown
  public void stop() throws InterruptedException, ExecutionException {
    stopped = true;
    if (scraper != null) {
      scraper.get();
    }
  }

  @Benchmark
  public void request() throws IOException, ServletException {
    long start = System.nanoTime();
    scraped.changeOne();
    Percentile.NANOS.recordValue(System.nanoTime() - start);
  }
}
