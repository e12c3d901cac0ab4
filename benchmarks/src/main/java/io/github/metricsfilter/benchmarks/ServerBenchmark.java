package io.github.metricsfilter.benchmarks;

import java.io.BufferedInputStream;
import java.io.BufferedReader;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/**
 * The CPU time that a whole container uses for a request, with the filter and without. Three
 * servers live at the same time, in processes of their own, and are under load in turn: one with
 * the filter and two without, of which the second shows how much two that are the same differ.
 */
final class ServerBenchmark {

  private static final int CONNECTIONS = 4;

  private static final byte[] REQUEST =
      "GET /hello HTTP/1.1\r\nHost: localhost\r\n\r\n".getBytes(StandardCharsets.US_ASCII);

  private final Effort effort;
  private final String container;
  private final List<Double> with = new ArrayList<>();
  private final List<Double> without = new ArrayList<>();
  private final List<Double> alsoWithout = new ArrayList<>();

  ServerBenchmark(Effort effort, String container) {
    this.effort = effort;
    this.container = container;
  }

  ServerBenchmark run() throws Exception {
    for (int trio = 0; trio < effort.serverTrios; trio++) {
      try (Running filtered = new Running(container, true, with);
          Running plain = new Running(container, false, without);
          Running alsoPlain = new Running(container, false, alsoWithout)) {
        List<Running> servers = List.of(filtered, plain, alsoPlain);
        for (int round = 0; round < effort.serverWarmups + effort.serverRounds; round++) {
          System.err.println(container + ", trio " + trio + ", round " + round);
          for (int i = 0; i < servers.size(); i++) {
            Running server = servers.get((round + i) % servers.size()); // each is first in turn
            double cpu = server.cpuPerRequest(effort.load);
            if (round >= effort.serverWarmups) { // the compiler's time is the process's, too
              server.measured.add(cpu);
            }
          }
        }
      }
    }
    return this;
  }

  Ratio withFilter() {
    return Ratio.of(with, without);
  }

  /** The noise: another server of the same kind. */
  Ratio withoutFilter() {
    return Ratio.of(alsoWithout, without);
  }

  /** A server in a process of its own. */
  private static final class Running implements AutoCloseable {

    final List<Double> measured;
    private final Process process;
    private final BufferedReader out;
    private final int port;

    Running(String container, boolean filtered, List<Double> measured) throws IOException {
      this.measured = measured;
      process =
          new ProcessBuilder(
                  ProcessHandle.current().info().command().orElse("java"),
                  "-Xmx256m",
                  "-classpath",
                  System.getProperty("java.class.path"),
                  Server.class.getName(),
                  container,
                  Boolean.toString(filtered))
              .redirectError(ProcessBuilder.Redirect.DISCARD)
              .start();
      out = process.inputReader(StandardCharsets.UTF_8);
      port = Integer.parseInt(out.readLine());
    }

    double cpuPerRequest(Duration duration) throws Exception {
      long before = cpuNanos();
      long requests = load(duration);
      return (cpuNanos() - before) / (double) requests;
    }

    private long cpuNanos() throws IOException {
      OutputStream in = process.getOutputStream();
      in.write('\n');
      in.flush();
      return Long.parseLong(out.readLine());
    }

    private long load(Duration duration) throws Exception {
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
      try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
        socket.setTcpNoDelay(true);
        OutputStream to = socket.getOutputStream();
        InputStream from = new BufferedInputStream(socket.getInputStream());
        long requests = 0;
        while (System.nanoTime() < end) {
          to.write(REQUEST);
          readResponse(from);
          requests++;
        }
        return requests;
      }
    }

    private static void readResponse(InputStream from) throws IOException {
      String status = line(from);
      if (!status.contains(" 200")) {
        throw new IOException(status);
      }
      long length = 0;
      for (String header = line(from); !header.isEmpty(); header = line(from)) {
        if (header.toLowerCase(Locale.ROOT).startsWith("content-length:")) {
          length = Long.parseLong(header.substring(header.indexOf(':') + 1).trim());
        }
      }
      from.skipNBytes(length);
    }

    private static String line(InputStream from) throws IOException {
      StringBuilder line = new StringBuilder();
      for (int c = from.read(); c != '\n'; c = from.read()) {
        if (c < 0) {
          throw new EOFException();
        }
        if (c != '\r') {
          line.append((char) c);
        }
      }
      return line.toString();
    }

    @Override
    public void close() throws IOException {
      process.getOutputStream().close(); // tells it to end
      process.onExit().join();
    }
  }
}
