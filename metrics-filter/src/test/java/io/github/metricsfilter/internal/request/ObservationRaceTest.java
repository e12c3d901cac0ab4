package io.github.metricsfilter.internal.request;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.metricsfilter.Race;
import io.prometheus.metrics.model.snapshots.CounterSnapshot;
import io.prometheus.metrics.model.snapshots.GaugeSnapshot;
import io.prometheus.metrics.model.snapshots.MetricSnapshot;
import jakarta.servlet.http.HttpServletRequest;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Where threads meet over one request: it is recorded once, and nobody keeps it. */
class ObservationRaceTest {

  /** Of which the tests say themselves what it tells. */
  private static final class Silent extends Container {

    /** Whether it was asked about a request that was thought to be under way. */
    boolean asked;

    Silent() {
      super(HttpServletRequest.class);
    }

    @Override
    boolean watch(Observation observation) {
      return true;
    }

    @Override
    int status(Observation observation) {
      return 200;
    }

    @Override
    int sentStatus(Observation observation) {
      asked = true;
      return 0;
    }
  }

  private final Silent container = new Silent();
  private Observations observations;
  private int finished;

  @BeforeEach
  void join() throws Exception {
    observations = new Observations(container);
  }

  @AfterEach
  void leave() {
    observations.close();
  }

  /** An asynchronous request completes while its application ends. */
  @Test
  void overOrAbandoned() throws Exception {
    Race.run(
        () -> {
          Observation observation = enter();
          observation.chainEnded();
          return List.of(observation::over, observations.recorder::close);
        },
        this::isRecordedOnce);
  }

  /** A request is over while its chain returns, from which it goes on asynchronously. */
  @Test
  void overOrSuspended() throws Exception {
    Race.run(
        () -> {
          Observation observation = enter();
          return List.of(observation::chainEnded, observation::over);
        },
        () -> {
          isRecordedOnce();
          container.asked = false;
          observations.recorder.close();
          assertThat(container.asked).as("is kept").isFalse();
        });
  }

  /** And the application ends as well. */
  @Test
  void overOrSuspendedOrAbandoned() throws Exception {
    Race.run(
        () -> {
          Observation observation = enter();
          return List.of(observation::chainEnded, observation::over, observations.recorder::close);
        },
        this::isRecordedOnce);
  }

  /** Jetty 10 aborts a request in one thread while its chain returns in another. */
  @Test
  void abortedByJetty10() throws Exception {
    Race.run(
        () -> {
          Observation observation = enter();
          Jetty10.Completion completion = new Jetty10.Completion(observation, "mark");
          return List.of(
              () -> completion.notified("onResponseFailure", new Object[0]),
              completion::chainEnded);
        },
        this::isRecordedOnce);
  }

  /** Then Jetty 10 may complete it in yet another. */
  @Test
  void abortedAndCompletedByJetty10() throws Exception {
    Race.run(
        () -> {
          Observation observation = enter();
          Jetty10.Completion completion = new Jetty10.Completion(observation, "mark");
          return List.of(
              () -> completion.notified("onResponseFailure", new Object[0]),
              () -> completion.notified("onComplete", new Object[0]),
              completion::chainEnded);
        },
        this::isRecordedOnce);
  }

  /** A request that will go on asynchronously has entered in the thread that ends its chain. */
  private Observation enter() {
    return observations.enter(true, false);
  }

  private void isRecordedOnce() {
    finished++;
    assertThat(snapshot("http_requests", CounterSnapshot.class).getDataPoints())
        .extracting(CounterSnapshot.CounterDataPointSnapshot::getValue)
        .as("recorded")
        .satisfies(
            values ->
                assertThat(values.stream().mapToDouble(Double::doubleValue).sum())
                    .isEqualTo(finished));
    assertThat(snapshot("http_active_requests", GaugeSnapshot.class).getDataPoints().get(0))
        .extracting(GaugeSnapshot.GaugeDataPointSnapshot::getValue)
        .as("in flight")
        .isEqualTo(0.0);
  }

  private <S extends MetricSnapshot> S snapshot(String name, Class<S> type) {
    return observations.metrics.collect().stream()
        .filter(snapshot -> snapshot.getMetadata().getName().equals(name))
        .map(type::cast)
        .findFirst()
        .orElseThrow();
  }
}
