package io.github.metricsfilter.benchmarks;

import io.github.metricsfilter.benchmarks.Measurements.Case;
import io.github.metricsfilter.benchmarks.PauseBenchmark.Scraping;
import io.github.metricsfilter.benchmarks.PauseBenchmark.Step;
import io.github.metricsfilter.benchmarks.ScrapeBenchmark.Since;
import io.github.metricsfilter.benchmarks.Scraped.By;
import io.github.metricsfilter.benchmarks.ServerBenchmark.Target;
import jakarta.servlet.ServletException;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.openjdk.jmh.runner.RunnerException;

/**
 * Measures everything and prints a table of ratios, since times are those of one machine on one
 * day. What is compared is measured in the same rounds, one case after the other.
 */
final class Main {

  private static final int[] THREADS = {1, 2, 4, 8};
  private static final int[] ROUTES = {1, 16, 256, 4096};
  private static final int[] SERIES = {100, 1000, 10_000, 100_000};
  private static final List<String> STEPS = List.of("snapshot", "plain", "gzip");

  private static final List<Candidate> GROWING =
      List.of(Candidate.FLOOR, Candidate.OURS, Candidate.SIMPLECLIENT, Candidate.HAND_WRITTEN);

  /** So close to each other that more rounds are needed to tell by how much. */
  private static final List<Candidate> CLOSE =
      List.of(Candidate.CLOCK, Candidate.FLOOR, Candidate.OURS, Candidate.OURS_ASYNC);

  private static final List<Candidate> IN_CONTAINERS =
      List.of(
          Candidate.NOTHING,
          Candidate.FLOOR,
          Candidate.OURS,
          Candidate.OURS_FIRST_BYTE,
          Candidate.HAND_WRITTEN_KEPT);

  private static final Case FLOOR = Case.request(Candidate.FLOOR, 1, 1);

  private final Effort effort;
  private final Measurements measurements;
  private final List<String> rows = new ArrayList<>();

  private Main(Effort effort) {
    this.effort = effort;
    this.measurements = new Measurements(effort);
  }

  /**
   * Measures, and prints the table.
   *
   * @param args how thoroughly ({@code quick} or {@code full}); what ({@code all}, or some of
   *     {@code requests,containers,scrapes,pauses,jetty,servers,growth}); the folder for the plots
   */
  public static void main(String[] args) throws Exception {
    Main main = new Main(Effort.valueOf(args[0].toUpperCase(Locale.ROOT)));
    List<String> parts =
        args[1].equals("all")
            ? List.of("requests", "containers", "scrapes", "pauses", "jetty", "servers", "growth")
            : Arrays.asList(args[1].split(","));
    if (parts.contains("requests")) {
      main.requests();
    }
    if (parts.contains("containers")) {
      main.containers();
    }
    if (parts.contains("scrapes")) {
      main.scrapes();
    }
    if (parts.contains("pauses")) {
      main.pauses();
    }
    if (parts.contains("jetty")) {
      main.jetty();
    }
    if (parts.contains("servers")) {
      main.servers();
    }
    if (parts.contains("growth")) {
      main.growth(Path.of(args[2]));
    }
    System.out.println("| measured | against | time | lowest – highest round | CPU time | bytes |");
    System.out.println("|---|---|---|---|---|---|");
    main.rows.forEach(System.out::println);
  }

  private void row(String measured, String against, Ratio time, String bytes) {
    row(measured, against, time, "", bytes);
  }

  private void row(String measured, String against, Ratio time, String cpuTime, String bytes) {
    rows.add(
        String.join(
            " | ",
            "| " + measured,
            against,
            time.toString(),
            time.spread(),
            cpuTime,
            bytes + " |"));
  }

  private void requests() throws RunnerException {
    int[] threads = {1, 4};
    for (int round = 0; round < effort.rounds; round++) {
      for (int n : threads) {
        measurements.round(Stream.of(Candidate.values()).map(c -> Case.request(c, n, 1)));
      }
    }
    for (int round = 0; round < effort.closeRounds; round++) {
      for (int n : threads) {
        measurements.round(CLOSE.stream().map(c -> Case.request(c, n, 1)));
      }
    }
    for (int n : threads) {
      Case floor = Case.request(Candidate.FLOOR, n, 1);
      for (Candidate candidate : Candidate.values()) {
        Case each = Case.request(candidate, n, 1);
        row(
            "a request, " + threads(n) + ": " + candidate.title,
            "the floor",
            measurements.fastestTime(each, floor),
            measurements.fastestCpuTime(each, floor).toString(),
            Long.toString(measurements.bytes(each)));
      }
    }
  }

  private static String threads(int n) {
    return n == 1 ? "1 thread" : n + " threads";
  }

  private void containers() throws RunnerException {
    int[] threads = {1, 4};
    for (int round = 0; round < effort.rounds; round++) {
      for (int n : threads) {
        for (ServletContainer container : ServletContainer.values()) {
          measurements.round(
              IN_CONTAINERS.stream().map(candidate -> Case.inContainer(container, candidate, n)));
        }
      }
    }
    for (int n : threads) {
      for (ServletContainer container : ServletContainer.values()) {
        Case floor = Case.inContainer(container, Candidate.FLOOR, n);
        Case nothing = Case.inContainer(container, Candidate.NOTHING, n);
        for (Candidate candidate : IN_CONTAINERS) {
          Case each = Case.inContainer(container, candidate, n);
          row(
              "a request of "
                  + container.title
                  + ", "
                  + threads(n)
                  + ": "
                  + candidate.title.replace(", the portable way", ""),
              "the floor there",
              measurements.fastestAddedTime(each, floor, nothing),
              measurements.fastestAddedCpuTime(each, floor, nothing).toString(),
              Long.toString(measurements.bytes(each) - measurements.bytes(nothing)));
        }
      }
    }
  }

  private void scrapes() throws RunnerException, IOException, ServletException {
    for (int round = 0; round < effort.longRounds; round++) {
      for (int series : SERIES) {
        for (String step : STEPS) {
          measurements.round(
              sinces(step).stream()
                  .flatMap(
                      since ->
                          Stream.of(By.values()).map(by -> Case.scrape(step, by, series, since))));
        }
        measurements.round(Stream.of(copy(series)));
      }
    }
    for (String step : STEPS) {
      for (int series : SERIES) {
        for (Since since : sinces(step)) {
          Case theirs = Case.scrape(step, By.CLIENT_JAVA, series, since);
          Case ours = Case.scrape(step, By.OURS, series, since);
          row(
              (step.equals("snapshot") ? "snapshot" : "scrape, " + step)
                  + ", "
                  + series
                  + " series, "
                  + since.title,
              "client_java",
              measurements.time(ours, theirs),
              "× " + measurements.bytes(ours, theirs));
        }
      }
    }
    for (int series : SERIES) {
      row(
          "scrape, plain, " + series + " series, idle",
          "a copy of the text",
          measurements.time(Case.scrape("plain", By.OURS, series, Since.IDLE), copy(series)),
          "");
    }
    growthOfScrapes();
  }

  private static Case copy(int series) {
    return Case.scrape("copy", By.OURS, series, Since.IDLE);
  }

  /** Half is measured of the snapshot only: the text is written anew in any case. */
  private static Set<Since> sinces(String step) {
    return step.equals("snapshot")
        ? EnumSet.allOf(Since.class)
        : EnumSet.complementOf(EnumSet.of(Since.HALF));
  }

  /** What one series costs where there are many, by what it costs where there are few. */
  private void growthOfScrapes() throws IOException, ServletException {
    int few = 1000;
    int many = 100_000;
    for (By by : By.values()) {
      for (String step : STEPS) {
        Case ofFew = Case.scrape(step, by, few, Since.ALL);
        Case ofMany = Case.scrape(step, by, many, Since.ALL);
        row(
            step + ", one of " + many + " series: " + by.title,
            "one of " + few,
            measurements.time(ofMany, ofFew).dividedBy((double) many / few),
            "× " + measurements.bytes(ofMany, ofFew).dividedBy((double) many / few));
      }
    }
    for (int series : new int[] {few, many}) {
      long ours = Scraped.heldBytes(By.OURS, series) / series;
      long theirs = Scraped.heldBytes(By.CLIENT_JAVA, series) / series;
      rows.add(
          "| memory of one of "
              + series
              + " series | client_java: "
              + theirs
              + " | | | | "
              + ours
              + " |");
    }
  }

  private void pauses() throws RunnerException {
    for (int round = 0; round < effort.rounds; round++) {
      for (Step step : Step.values()) {
        measurements.round(
            Stream.of(By.values())
                .flatMap(by -> Stream.of(Scraping.values()).map(s -> Case.pause(by, step, s))));
      }
    }
    for (Step step : Step.values()) {
      String percentile = "99.9th percentile during " + step.title + ", ";
      for (By by : By.values()) {
        Case other = Case.pause(by, step, Scraping.OTHER);
        row(
            percentile + "another registry: " + by.title,
            "the same, no scrapes",
            measurements.percentile(other, Case.pause(by, step, Scraping.NONE)),
            "");
        row(
            percentile + "this registry: " + by.title,
            "the same, another registry",
            measurements.percentile(Case.pause(by, step, Scraping.THIS), other),
            "");
      }
      row(
          percentile + "this registry: client_java by hand",
          "metrics-filter, this registry",
          measurements.percentile(
              Case.pause(By.CLIENT_JAVA, step, Scraping.THIS),
              Case.pause(By.OURS, step, Scraping.THIS)),
          "");
    }
  }

  /** A Jetty that is scraped or not, and what was measured of it, load by load. */
  private record Loaded(
      ScrapedJetty jetty,
      boolean scraped,
      String title,
      List<Double> nanos,
      List<Double> pauseMillis) {

    Loaded(ScrapedJetty jetty, By by, boolean scraped) {
      this(
          jetty,
          scraped,
          by.title + (scraped ? ", scraped every second" : ", not scraped"),
          new ArrayList<>(),
          new ArrayList<>());
    }
  }

  /** Both servers live at the same time and are under load in turn. */
  private void jetty() throws Exception {
    try (ScrapedJetty ours = new ScrapedJetty(By.OURS);
        ScrapedJetty theirs = new ScrapedJetty(By.CLIENT_JAVA)) {
      Loaded base = new Loaded(ours, By.OURS, false);
      List<Loaded> all =
          List.of(
              base,
              new Loaded(ours, By.OURS, true),
              new Loaded(theirs, By.CLIENT_JAVA, false),
              new Loaded(theirs, By.CLIENT_JAVA, true));
      for (int round = 0; round < effort.serverWarmups + effort.serverRounds; round++) {
        System.err.println("scraped Jetty, round " + round);
        for (Loaded each : all) {
          each.jetty.load(effort.load.multipliedBy(4), each.scraped);
          if (round >= effort.serverWarmups) {
            each.nanos.add(each.jetty.nanos());
            each.pauseMillis.add(each.jetty.pauseMillis());
          }
        }
      }
      for (Loaded each : all) {
        row(
            "99.9th percentile of a request to Jetty, 10000 series: "
                + each.title
                + " (collections: "
                + each.pauseMillis
                + " ms)",
            base.title,
            Ratio.of(each.nanos, base.nanos),
            "");
      }
    }
  }

  private void servers() throws Exception {
    for (String container : List.of("Tomcat", "Jetty", "Undertow")) {
      for (Target target : Target.values()) {
        if (target == Target.FILE && !container.equals("Tomcat")) {
          continue; // only Tomcat sends files in a way that a wrapper prevents
        }
        ServerBenchmark server = new ServerBenchmark(effort, container, target).run();
        String measured = "CPU of " + container + ", " + target.title;
        row(
            measured + ", with the filter",
            "without",
            server.withFilter(),
            "+ " + server.addedBytes());
        row(
            measured + ", without the filter",
            "another without",
            server.withoutFilter(),
            "+ " + server.bytesOfNothing());
      }
    }
  }

  private void growth(Path docs) throws RunnerException, IOException {
    Measurements growing = new Measurements(effort);
    growing.round(
        Stream.concat(
            GROWING.stream()
                .flatMap(c -> IntStream.of(ROUTES).mapToObj(n -> Case.request(c, 1, n))),
            GROWING.stream()
                .flatMap(
                    c ->
                        IntStream.of(THREADS)
                            .filter(n -> n > 1)
                            .mapToObj(n -> Case.request(c, n, 1)))));
    Plot routes =
        new Plot("One request, by number of routes: times the floor at one", "routes, one thread");
    Plot threads =
        new Plot("One request, by number of threads: times the floor at one", "threads, one route");
    for (Candidate candidate : GROWING) {
      String name = candidate.name().toLowerCase(Locale.ROOT).replace('_', ' ');
      for (int n : ROUTES) {
        routes.add(name, n, growing.time(Case.request(candidate, 1, n), FLOOR).value());
      }
      for (int n : THREADS) {
        threads.add(name, n, growing.time(Case.request(candidate, n, 1), FLOOR).value());
      }
    }
    routes.write(docs.resolve("benchmarks-routes.svg"));
    threads.write(docs.resolve("benchmarks-threads.svg"));

    Case smallest = Case.scrape("snapshot", By.OURS, SERIES[0], Since.IDLE);
    if (measurements.has(smallest)) {
      Plot series =
          new Plot(
              "Snapshot and scrape, by number of series: times our idle snapshot of " + SERIES[0],
              "series");
      for (int n : SERIES) {
        for (String step : List.of("snapshot", "plain")) {
          plot(series, "client_java, " + step, n, step, By.CLIENT_JAVA, Since.IDLE);
          plot(series, "ours, " + step + ", idle", n, step, By.OURS, Since.IDLE);
          if (step.equals("snapshot")) {
            plot(series, "ours, snapshot, all changed", n, step, By.OURS, Since.ALL);
          }
        }
      }
      series.write(docs.resolve("benchmarks-series.svg"));
    }
  }

  private void plot(Plot plot, String line, int n, String step, By by, Since since) {
    Case smallest = Case.scrape("snapshot", By.OURS, SERIES[0], Since.IDLE);
    plot.add(line, n, measurements.time(Case.scrape(step, by, n, since), smallest).value());
  }
}
