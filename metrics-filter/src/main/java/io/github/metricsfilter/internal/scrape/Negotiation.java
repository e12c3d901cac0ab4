package io.github.metricsfilter.internal.scrape;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * In which format, and whether compressed, a scrape is answered, by RFC 9110, section 12.5.
 *
 * <p>client_java's handler looks for the names of formats in {@code Accept}, whatever their {@code
 * q}, and for the first {@code escaping}, whichever format it belongs to. So this decides, and the
 * handler is given a header that says no more than what was decided.
 */
final class Negotiation {

  private static final String PROTOBUF = "application/vnd.google.protobuf";
  private static final String OPENMETRICS = "application/openmetrics-text";
  private static final String TEXT = "text/plain";

  private static final Set<String> TEXT_VERSIONS = Set.of("", "0.0.4", "1.0.0");
  private static final Set<String> OPENMETRICS_VERSIONS = Set.of("", "0.0.1", "1.0.0", "2.0.0");
  private static final Set<String> ESCAPINGS =
      Set.of("allow-utf-8", "underscores", "dots", "values");

  /** One element of a header: what it names, with parameters. */
  private static final class Range {

    final String name;
    final Map<String, String> parameters = new LinkedHashMap<>();

    Range(String element) {
      String[] parts = element.split(";", -1); // of ";", too, which is no part at all without -1
      name = parts[0].trim().toLowerCase(Locale.ROOT);
      for (String part : Arrays.asList(parts).subList(1, parts.length)) {
        int equals = part.indexOf('=');
        if (equals > 0) {
          parameters.put(
              part.substring(0, equals).trim().toLowerCase(Locale.ROOT),
              part.substring(equals + 1).trim().replace("\"", ""));
        }
      }
    }

    String parameter(String parameter) {
      return parameters.getOrDefault(parameter, "");
    }

    double q() {
      try {
        String q = parameter("q");
        return q.isEmpty() ? 1 : Double.parseDouble(q);
      } catch (NumberFormatException e) {
        return 1;
      }
    }

    /** Whether it leaves the choice to the server, which is text then. */
    boolean isWildcard() {
      return name.equals("*/*") || name.equals("text/*");
    }

    boolean isText() {
      return name.equals(TEXT) && TEXT_VERSIONS.contains(parameter("version"));
    }

    boolean isKnown(boolean protobuf) {
      switch (name) {
        case PROTOBUF:
          return protobuf
              && parameter("proto").equals("io.prometheus.client.MetricFamily")
              && Set.of("", "delimited").contains(parameter("encoding"));
        case OPENMETRICS:
          return OPENMETRICS_VERSIONS.contains(parameter("version"));
        default:
          return isText() || isWildcard();
      }
    }

    /** The scheme for names that the format can't have; null unless a known one is asked for. */
    @Nullable String escaping() {
      String escaping = parameter("escaping");
      return ESCAPINGS.contains(escaping) ? escaping : null;
    }
  }

  private final List<String> asked;
  private final List<String> askedEncoding;
  private final String accept;
  private final boolean gzip;
  private final boolean text1;
  private final @Nullable String escaping;

  /**
   * @param accept the values of {@code Accept}, of which there can be several
   * @param acceptEncoding likewise
   * @param protobuf whether client_java can write it
   */
  Negotiation(List<String> accept, List<String> acceptEncoding, boolean protobuf) {
    asked = List.copyOf(accept);
    askedEncoding = List.copyOf(acceptEncoding);
    Range best = best(ranges(accept), protobuf);
    text1 = best.name.equals(TEXT) && best.parameter("version").equals("1.0.0");
    escaping = text1 && best.escaping() == null ? "underscores" : best.escaping();
    this.accept = accept(best, escaping);
    this.gzip = gzip(ranges(acceptEncoding));
  }

  private static List<Range> ranges(List<String> values) {
    List<Range> ranges = new ArrayList<>();
    for (String value : values) {
      for (String element : value.split(",")) {
        ranges.add(new Range(element));
      }
    }
    return ranges;
  }

  /** The known one with the highest {@code q}, the first of several; text if there is none. */
  private static Range best(List<Range> ranges, boolean protobuf) {
    boolean textIsNamed = ranges.stream().anyMatch(Range::isText); // which then says its own q
    return ranges.stream()
        .filter(range -> range.isKnown(protobuf) && range.q() > 0)
        .filter(range -> !(range.isWildcard() && textIsNamed))
        .max(
            Comparator.comparingDouble(Range::q)
                .thenComparing(range -> !range.isWildcard())
                .thenComparing(range -> -ranges.indexOf(range)))
        .orElseGet(() -> new Range(TEXT));
  }

  private static String accept(Range best, @Nullable String escaping) {
    StringBuilder accept = new StringBuilder(best.isWildcard() ? TEXT : best.name);
    for (String parameter : List.of("proto", "encoding", "version")) {
      if (!best.isWildcard() && !best.parameter(parameter).isEmpty()) {
        accept.append(';').append(parameter).append('=').append(best.parameter(parameter));
      }
    }
    if (escaping != null) {
      accept.append(";escaping=").append(escaping);
    }
    return accept.toString();
  }

  private static boolean gzip(List<Range> codings) {
    double any = q(codings, "*", 0);
    double gzip = q(codings, "gzip", any);
    return gzip > 0 && gzip >= q(codings, "identity", 0);
  }

  private static double q(List<Range> codings, String name, double otherwise) {
    return codings.stream()
        .filter(coding -> coding.name.equals(name))
        .mapToDouble(Range::q)
        .findFirst()
        .orElse(otherwise);
  }

  /** Whether this was decided for these headers. */
  boolean isOf(List<String> accept, List<String> acceptEncoding) {
    return asked.equals(accept) && askedEncoding.equals(acceptEncoding);
  }

  /** An {@code Accept} that says what was decided, and nothing else. */
  String accept() {
    return accept;
  }

  boolean gzip() {
    return gzip;
  }

  /**
   * What the format that was decided is called, with its version and escaping.
   *
   * @param handlers what client_java's handler calls it, which knows neither text 1.0.0 nor
   *     escaping
   */
  String contentType(String handlers) {
    if (escaping == null || !(handlers.contains("version=") || handlers.startsWith(PROTOBUF))) {
      return handlers; // what debug asks for is text without a version
    }
    return (text1 ? handlers.replace("version=0.0.4", "version=1.0.0") : handlers)
        + "; escaping="
        + escaping;
  }
}
