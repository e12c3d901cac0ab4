package io.github.metricsfilter.benchmarks;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.regex.Pattern;

/**
 * The CPU time that a whole container uses for a request, and the bytes that its threads allocate,
 * with the filter and without. Three servers live at the same time, in processes of their own, and
 * are under load in turn: one with the filter and two without, of which the second shows how much
 * two that are the same differ.
 */
final class ServerBenchmark {

  private static final int CONNECTIONS = 4;

  /** What is requested. */
  enum Target {
    HELLO("a servlet that says hello", "/hello", 1500),
    MISSING("a 404", "/missing", 1500),
    FILE("a file of 20 MB", "/large", 5);

    final String title;
    private final String path;

    /** Of one connection and round, however long they take: else too little is compiled. */
    private final int leastRequests;

    Target(String title, String path, int leastRequests) {
      this.title = title;
      this.path = path;
      this.leastRequests = leastRequests;
    }
  }

  private static final int FILE_BYTES = 20_000_000;

  private final Effort effort;
  private final String container;
  private final Target target;
  private final byte[] request;
  private final Path files;
  private final Measured with = new Measured();
  private final Measured without = new Measured();
  private final Measured alsoWithout = new Measured();

  ServerBenchmark(Effort effort, String container, Target target) throws IOException {
    this.effort = effort;
    this.container = container;
    this.target = target;
    this.request = Connection.get(target.path, "");
    files = Files.createTempDirectory("benchmark");
    Files.write(files.resolve("large"), new byte[FILE_BYTES]);
  }

  /** Of one request, round by round. */
  private static final class Measured {
    final List<Double> cpuNanos = new ArrayList<>();
    final List<Double> bytes = new ArrayList<>();

    /** Of the rounds, the one in the middle: what runs in the background is in each a little. */
    double bytes() {
      return bytes.stream().sorted().skip(bytes.size() / 2).findFirst().orElseThrow();
    }
  }

  ServerBenchmark run() throws Exception {
    for (int trio = 0; trio < effort.serverTrios; trio++) {
      try (Running filtered = new Running(true, with);
          Running plain = new Running(false, without);
          Running alsoPlain = new Running(false, alsoWithout)) {
        List<Running> servers = List.of(filtered, plain, alsoPlain);
        for (int round = 0; round < effort.serverWarmups + effort.serverRounds; round++) {
          System.err.println(container + ", trio " + trio + ", round " + round);
          for (int i = 0; i < servers.size(); i++) {
            Running server = servers.get((round + i) % servers.size()); // each is first in turn
            // The compiler's time is the process's, too.
            server.load(effort.load, round >= effort.serverWarmups);
          }
        }
      }
    }
    return this;
  }

  Ratio withFilter() {
    return Ratio.of(with.cpuNanos, without.cpuNanos);
  }

  /** The noise: another server of the same kind. */
  Ratio withoutFilter() {
    return Ratio.of(alsoWithout.cpuNanos, without.cpuNanos);
  }

  /** The bytes of a request with the filter, less those without. */
  long addedBytes() {
    return Math.round(with.bytes() - without.bytes());
  }

  /** The noise. */
  long bytesOfNothing() {
    return Math.round(alsoWithout.bytes() - without.bytes());
  }

  /** A server in a process of its own. */
  private final class Running implements AutoCloseable {

    private final Measured measured;
    private final Process process;
    private final BufferedReader out;
    private final int port;

    Running(boolean filtered, Measured measured) throws IOException {
      this.measured = measured;
      process =
          new ProcessBuilder(
                  ProcessHandle.current().info().command().orElse("java"),
                  "-Xmx256m",
                  "-Xbatch",
                  "-classpath",
                  System.getProperty("java.class.path"),
                  Server.class.getName(),
                  container,
                  Boolean.toString(filtered),
                  files.toString())
              .redirectError(ProcessBuilder.Redirect.DISCARD)
              .start();
      out = process.inputReader(StandardCharsets.UTF_8);
      port = Integer.parseInt(out.readLine());
    }

    void load(Duration duration, boolean counts) throws Exception {
      long[] before = used();
      double requests = requests(duration);
      long[] after = used();
      if (counts) {
        measured.cpuNanos.add((after[0] - before[0]) / requests);
        measured.bytes.add((after[1] - before[1]) / requests);
      }
    }

    /** The CPU time in nanoseconds, and the bytes. */
    private long[] used() throws IOException {
      OutputStream in = process.getOutputStream();
      in.write('\n');
      in.flush();
      return Pattern.compile(" ")
          .splitAsStream(out.readLine())
          .mapToLong(Long::parseLong)
          .toArray();
    }

    private long requests(Duration duration) throws Exception {
      long end = System.nanoTime() + duration.toNanos();
      ExecutorService clients = Executors.newFixedThreadPool(CONNECTIONS);
      try {
        List<Callable<Long>> connections = new ArrayList<>();
        for (int i = 0; i < CONNECTIONS; i++) {
          connections.add(() -> requests(end));
        }
        long requests = 0;
        for (Future<Long> connection : clients.invokeAll(connections)) {
          requests += connection.get();
        }
        return requests;
      } finally {
        clients.shutdownNow();
      }
    }

    private long requests(long end) throws IOException {
      try (Connection connection = new Connection(port)) {
        long requests = 0;
        while (System.nanoTime() < end || requests < target.leastRequests) {
          connection.exchange(request, target == Target.MISSING ? 404 : 200);
          requests++;
        }
        return requests;
      }
    }

    @Override
    public void close() throws IOException {
      process.getOutputStream().close(); // tells it to end
      process.onExit().join();
    }
  }
}
