package io.github.metricsfilter;

import static java.util.concurrent.TimeUnit.MILLISECONDS;
import static org.assertj.core.api.Assertions.assertThat;

import io.prometheus.metrics.model.snapshots.Exemplar;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.Test;

/** Which request's trace a bucket shows. */
class BucketExemplarsTest {

  private static final long FAST = MILLISECONDS.toNanos(5);
  private static final long SLOW = MILLISECONDS.toNanos(200);

  private final BucketExemplars exemplars =
      new BucketExemplars(new Buckets(Buckets.NANOS_PER_SECOND, 0.1));

  /**
   * @param startMillis of a clock that is about to pass its highest value, as nanoTime may
   */
  private static Trace trace(String id, long startMillis) {
    return new Trace(id, "span", Long.MAX_VALUE + MILLISECONDS.toNanos(startMillis - 500));
  }

  private List<String> shown() {
    return StreamSupport.stream(exemplars.snapshot().spliterator(), false)
        .map(exemplar -> exemplar.getLabels().get(Exemplar.TRACE_ID) + " " + exemplar.getValue())
        .collect(Collectors.toList());
  }

  @Test
  void eachBucketShowsOneOfItsOwn() {
    exemplars.put(FAST, trace("a", 0));
    exemplars.put(SLOW, trace("b", 0));

    assertThat(shown()).containsExactly("a 0.005", "b 0.2");
  }

  @Test
  void itStaysForASecond() {
    exemplars.put(FAST, trace("a", 0));
    exemplars.put(FAST, trace("b", 999));

    assertThat(shown()).containsExactly("a 0.005");
  }

  @Test
  void afterThatTheNextTakesItsPlace() {
    exemplars.put(FAST, trace("a", 0));
    exemplars.put(FAST, trace("b", 1000));

    assertThat(shown()).containsExactly("b 0.005");
  }

  @Test
  void theTimeIsThatOfTheRequestsEnd() {
    long before = System.currentTimeMillis();
    exemplars.put(FAST, trace("a", 0));

    Exemplar exemplar = exemplars.snapshot().get(0);
    assertThat(exemplar.getTimestampMillis()).isBetween(before, System.currentTimeMillis());
    assertThat(exemplar.getLabels().get(Exemplar.SPAN_ID)).isEqualTo("span");
  }
}
