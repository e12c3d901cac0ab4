package io.github.metricsfilter.benchmarks;

import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;

/** A request through a filter, from and back to a container's own objects. */
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class ContainerBenchmark {

  /** What all threads share. */
  @State(Scope.Benchmark)
  public static class Application {
    @Param ServletContainer container;
    @Param Candidate candidate;
    private ContainerRequests requests;

    @Setup
    public void start() throws Exception {
      requests = container.start(candidate.make());
    }
  }

  /** What one thread has. */
  @State(Scope.Thread)
  public static class Client {
    private ContainerRequests.Connection connection;

    @Setup
    public void connect(Application application) {
      connection = application.requests.connect();
    }
  }

  @Benchmark
  public void request(Client client) throws Exception {
    client.connection.request();
  }
}
