package io.github.metricsfilter;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Reads what a servlet exposes, and accepts nothing that the formats' documents don't allow: each
 * line, the order of lines, the escapes, that no sample comes twice, and that buckets add up.
 */
final class Exposition {

  private static final String NAME = "[a-zA-Z_:][a-zA-Z0-9_:]*";
  private static final Pattern META = Pattern.compile("# (HELP|TYPE|UNIT) (" + NAME + ") (.*)");
  private static final Pattern SAMPLE =
      Pattern.compile(
          "(?s)(" + NAME + ")(\\{.*})? ([-+]?(?:\\d+(?:\\.\\d+)?(?:E-?\\d+)?|Inf|NaN))( [\\d.]+)?");
  private static final Pattern LABEL =
      Pattern.compile("([a-zA-Z_][a-zA-Z0-9_]*)=\"((?:[^\\\\\"\\n]|\\\\[\\\\\"n])*)\"");
  private static final String EXEMPLAR = " # \\{.*} \\S+( \\S+)?$";

  private final boolean openMetrics;

  /** By family. */
  private final Map<String, String> types = new HashMap<>();

  /** By name and labels, as they stand in braces, in order. */
  private final Map<String, Double> samples = new TreeMap<>();

  /** All values of all labels, unescaped. */
  private final Set<String> labelValues = new HashSet<>();

  private String family = "";

  private Exposition(boolean openMetrics) {
    this.openMetrics = openMetrics;
  }

  /** Prometheus's text format 0.0.4. */
  static Exposition text(byte[] body) {
    Exposition exposition = new Exposition(false);
    exposition.read(decode(body));
    return exposition;
  }

  /** OpenMetrics 1.0. */
  static Exposition openMetrics(byte[] body) {
    String text = decode(body);
    assertThat(text).endsWith("\n# EOF\n");
    Exposition exposition = new Exposition(true);
    exposition.read(text.substring(0, text.length() - "# EOF\n".length()));
    return exposition;
  }

  /** Strictly: anything that isn't UTF-8 is refused. */
  static String decode(byte[] body) {
    try {
      return StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(body)).toString();
    } catch (CharacterCodingException e) {
      throw new AssertionError("not UTF-8", e);
    }
  }

  Map<String, Double> samples() {
    return samples;
  }

  Set<String> labelValues() {
    return labelValues;
  }

  String type(String family) {
    return types.getOrDefault(family, "none");
  }

  private void read(String text) {
    if (text.isEmpty()) {
      return;
    }
    assertThat(text).endsWith("\n");
    // Only a line feed ends a line: no other control character may.
    for (String line : text.substring(0, text.length() - 1).split("\n", -1)) {
      if (line.startsWith("#")) {
        meta(line);
      } else {
        sample(openMetrics ? line.replaceFirst(EXEMPLAR, "") : line);
      }
    }
    assertHistogramsAddUp();
  }

  private void meta(String line) {
    Matcher meta = META.matcher(line);
    assertThat(meta.matches()).as(line).isTrue();
    String name = meta.group(2);
    if (meta.group(1).equals("TYPE")) {
      String legal = "counter|gauge|histogram|summary|untyped|unknown|info|stateset|gaugehistogram";
      assertThat(meta.group(3)).as(line).matches(legal);
      assertThat(types.put(name, meta.group(3))).as("type comes twice: %s", line).isNull();
    } else if (meta.group(1).equals("HELP")) {
      assertThat(meta.group(3)).as(line).matches("([^\\\\]|\\\\[\\\\n\"])*");
    }
    family = name;
  }

  private void sample(String line) {
    Matcher sample = SAMPLE.matcher(line);
    assertThat(sample.matches()).as(line).isTrue();
    String name = sample.group(1);
    String type = type(family);
    assertThat(type).as("type comes before samples: %s", line).isNotEqualTo("none");
    assertThat(name).as("belongs to its family: %s", line).matches(family + suffixes(type));
    String labels = sample.group(2) == null ? "" : sample.group(2);
    labels(line, labels);
    String value = sample.group(3).replace("Inf", "Infinity");
    Double before = samples.put(name + labels, Double.valueOf(value));
    assertThat(before).as("comes twice: %s", line).isNull();
  }

  private String suffixes(String type) {
    return switch (type) {
      case "counter" -> openMetrics ? "(_total|_created)" : "";
      case "histogram" -> openMetrics ? "(_bucket|_count|_sum|_created)" : "(_bucket|_count|_sum)";
      case "summary" -> openMetrics ? "(|_count|_sum|_created)" : "(|_count|_sum)";
      case "info" -> "_info";
      default -> "";
    };
  }

  private void labels(String line, String braces) {
    if (braces.isEmpty()) {
      return;
    }
    Set<String> names = new HashSet<>();
    Matcher label = LABEL.matcher(braces);
    int at = 1;
    while (at < braces.length() - 1) {
      assertThat(label.find(at) && label.start() == at).as("%s, at %s", line, at).isTrue();
      assertThat(names.add(label.group(1))).as("label comes twice: %s", line).isTrue();
      labelValues.add(unescape(label.group(2)));
      at = label.end();
      if (at < braces.length() - 1) {
        assertThat(braces.charAt(at)).as(line).isEqualTo(',');
        at++;
      }
    }
  }

  private static String unescape(String value) {
    StringBuilder unescaped = new StringBuilder();
    for (int i = 0; i < value.length(); i++) {
      char c = value.charAt(i);
      if (c == '\\') {
        i++;
        c = value.charAt(i) == 'n' ? '\n' : value.charAt(i);
      }
      unescaped.append(c);
    }
    return unescaped.toString();
  }

  private void assertHistogramsAddUp() {
    samples.forEach(
        (name, count) -> {
          int suffix = name.indexOf("_count");
          if (suffix < 0 || !"histogram".equals(types.get(name.substring(0, suffix)))) {
            return;
          }
          String labels = name.substring(suffix + "_count".length());
          List<Double> buckets = new ArrayList<>();
          String start = labels.isEmpty() ? "{" : labels.substring(0, labels.length() - 1) + ",";
          TreeMap<Double, Double> byBound = new TreeMap<>();
          samples.forEach(
              (sample, value) -> {
                String prefix = name.substring(0, suffix) + "_bucket" + start + "le=\"";
                if (sample.startsWith(prefix)) {
                  String bound = sample.substring(prefix.length(), sample.length() - 2);
                  byBound.put(Double.valueOf(bound.replace("Inf", "Infinity")), value);
                }
              });
          buckets.addAll(byBound.values());
          assertThat(buckets).as(name).isSorted();
          assertThat(byBound.get(Double.POSITIVE_INFINITY)).as(name).isEqualTo(count);
        });
  }

  /**
   * The names and label values in delimited protobuf messages {@code MetricFamily}, by their field
   * numbers in client_model's metrics.proto: names of families without labels, values of labels.
   */
  static Set<String> protobufStrings(byte[] body) {
    Set<String> strings = new HashSet<>();
    ByteBuffer in = ByteBuffer.wrap(body);
    while (in.hasRemaining()) {
      message(
          slice(in),
          (field, family) -> {
            if (field == 1) {
              strings.add(decode(bytes(family)));
            } else if (field == 4) { // Metric
              message(
                  family,
                  (metricField, metric) -> {
                    if (metricField == 1) { // LabelPair
                      message(metric, (pairField, text) -> strings.add(decode(bytes(text))));
                    }
                  });
            }
          });
    }
    return strings;
  }

  private interface Field {
    void accept(int number, ByteBuffer value);
  }

  private static void message(ByteBuffer in, Field lengthDelimited) {
    while (in.hasRemaining()) {
      int key = (int) varint(in);
      switch (key & 7) {
        case 0 -> varint(in);
        case 1 -> in.getLong();
        case 2 -> lengthDelimited.accept(key >> 3, slice(in));
        case 5 -> in.getInt();
        default -> throw new AssertionError("wire type " + (key & 7));
      }
    }
  }

  private static ByteBuffer slice(ByteBuffer in) {
    int length = (int) varint(in);
    ByteBuffer slice = in.slice(in.position(), length);
    in.position(in.position() + length);
    return slice;
  }

  private static byte[] bytes(ByteBuffer in) {
    byte[] bytes = new byte[in.remaining()];
    in.get(bytes);
    return bytes;
  }

  private static long varint(ByteBuffer in) {
    long value = 0;
    for (int shift = 0; ; shift += 7) {
      byte b = in.get();
      value |= (long) (b & 0x7f) << shift;
      if (b >= 0) {
        return value;
      }
    }
  }
}
