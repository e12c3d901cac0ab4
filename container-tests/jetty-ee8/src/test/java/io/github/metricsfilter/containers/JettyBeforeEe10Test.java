package io.github.metricsfilter.containers;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.metricsfilter.containers.ContainerTest.Case;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

/**
 * What Jetty 10 does otherwise than Jetty 12.1's ee10, whose class this extends, and so do Jetty
 * 12.1's ee8 and ee9, which have come of it.
 */
@Differs(
    in = WhenItThrows.class,
    from = "withoutAnErrorPage",
    with = "THROWS_AFTER_A_FORWARD, IN_A_THREAD",
    inTheAnswerByLuck = true,
    because = JettyBeforeEe10Test.LOSES_A_FORWARD)
@Differs(
    in = WhenAnErrorPageRuns.class,
    from = {"thatKeepsTheStatus", "thatChangesTheStatus", "thatThrows", "thatGoesAsynchronous"},
    with = "THROWS_AFTER_A_FORWARD, IN_A_THREAD",
    inTheAnswerByLuck = true,
    because = JettyBeforeEe10Test.LOSES_A_FORWARD)
@Differs(
    in = WhenItGoesAsynchronous.class,
    from = {"timedOutAfterCommit", "failedInAWriteListenerAfterAFlush"},
    because = JettyBeforeEe10Test.NEVER_ENDS)
@Differs( // if the client's reset comes later than the timeout
    in = WhenTheClientGoesAway.class,
    from = "resetWhilePending",
    with = "true",
    because = JettyBeforeEe10Test.NEVER_ENDS)
@Differs(
    in = WhateverStandsAroundIt.class,
    from = "goesAsynchronousBeforeItAndTimesOut",
    because = JettyBeforeEe10Test.NEVER_ENDS)
@Differs(
    in = Durations.class,
    from = "inEveryPlace",
    with = "IN_A_DISPATCH_BY_A_THREAD_THAT_HAS_FLUSHED",
    setups = ContainerTest.Setup.PORTABLE,
    because = JettyBeforeEe10Test.BELIEVES_WHAT_IS_SET_LATER)
@Differs(
    in = WhenTheChainReturns.class,
    from = "allAttributesRemoved",
    with = "IN_A_DISPATCH_BY_A_THREAD_THAT_HAS_FLUSHED",
    setups = ContainerTest.Setup.PORTABLE,
    because = JettyBeforeEe10Test.BELIEVES_WHAT_IS_SET_LATER)
abstract class JettyBeforeEe10Test extends JettyTest {

  static final String LOSES_A_FORWARD =
      "Jetty may lose what a thread has forwarded to if that completes the cycle at once";

  static final String NEVER_ENDS =
      "Jetty never ends a cycle that times out, or whose WriteListener throws, once the response is"
          + " under way, with the filter or without it";

  static final String BELIEVES_WHAT_IS_SET_LATER =
      "getStatus() returns what is set after another status was sent";

  /** What it does instead. */
  @Nested
  @DisplayName("Only before ee10")
  class BeforeEe10 extends Chapter {

    BeforeEe10() {
      super(JettyBeforeEe10Test.this);
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
