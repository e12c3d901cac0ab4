package io.github.metricsfilter.containers;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.metricsfilter.containers.ContainerTest.Case;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

/** What Jetty 12.1's ee8 and ee9 do otherwise than its ee10, whose class this extends. */
@Differs(
    in = WhenTheChainReturns.class,
    from = "upgraded",
    because = "ee8 and ee9 don't support HttpServletRequest.upgrade, with the filter or without it")
@Differs(
    in = WhenItGoesAsynchronous.class,
    from = "timedOutAfterCommit",
    because =
        "ee8 and ee9 never end a cycle that times out once the response is under way: the client"
            + " waits, with the filter or without it")
@Differs(
    in = WhenAnErrorPageRuns.class,
    from = "thatThrows",
    with = "THROWS, IN_A_DISPATCH",
    setups = ContainerTest.Setup.PORTABLE,
    because = "ee8 and ee9 tell no AsyncListener of a cycle whose error page has failed")
@Differs(
    in = Durations.class,
    from = "inEveryPlace",
    with = "IN_A_DISPATCH_BY_A_THREAD_THAT_HAS_FLUSHED",
    setups = ContainerTest.Setup.PORTABLE,
    because = NestedJettyTest.BELIEVES_WHAT_IS_SET_LATER)
@Differs(
    in = WhenTheChainReturns.class,
    from = "allAttributesRemoved",
    with = "IN_A_DISPATCH_BY_A_THREAD_THAT_HAS_FLUSHED",
    setups = ContainerTest.Setup.PORTABLE,
    because = NestedJettyTest.BELIEVES_WHAT_IS_SET_LATER)
@Differs(
    in = WhenItThrows.class,
    from = "withoutAnErrorPage",
    with = "THROWS_AFTER_A_FORWARD, IN_A_THREAD",
    inTheAnswerByLuck = true,
    because = NestedJettyTest.LOSES_A_FORWARD)
@Differs(
    in = WhenAnErrorPageRuns.class,
    from = {"thatKeepsTheStatus", "thatChangesTheStatus", "thatThrows", "thatGoesAsynchronous"},
    with = "THROWS_AFTER_A_FORWARD, IN_A_THREAD",
    inTheAnswerByLuck = true,
    because = NestedJettyTest.LOSES_A_FORWARD)
class NestedJettyTest extends JettyTest {

  static final String LOSES_A_FORWARD =
      "ee8 and ee9 may lose what a thread has forwarded to if that completes the cycle at once";

  static final String BELIEVES_WHAT_IS_SET_LATER =
      "getStatus() of ee8 and ee9 returns what is set after another status was sent";

  /** What it does instead. */
  @Nested
  @DisplayName("Only on ee8 and ee9")
  class OnNestedJetty extends Chapter {

    OnNestedJetty() {
      super(NestedJettyTest.this);
    }

    /** In flight, as it is for Jetty, until the application ends. */
    @Test
    void timedOutAfterCommitIsInFlight() throws Exception {
      Case app =
          given(
              (request, response) -> {
                begin(response);
                request.startAsync().setTimeout(TIMEOUT_MILLIS);
              });
      try (Client client = new Client(app.port())) {
        client.send(Client.request("GET", "/app/posts"));
        awaitUntil(() -> assertThat(scrape().inFlight()).isOne());
      }
    }
  }
}
