package io.github.metricsfilter.internal.series;

import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * A label beside path, method and status: one that the user adds, or one of a preset's. As many of
 * its values as allowed get series of their own; what comes later is {@code _OTHER}. Values that
 * are known beforehand have their place from the start, whatever comes before them.
 */
public final class ExtraLabel {

  /**
   * Finds the value for a request that entered with this scheme and ended with this status, and
   * this failure if there is one. The request is null if it can't be asked any more.
   */
  @FunctionalInterface
  public interface Source {
    @Nullable String value(
        @Nullable HttpServletRequest request,
        String scheme,
        int status,
        @Nullable Throwable failure);
  }

  /** The value that stands for all that have none of their own. */
  public static final String OTHER = "_OTHER";

  /** The scheme by which OpenTelemetry tells requests apart. */
  static final String SCHEME = "url_scheme";

  /** What a label has when its function failed, returned null, or had no request to ask. */
  public static final String UNKNOWN = "unknown";

  private static final String NO_FAILURE = "none";

  private static final int MAX_FAILURES = 50;

  /** See OpenTelemetry's semantic conventions for HTTP metrics, {@code http.server.*}. */
  static final List<ExtraLabel> OTEL =
      List.of(
          closed(SCHEME, (request, scheme, status, failure) -> scheme, Set.of("http", "https")),
          closed(
              "network_protocol_version",
              (request, scheme, status, failure) -> version(request),
              Set.of("1.0", "1.1", "2", "3", UNKNOWN)),
          ofFailures(
              "error_type", (request, scheme, status, failure) -> errorType(status, failure), ""));

  /** See Spring's {@code DefaultServerRequestObservationConvention}; error is Micrometer's own. */
  static final List<ExtraLabel> MICROMETER =
      List.of(
          closed(
              "outcome",
              (request, scheme, status, failure) -> outcome(status),
              Set.of(
                  "INFORMATIONAL",
                  "SUCCESS",
                  "REDIRECTION",
                  "CLIENT_ERROR",
                  "SERVER_ERROR",
                  "UNKNOWN")),
          ofFailures(
              "exception", (request, scheme, status, failure) -> simpleName(failure), NO_FAILURE),
          ofFailures(
              "error", (request, scheme, status, failure) -> simpleName(failure), NO_FAILURE));

  private final String name;
  private final int maxValues;

  /** Whose failure it is if there is no value. */
  final FailureCause cause;

  private final Source source;
  private final Set<String> known;

  /**
   * Takes all that makes a label.
   *
   * @param maxValues how many values get series of their own
   * @param cause whose failure it is if there is no value
   */
  public ExtraLabel(String name, int maxValues, FailureCause cause, Source source) {
    this(name, maxValues, cause, source, Set.of());
  }

  private ExtraLabel(
      String name, int maxValues, FailureCause cause, Source source, Set<String> known) {
    this.name = name;
    this.maxValues = maxValues;
    this.cause = cause;
    this.source = source;
    this.known = known;
  }

  /** A preset's label with no other values than these and {@code _OTHER}. */
  private static ExtraLabel closed(String name, Source source, Set<String> values) {
    return new ExtraLabel(name, values.size(), FailureCause.OWN, source, values);
  }

  /**
   * A preset's label that tells failures apart.
   *
   * @param none its value where there is no failure
   */
  private static ExtraLabel ofFailures(String name, Source source, String none) {
    return new ExtraLabel(name, MAX_FAILURES + 1, FailureCause.OWN, source, Set.of(none));
  }

  public String name() {
    return name;
  }

  /** How many values get series of their own, those that are known beforehand included. */
  public int maxValues() {
    return maxValues;
  }

  static String scheme(HttpServletRequest request) {
    String scheme = request.getScheme();
    return scheme.equals("http") || scheme.equals("https") ? scheme : OTHER;
  }

  private static String version(@Nullable HttpServletRequest request) {
    if (request == null) {
      return UNKNOWN;
    }
    switch (request.getProtocol()) {
      case "HTTP/1.0":
        return "1.0";
      case "HTTP/1.1":
        return "1.1";
      case "HTTP/2":
      case "HTTP/2.0":
        return "2";
      case "HTTP/3":
      case "HTTP/3.0":
        return "3";
      default:
        return OTHER;
    }
  }

  /**
   * The class of what the application threw, which frameworks, and some containers, wrap; or the
   * status. Empty, which is to say no label, if there was no error.
   */
  private static String errorType(int status, @Nullable Throwable failure) {
    if (failure != null) {
      return unwrapped(failure).getClass().getName();
    }
    return status >= 500 ? StatusLabel.exactly(status) : "";
  }

  private static Throwable unwrapped(Throwable failure) {
    Throwable cause =
        failure instanceof ServletException ? ((ServletException) failure).getRootCause() : null;
    return cause == null ? failure : cause;
  }

  private static String simpleName(@Nullable Throwable failure) {
    if (failure == null) {
      return NO_FAILURE;
    }
    Class<?> type = unwrapped(failure).getClass();
    return type.getSimpleName().isEmpty() ? type.getName() : type.getSimpleName(); // anonymous
  }

  private static String outcome(int status) {
    switch (status / 100) {
      case 1:
        return "INFORMATIONAL";
      case 2:
        return "SUCCESS";
      case 3:
        return "REDIRECTION";
      case 4:
        return "CLIENT_ERROR";
      case 5:
        return "SERVER_ERROR";
      default:
        return "UNKNOWN";
    }
  }

  /** The value for this request; anything can be thrown, since it can be the user's code. */
  @Nullable String value(
      @Nullable HttpServletRequest request,
      String scheme,
      int status,
      @Nullable Throwable failure) {
    return source.value(request, scheme, status, failure);
  }

  /** The values that this label has in one set of metrics. */
  final class Values {
    private final Set<String> admitted = ConcurrentHashMap.newKeySet();

    Values() {
      admitted.add(OTHER); // which is nobody's place
      admitted.addAll(known);
    }

    ExtraLabel label() {
      return ExtraLabel.this;
    }

    /** Whether the value gets series of its own, as one of the first {@link #maxValues}. */
    boolean admit(String value) {
      return admitted.contains(value) || (admitted.size() <= maxValues && admitNew(value));
    }

    private synchronized boolean admitNew(String value) {
      return admitted.contains(value) || (admitted.size() <= maxValues && admitted.add(value));
    }
  }
}
