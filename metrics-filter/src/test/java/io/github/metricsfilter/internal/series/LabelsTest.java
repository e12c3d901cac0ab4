package io.github.metricsfilter.internal.series;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** By which index or number a series is found, and what it is shown as. */
class LabelsTest {

  @ParameterizedTest
  @CsvSource({
    "99, 0, unknown",
    "100, 100, 100",
    "404, 404, 404",
    "599, 599, 599",
    "600, 0, unknown"
  })
  void status(int status, int distinct, String value) {
    StatusLabel exact = new StatusLabel(false);

    assertThat(exact.distinct(status)).isEqualTo(distinct);
    assertThat(exact.value(distinct)).isEqualTo(value);
  }

  @ParameterizedTest
  @CsvSource({
    "99, 0, unknown",
    "100, 100, 1xx",
    "204, 200, 2xx",
    "599, 500, 5xx",
    "600, 0, unknown"
  })
  void statusClass(int status, int distinct, String value) {
    StatusLabel classes = new StatusLabel(true);

    assertThat(classes.distinct(status)).isEqualTo(distinct);
    assertThat(classes.value(distinct)).isEqualTo(value);
  }

  @Test
  void method() {
    MethodLabel methods = new MethodLabel(List.of("PURGE", "GET"));

    assertThat(methods.size()).isEqualTo(11);
    for (String known : List.of("GET", "PATCH", "PURGE")) {
      assertThat(methods.value(methods.indexOf(known))).isEqualTo(known);
    }
    for (String unknown : new String[] {"get", "MKCOL", "_OTHER", null}) {
      assertThat(methods.indexOf(unknown)).as(unknown).isZero();
    }
    assertThat(methods.value(0)).isEqualTo("_OTHER");
  }

  @ParameterizedTest
  @CsvSource({"0, 0", "100, 0", "101, 1", "2000, 1", "2001, 2"})
  void bucket(long millis, int bucket) {
    Buckets buckets = new Buckets(Buckets.NANOS_PER_SECOND, 0.1, 2);

    assertThat(buckets.indexOf(TimeUnit.MILLISECONDS.toNanos(millis))).isEqualTo(bucket);
    assertThat(buckets.upperBounds()).containsExactly(0.1, 2, Double.POSITIVE_INFINITY);
  }
}
