package io.github.metricsfilter.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * What a request allocates more with the filter than with one that does nothing, on the containers'
 * own objects. Every object counts, as the virtual machine of this test is told not to look for
 * those that it could do without: so the number is the same whatever has been compiled when.
 */
class AllocationTest {

  private static final int REQUESTS = 1000;
  private static final int ROUNDS = 50;

  /** The least that an object takes: a bound of less than that above the number lets none pass. */
  private static final int SMALLEST_OBJECT = 16;

  /**
   * The observation takes 112 of them. The rest is: on Tomcat the entry of the note, the mapping
   * with a string, and the events and copied lists of listeners; on Jetty the listener and a
   * function around it; on Undertow the mapping with a string, the array of listeners, what goes
   * from one to the next, and the arguments of the proxy. With the first byte there is nothing more
   * on Tomcat; on Jetty the proxy of its stream, what it calls, and the arguments of the calls to
   * it; on Undertow what it makes of a listener, whose call isn't in here, since nothing is sent.
   */
  @ParameterizedTest
  @CsvSource({
    "TOMCAT, OURS, 288",
    "JETTY, OURS, 152",
    "UNDERTOW, OURS, 264",
    "TOMCAT, OURS_FIRST_BYTE, 288",
    "JETTY, OURS_FIRST_BYTE, 368",
    "UNDERTOW, OURS_FIRST_BYTE, 312",
  })
  void bytesOfOneRequest(ServletContainer container, Candidate candidate, long bytes)
      throws Exception {
    long nothing = bytes(container.start(Candidate.NOTHING.make()).connect());
    long ours = bytes(container.start(candidate.make()).connect());
    assertThat(ours - nothing).isGreaterThan(0).isLessThan(bytes + SMALLEST_OBJECT);
  }

  /** The lowest round's: what is set up once, or by the compiler, is in the first ones. */
  private static long bytes(ContainerRequests.Connection connection) throws Exception {
    ThreadMXBean threads = ManagementFactory.getPlatformMXBean(ThreadMXBean.class);
    long thread = Thread.currentThread().getId();
    long least = Long.MAX_VALUE;
    for (int round = 0; round < ROUNDS; round++) {
      long before = threads.getThreadAllocatedBytes(thread);
      for (int i = 0; i < REQUESTS; i++) {
        connection.request();
      }
      least = Math.min(least, threads.getThreadAllocatedBytes(thread) - before);
    }
    return least / REQUESTS;
  }
}
