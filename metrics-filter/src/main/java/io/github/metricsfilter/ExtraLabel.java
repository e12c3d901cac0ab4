package io.github.metricsfilter;

import io.github.metricsfilter.FaultMetrics.Cause;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * A label beside path, method and status: one that the user adds, or one of OpenTelemetry's. As
 * many of its values as allowed get series of their own; what comes later is {@code _OTHER}.
 */
final class ExtraLabel {

  /**
   * Finds the value for a request that entered with this scheme and ended with this status, and
   * this failure if there is one.
   */
  @FunctionalInterface
  interface Source {
    @Nullable String value(
        HttpServletRequest request, String scheme, int status, @Nullable Throwable failure);
  }

  static final String OTHER = "_OTHER";

  /** What a label has when its function failed, or returned null. */
  static final String UNKNOWN = "unknown";

  /** See OpenTelemetry's semantic conventions for HTTP metrics, {@code http.server.*}. */
  static final List<ExtraLabel> OTEL =
      List.of(
          new ExtraLabel("url_scheme", 2, Cause.OWN, (request, scheme, status, failure) -> scheme),
          new ExtraLabel(
              "network_protocol_version",
              8,
              Cause.OWN,
              (request, scheme, status, failure) -> version(request)),
          new ExtraLabel(
              "error_type",
              50,
              Cause.OWN,
              (request, scheme, status, failure) -> errorType(status, failure)));

  final String name;
  final int maxValues;

  /** Whose failure it is if there is no value. */
  final Cause cause;

  private final Source source;

  ExtraLabel(String name, int maxValues, Cause cause, Source source) {
    this.name = name;
    this.maxValues = maxValues;
    this.cause = cause;
    this.source = source;
  }

  static String scheme(HttpServletRequest request) {
    String scheme = request.getScheme();
    return scheme.equals("http") || scheme.equals("https") ? scheme : OTHER;
  }

  private static String version(HttpServletRequest request) {
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
    if (failure instanceof ServletException) {
      Throwable cause = ((ServletException) failure).getRootCause();
      return (cause == null ? failure : cause).getClass().getName();
    }
    if (failure != null) {
      return failure.getClass().getName();
    }
    return status >= 500 ? StatusLabel.value(status) : "";
  }

  /** The value for this request; anything can be thrown, since it can be the user's code. */
  @Nullable String value(
      HttpServletRequest request, String scheme, int status, @Nullable Throwable failure) {
    return source.value(request, scheme, status, failure);
  }

  /** The values that this label has in one set of metrics. */
  final class Values {
    private final Set<String> admitted = ConcurrentHashMap.newKeySet();

    ExtraLabel label() {
      return ExtraLabel.this;
    }

    /** Whether the value gets series of its own, as one of the first {@link #maxValues}. */
    boolean admit(String value) {
      return admitted.contains(value) || (admitted.size() < maxValues && admitNew(value));
    }

    private synchronized boolean admitNew(String value) {
      return admitted.contains(value) || (admitted.size() < maxValues && admitted.add(value));
    }
  }
}
