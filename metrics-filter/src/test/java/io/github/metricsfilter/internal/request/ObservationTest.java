package io.github.metricsfilter.internal.request;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.metricsfilter.CapturedLog;
import io.github.metricsfilter.internal.series.RequestMetrics;
import io.prometheus.metrics.model.snapshots.CounterSnapshot;
import io.prometheus.metrics.model.snapshots.GaugeSnapshot;
import jakarta.servlet.http.HttpServletRequest;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What a container tells of a request, in whichever order, and what is recorded of it. */
class ObservationTest {

  /** Of which the tests say themselves what it tells. */
  private static final class Telling extends Container {

    final List<String> asked = new ArrayList<>();
    int status = 200;
    int sentStatus;
    boolean tellsSending;
    boolean broken;
    boolean forgets;

    Telling() {
      super(HttpServletRequest.class);
    }

    private void asked(String what) {
      asked.add(what);
      if (broken) {
        throw new IllegalStateException("recycled");
      }
    }

    @Override
    boolean watch(Observation observation) {
      return true;
    }

    @Override
    boolean tellsSending(Observation observation) {
      asked("tellsSending");
      return tellsSending;
    }

    @Override
    void noteSending(Observation observation) {
      asked("noteSending");
    }

    @Override
    int status(Observation observation) {
      asked("status");
      return status;
    }

    @Override
    int sentStatus(Observation observation) {
      asked("sentStatus");
      return sentStatus;
    }

    @Override
    boolean hasForgotten(Observation observation) {
      if (broken) {
        throw new IllegalStateException("recycled");
      }
      return forgets;
    }

    @Override
    void chainEnded(Observation observation) {
      asked("chainEnded");
    }

    @Override
    void suspended(Observation observation) {
      asked("suspended");
    }

    @Override
    void dispatchEnded(Observation observation, boolean isErrorPage, @Nullable Throwable failure) {
      asked("dispatchEnded " + isErrorPage + " " + failure);
    }
  }

  private final CapturedLog log = new CapturedLog(RequestMetrics.class);
  private final Telling container = new Telling();
  private Observations observations;

  @BeforeEach
  void join() throws Exception {
    observations = new Observations(container);
  }

  @AfterEach
  void leave() {
    observations.close();
    log.close();
  }

  private Observation enter(boolean asynchronous) {
    return observations.enter(asynchronous, false);
  }

  @Test
  void isRecordedWhenTheContainerSaysSo() {
    Observation observation = enter(false);
    observation.chainEnded();
    assertThat(container.asked).containsExactly("chainEnded");
    inFlight(1);

    observation.over();
    observation.over();
    isRecorded(Map.of("200", 1.0));
  }

  @Test
  void anEndThatIsToldInTheChainWaitsForTheChain() {
    Observation observation = enter(false);
    observation.over(404);
    inFlight(1);

    observation.chainEnded();
    isRecorded(Map.of("404", 1.0));
    assertThat(container.asked).isEmpty();
  }

  @Test
  void anEndThatAnotherThreadTellsDoesNot() throws Exception {
    Observation observation = enter(false);
    Thread other = new Thread(() -> observation.over(404));
    other.start();
    other.join();
    isRecorded(Map.of("404", 1.0));

    observation.chainEnded();
    observation.over(200);
    isRecorded(Map.of("404", 1.0));
  }

  @Test
  void anAsynchronousRequestIsSuspendedWhenTheChainEnds() {
    Observation observation = enter(true);
    observation.chainEnded();
    assertThat(container.asked).containsExactly("suspended");
    inFlight(1);

    observation.over();
    observations.recorder.close(); // finds it nowhere any more
    isRecorded(Map.of("200", 1.0));
    assertThat(container.asked).doesNotContain("sentStatus");
  }

  @Test
  void whatWasSentFirstStands() {
    Observation observation = enter(true);
    observation.chainEnded();
    observation.sent(206);
    observation.sent(500);
    observation.over();

    isRecorded(Map.of("206", 1.0));
    assertThat(container.asked).doesNotContain("status");
  }

  @Test
  void theApplicationsEndIsA500() {
    enter(true).chainEnded();
    observations.recorder.close();
    observations.recorder.close();

    isRecorded(Map.of("500", 1.0));
  }

  @Test
  void unlessTheContainerKnowsWhatIsOnItsWay() {
    enter(true).chainEnded();
    container.sentStatus = 206;
    observations.recorder.close();

    isRecorded(Map.of("206", 1.0));
  }

  @Test
  void orHasSaidSo() {
    Observation observation = enter(true);
    observation.chainEnded();
    observation.sent(201);
    observations.recorder.close();

    isRecorded(Map.of("201", 1.0));
    assertThat(container.asked).doesNotContain("sentStatus");
  }

  @Test
  void whatTheContainerForgetsIsRecordedByTheNextScrape() {
    enter(true).chainEnded();
    inFlight(1);

    container.forgets = true;
    isRecorded(Map.of("500", 1.0));
  }

  @Test
  void withTheStatusThatWasOnItsWay() {
    Observation observation = enter(true);
    observation.chainEnded();
    observation.sent(206);
    container.forgets = true;

    isRecorded(Map.of("206", 1.0));
  }

  @Test
  void anErrorPageThatDoesNotComeChangesNothing() {
    Observation observation = enter(true);
    observation.chainEnded();
    container.status = 409;
    observation.overUnlessAPageComes();
    inFlight(1);

    container.forgets = true;
    isRecorded(Map.of("409", 1.0));
  }

  @Test
  void norIfTheApplicationEnds() {
    Observation observation = enter(true);
    observation.chainEnded();
    container.status = 409;
    observation.overUnlessAPageComes();
    observations.recorder.close();

    isRecorded(Map.of("409", 1.0));
  }

  @Test
  void anErrorPageThatComesSaysSoAgain() {
    Observation observation = enter(true);
    observation.chainEnded();
    container.status = 409;
    observation.overUnlessAPageComes();
    container.status = 418;
    observation.over();

    isRecorded(Map.of("418", 1.0));
  }

  @Test
  void aContainerThatFailsCostsNoRequest() {
    container.broken = true;
    Observation observation = enter(true);
    observation.chainEnded();
    observation.dispatchEnded(false, null);
    observation.over();

    isRecorded(Map.of("unknown", 1.0));
    assertThat(log.records).isNotEmpty();
  }

  @Test
  void norDoesOneThatFailsWhenTheApplicationEnds() {
    enter(true).chainEnded();
    container.broken = true;
    observations.recorder.close();

    isRecorded(Map.of("500", 1.0));
    assertThat(log.records).isNotEmpty();
  }

  @Test
  void whatHasEndedMayBeRecycled() {
    Observation observation = enter(true);
    observation.chainEnded();
    observation.over(409);
    container.broken = true;
    observation.endIfForgotten();
    observation.abandon();

    isRecorded(Map.of("409", 1.0));
    assertThat(log.records).isEmpty();
  }

  @Test
  void aScrapeThatCannotAskSaysSo() {
    Observation observation = enter(true);
    observation.chainEnded();
    container.broken = true;
    observation.endIfForgotten();

    assertThat(log.records).hasSize(1);
    container.broken = false;
    inFlight(1);
  }

  /** The thread that has ended it may be about to ask the request for its labels. */
  @Test
  void whatHasEndedIsNotAbandoned() {
    Observation observation = enter(true);
    observation.chainEnded();
    observation.over();
    observation.abandon();

    assertThat(observation.isAbandoned()).isFalse();
    isRecorded(Map.of("200", 1.0));
  }

  @Test
  void laterDispatchesAreToldToTheContainer() {
    Observation observation = enter(true);
    observation.dispatchEnded(true, null);
    observation.dispatchEnded(false, new IOException("broken"));

    assertThat(container.asked)
        .containsExactly(
            "dispatchEnded true null", "dispatchEnded false java.io.IOException: broken");
  }

  @Test
  void theFirstByteIsWhatTheContainerToldLast() {
    container.tellsSending = true;
    Observation observation = enter(false);
    assertThat(observation.isToldOfSending()).isTrue();

    assertThat(observation.firstByteNanos(70)).as("none was sent").isEqualTo(70);
    observation.sending(1020); // an interim response
    observation.sending(1050);
    assertThat(observation.firstByteNanos(70)).isEqualTo(50);
    assertThat(observation.firstByteNanos(40)).as("after the end").isEqualTo(40);
    assertThat(container.asked).contains("noteSending");
  }

  @Test
  void theFirstByteOfWhatHasBegunBeforeIsAtOnce() {
    Observation observation = observations.enter(false, true);
    assertThat(observation.isToldOfSending()).isTrue();

    assertThat(observation.firstByteNanos(70)).isEqualTo(1);
  }

  @Test
  void aContainerMayNotTellOfTheFirstByte() {
    assertThat(enter(false).isToldOfSending()).isFalse();
    container.broken = true;
    container.tellsSending = true;
    Observation observation = enter(false);
    assertThat(observation.isToldOfSending()).isFalse();
    assertThat(observation.firstByteNanos(70)).isEqualTo(70);
    assertThat(log.records).hasSize(1);
  }

  /** The container may have recycled it. */
  @Test
  void whatMustNotBeAskedIsNot() {
    Observation observation = enter(false);
    observation.leaveRequest();

    assertThat(observation.firstByteNanos(70)).isEqualTo(70);
    assertThat(container.asked).isEmpty();
  }

  private void inFlight(int requests) {
    assertThat(
            observations.metrics.collect().stream()
                .filter(GaugeSnapshot.class::isInstance)
                .map(GaugeSnapshot.class::cast)
                .findFirst()
                .orElseThrow()
                .getDataPoints()
                .get(0)
                .getValue())
        .isEqualTo(requests);
  }

  private void isRecorded(Map<String, Double> byStatus) {
    Map<String, Double> counted = new TreeMap<>();
    observations.metrics.collect().stream()
        .filter(CounterSnapshot.class::isInstance)
        .flatMap(family -> ((CounterSnapshot) family).getDataPoints().stream())
        .forEach(point -> counted.put(point.getLabels().get("status"), point.getValue()));
    assertThat(counted).isEqualTo(byStatus);
    inFlight(0);
  }
}
