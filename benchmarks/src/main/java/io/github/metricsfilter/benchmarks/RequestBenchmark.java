package io.github.metricsfilter.benchmarks;

import jakarta.servlet.Filter;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import java.io.IOException;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;

/** A request through a filter, around a chain that does nothing. */
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class RequestBenchmark {

  private static final FilterChain NOTHING = (request, response) -> {};

  /** What all threads share. */
  @State(Scope.Benchmark)
  public static class Recorder {
    @Param Candidate candidate;

    /** How many paths the requests go to in turn; a power of two. */
    @Param("1")
    int routes;

    private Filter filter;

    @Setup
    public void start() throws ServletException {
      filter = candidate.start();
    }
  }

  /** The requests of one thread. */
  @State(Scope.Thread)
  public static class Exchange {
    private FakeRequest[] requests;
    private FakeResponse response;
    private int next;

    @Setup
    public void start(Recorder recorder) {
      requests = new FakeRequest[recorder.routes];
      for (int i = 0; i < requests.length; i++) {
        requests[i] = recorder.candidate.request("/posts/" + i);
      }
      response = new FakeResponse(200);
    }

    FakeRequest next() {
      return requests[next++ & (requests.length - 1)].recycle();
    }
  }

  @Benchmark
  public void request(Recorder recorder, Exchange exchange) throws IOException, ServletException {
    recorder.filter.doFilter(exchange.next(), exchange.response, NOTHING);
  }
}
