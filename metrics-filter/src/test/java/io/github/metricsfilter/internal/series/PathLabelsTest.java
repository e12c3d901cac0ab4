package io.github.metricsfilter.internal.series;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.InstanceOfAssertFactories.STRING;

import com.sun.management.ThreadMXBean;
import io.github.metricsfilter.CapturedLog;
import io.github.metricsfilter.internal.series.PathLabels.Origin;
import java.lang.management.ManagementFactory;
import java.text.MessageFormat;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class PathLabelsTest {

  @Test
  void urisNeverTakeThePlaceOfRoutes() {
    PathLabels labels = new PathLabels("path", 2, 1);
    for (String uri : List.of("/u1", "/u2", "/u3", "/u4")) {
      labels.get(uri, Origin.URI);
    }

    assertThat(labels.get("/u2", Origin.URI).value).isEqualTo("/u2");
    assertThat(labels.get("/u3", Origin.URI).value).isEqualTo("_OTHER");
    assertThat(labels.get("/r1", Origin.ROUTE).value).isEqualTo("/r1");
    assertThat(labels.get("/r2", Origin.ROUTE).value).isEqualTo("/r2");
    assertThat(labels.get("/r3", Origin.ROUTE).value).isEqualTo("_OTHER");
  }

  @Test
  void aValueHasOneLabelWhereverItComesFrom() {
    PathLabels labels = new PathLabels("path", 2, 1);

    assertThat(labels.get("/a", Origin.URI)).isSameAs(labels.get("/a", Origin.ROUTE));
  }

  @Test
  void valuesThatNoWriterTellsApartHaveOneLabel() {
    PathLabels labels = new PathLabels("path", 2, 1);

    assertThat(labels.get("/\uD800", Origin.ROUTE).value).isEqualTo("/\uFFFD");
    assertThat(labels.get("/\uDC00", Origin.ROUTE))
        .isSameAs(labels.get("/\uD800", Origin.ROUTE))
        .isSameAs(labels.get("/\uFFFD", Origin.ROUTE));
    assertThat(labels.get("/a", Origin.ROUTE).value).as("has its place").isEqualTo("/a");
  }

  @Test
  void aRouteMayBeCalledOther() {
    PathLabels labels = new PathLabels("path", 1, 1);

    PathLabel named = labels.get("_OTHER", Origin.ROUTE);
    assertThat(named).isSameAs(labels.other());
    assertThat(labels.isRefused(named)).isFalse();
    assertThat(labels.get("/a", Origin.ROUTE).value).as("has its place").isEqualTo("/a");
    assertThat(labels.get("_OTHER", Origin.ROUTE)).isSameAs(named);
    assertThat(labels.isRefused(labels.get("/b", Origin.ROUTE))).isTrue();
  }

  @Test
  void threadsThatComeAtOnceAdmitNoMoreThanAllowed() throws Exception {
    PathLabels labels = new PathLabels("path", 50, 1);
    Set<String> values = ConcurrentHashMap.newKeySet();
    CountDownLatch go = new CountDownLatch(1);
    List<Thread> threads = new ArrayList<>();
    for (int t = 0; t < 8; t++) {
      int from = t * 100;
      Thread thread =
          new Thread(
              () -> {
                try {
                  go.await();
                } catch (InterruptedException e) {
                  throw new IllegalStateException(e);
                }
                for (int i = from; i < from + 200; i++) {
                  values.add(labels.get("/" + i, Origin.ROUTE).value);
                }
              });
      thread.start();
      threads.add(thread);
    }
    go.countDown();
    for (Thread thread : threads) {
      thread.join();
    }

    assertThat(values).hasSize(51).contains("_OTHER");
  }

  @ParameterizedTest
  @EnumSource
  void aValueThatIsTooLongIsOther(Origin origin) {
    PathLabels labels = new PathLabels("path", 10, 1);
    String longest = "/" + "a".repeat(LabelValue.MAX_BYTES - 1);
    String longestInBytes =
        "\u20AC".repeat(LabelValue.MAX_BYTES / 3) + "a"; // a euro sign takes three

    assertThat(labels.get(longest, origin).value).isEqualTo(longest);
    assertThat(labels.get(longestInBytes, origin).value).isEqualTo(longestInBytes);
    for (String tooLong : List.of(longest + "a", longestInBytes + "a", longest.repeat(100))) {
      assertThat(labels.isRefused(labels.get(tooLong, origin))).as(tooLong).isTrue();
    }
  }

  @Test
  void valuesThatAreTooLongTakeNobodysPlace() {
    PathLabels labels = new PathLabels("path", 1, 1);
    for (int i = 0; i < 10; i++) {
      labels.get("\u20AC".repeat(200) + i, Origin.ROUTE);
      labels.get("a".repeat(300) + i, Origin.ROUTE);
    }

    assertThat(labels.get("/a", Origin.ROUTE).value).isEqualTo("/a");
  }

  @ParameterizedTest
  @EnumSource
  void toRefuseTakesNoMemory(Origin origin) {
    PathLabels labels = new PathLabels("path", 1, 1);
    String tooLong = "/" + "a".repeat(7000);
    String oneTooMany = "/c";
    labels.get("/a", origin);
    labels.get(oneTooMany, origin); // the first of each is logged
    labels.get(tooLong, origin);
    ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();

    long before = threads.getCurrentThreadAllocatedBytes();
    for (int i = 0; i < 10_000; i++) {
      labels.get(tooLong, origin);
      labels.get(oneTooMany, origin);
    }

    assertThat(threads.getCurrentThreadAllocatedBytes() - before).isLessThan(10_000);
  }

  @Test
  void theFirstThatIsTooLongIsLoggedInPart() {
    try (CapturedLog log = new CapturedLog(PathLabels.class)) {
      PathLabels labels = new PathLabels("http_route", 1, 1);
      labels.get("/\n" + "a".repeat(7000), Origin.ROUTE);
      labels.get("/" + "b".repeat(7000), Origin.ROUTE);
      labels.get("/" + "c".repeat(7000), Origin.URI);

      assertThat(texts(log))
          .satisfiesExactly(
              route ->
                  assertThat(route)
                      .startsWith("\"/?aaa")
                      .contains("aaa...\" and other routes longer than 256 bytes")
                      .contains("recorded as http_route=\"_OTHER\"")
                      .hasSizeLessThan(1000),
              uri -> assertThat(uri).startsWith("\"/ccc").contains("path-mode=route"));
    }
  }

  @Test
  void theFirstOverflowIsLoggedOnOneLineWithItsValue() {
    try (CapturedLog log = new CapturedLog(PathLabels.class)) {
      PathLabels labels = new PathLabels("path", 1, 1);
      labels.get("/a", Origin.ROUTE);
      labels.get("/b\nSEVERE: forged", Origin.ROUTE);
      labels.get("/c", Origin.ROUTE);

      assertThat(texts(log))
          .singleElement(STRING)
          .startsWith("max-paths=1 is reached: \"/b?SEVERE: forged\" and other new routes")
          .doesNotContain("\n");
    }
  }

  @Test
  void theWarningNamesThePresetsLabelAndWhoCanNameTheRoute() {
    try (CapturedLog log = new CapturedLog(PathLabels.class)) {
      PathLabels labels = new PathLabels(Schema.otel().pathLabel, 1, 1);
      labels.get("/a", Origin.ROUTE);
      labels.get("/users/42", Origin.ROUTE);

      assertThat(texts(log))
          .singleElement(STRING)
          .contains(
              "recorded as http_route=\"_OTHER\"",
              PathLabels.ROUTE_ATTRIBUTE,
              "RouteResolver",
              "/users/{id}",
              "raise max-paths");
    }
  }

  /** The routes' own overflow, which the application can do something about, isn't hidden. */
  @Test
  void urisThatOverflowHideNoRoutes() {
    try (CapturedLog log = new CapturedLog(PathLabels.class)) {
      PathLabels labels = new PathLabels("path", 1, 1);
      for (String path : List.of("/1", "/2", "/3")) {
        labels.get("/uri" + path, Origin.URI);
        labels.get("/route" + path, Origin.ROUTE);
      }

      assertThat(texts(log))
          .satisfiesExactly(
              uris -> assertThat(uris).contains("\"/uri/2\" and other new URIs", "path-mode=route"),
              routes -> assertThat(routes).contains("\"/route/2\" and other new routes"));
    }
  }

  private static List<String> texts(CapturedLog log) {
    return log.records.stream()
        .map(entry -> MessageFormat.format(entry.getMessage(), entry.getParameters()))
        .toList();
  }
}
