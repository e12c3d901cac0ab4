package io.github.metricsfilter.containers;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** What Prometheus would read: the samples of one answer of the metrics servlet. */
final class Scrape {

  static final String CONTEXT = "/scrape";
  static final String SERVLET = "/metrics";
  private static final String PATH = CONTEXT + SERVLET;

  private static final Pattern SAMPLE = Pattern.compile("([a-z_]+)(?:\\{(.*)})? (\\S+)");
  private static final Pattern LABEL = Pattern.compile("([a-z_]+)=\"((?:[^\"\\\\]|\\\\.)*)\",?");

  private final Map<String, Double> samples = new LinkedHashMap<>();

  static Scrape of(int port) throws IOException {
    return of(port, PATH);
  }

  /** From a servlet at this path. */
  static Scrape of(int port, String path) throws IOException {
    String answer = Client.exchange(port, Client.request("GET", path).replace("1.1", "1.0"));
    assertThat(answer).containsPattern("^HTTP/1\\.[01] 200 ");
    return new Scrape(answer.substring(answer.indexOf("\r\n\r\n") + 4));
  }

  /** What of this is about paths that begin so, and all that is about no path. */
  Scrape of(String pathPrefix) {
    Scrape part = new Scrape("");
    samples.forEach(
        (sample, value) -> {
          if (!sample.contains(" /") || sample.contains(" " + pathPrefix)) {
            part.samples.put(sample, value);
          }
        });
    return part;
  }

  private Scrape(String text) {
    for (String line : text.split("\n", -1)) {
      // What the servlet says of itself is not the filter's.
      if (!line.isEmpty() && !line.startsWith("#") && !line.startsWith("metrics_servlet_")) {
        Matcher sample = SAMPLE.matcher(line);
        assertThat(sample.matches()).as(line).isTrue();
        String labels = sample.group(2) == null ? "" : labels(sample.group(2));
        String name = labels.isEmpty() ? sample.group(1) : sample.group(1) + " " + labels;
        assertThat(samples.put(name, Double.valueOf(sample.group(3)))).as(line).isNull();
      }
    }
  }

  /** As cases write it: status, path, method and, of a bucket, its bound; else the values. */
  private static String labels(String text) {
    Map<String, String> labels = new TreeMap<>();
    Matcher label = LABEL.matcher(text);
    while (label.find()) {
      labels.put(label.group(1), label.group(2));
    }
    if (labels.containsKey("http_request_method")) { // the preset otel
      labels.put("status", labels.getOrDefault("http_response_status_code", ""));
      labels.put("path", labels.getOrDefault("http_route", ""));
      labels.put("method", labels.get("http_request_method"));
    }
    if (!labels.containsKey("path")) {
      return String.join(" ", labels.values());
    }
    String request = labels.get("status") + " " + labels.get("path") + " " + labels.get("method");
    return labels.containsKey("le") ? request + " " + labels.get("le") : request;
  }

  double value(String sample) {
    Double value = samples.get(sample);
    assertThat(value).as(sample).isNotNull();
    return value == null ? Double.NaN : value;
  }

  /** The series of a family, by their labels. */
  Map<String, Double> family(String name) {
    Map<String, Double> series = new TreeMap<>();
    samples.forEach(
        (sample, value) -> {
          if (sample.startsWith(name + " ")) {
            series.put(sample.substring(name.length() + 1), value);
          }
        });
    return series;
  }

  /** How many requests each series has counted. */
  Map<String, Double> requests() {
    Map<String, Double> counted = family("http_requests_total");
    return counted.isEmpty() ? family("http_server_request_duration_seconds_count") : counted;
  }

  /** Likewise, by path and method alone. */
  Map<String, Double> requestsWhateverTheirStatus() {
    Map<String, Double> sums = new TreeMap<>();
    requests().forEach((series, count) -> sums.merge(withoutStatus(series), count, Double::sum));
    return sums;
  }

  /** The status of the first series of a route. */
  String statusOf(String route) {
    return requests().keySet().stream()
        .filter(series -> withoutStatus(series).equals(route))
        .findFirst()
        .map(series -> series.substring(0, series.indexOf(' ')))
        .orElse("no");
  }

  static String withoutStatus(String request) {
    return request.substring(request.indexOf(' ') + 1);
  }

  double inFlight() {
    Double gauge = samples.get("http_active_requests");
    return gauge != null
        ? gauge
        : family("http_server_active_requests").values().stream().mapToDouble(d -> d).sum();
  }

  /** That the histogram tells of the same requests as the counter, and is one. */
  Scrape assertConsistent() {
    String durations =
        family("http_requests_total").isEmpty()
            ? "http_server_request_duration_seconds"
            : "http_request_duration_seconds";
    assertThat(family(durations + "_count")).isEqualTo(requests());
    Map<String, Double> last = new TreeMap<>();
    family(durations + "_bucket")
        .forEach(
            (bucket, count) -> {
              String series = bucket.substring(0, bucket.lastIndexOf(' '));
              if (bucket.endsWith(" +Inf")) {
                assertThat(count).as(bucket).isEqualTo(requests().get(series));
              }
            });
    samples.forEach(
        (sample, value) -> {
          if (sample.startsWith(durations + "_bucket ")) {
            String series = sample.substring(0, sample.lastIndexOf(' '));
            assertThat(value).as(sample).isGreaterThanOrEqualTo(last.getOrDefault(series, 0.0));
            last.put(series, value);
          }
        });
    family(durations + "_sum")
        .forEach((series, sum) -> assertThat(sum).as(series).isBetween(0.0, 60.0 * 6000));
    assertThat(inFlight()).isNotNegative();
    samples.forEach(
        (sample, value) -> {
          if (sample.startsWith("metrics_filter_failures_total")) {
            assertThat(value).as(sample).isZero();
          }
        });
    assertThat(value("metrics_filter_overflow_total")).isZero();
    return this;
  }

  /** That no counter of the earlier scrape is gone or has fallen. */
  Scrape assertFollows(Scrape earlier) {
    earlier
        .requests()
        .forEach(
            (series, count) ->
                assertThat(value("http_requests_total " + series)).isGreaterThanOrEqualTo(count));
    return this;
  }

  /** What a scrape says that shows these requests, and none in flight. */
  static String shown(Map<String, Double> requests) {
    return requests + ", active 0.0";
  }

  @Override
  public String toString() {
    return requests() + ", active " + inFlight();
  }
}
