package io.github.metricsfilter;

import jakarta.servlet.UnavailableException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import org.jspecify.annotations.Nullable;

/** The values of the status label: 100 to 599 as three digits, and {@code unknown}. */
final class StatusLabel {

  static final String UNKNOWN = "unknown";

  /** What Jetty will answer after {@code sendError}, whatever is set or thrown afterwards. */
  private static final String JETTY_SEND_ERROR = "org.eclipse.jetty.server.error_status";

  private StatusLabel() {}

  static String value(int status) {
    return isKnown(status) ? Integer.toString(status) : UNKNOWN;
  }

  /** The status as series are told apart by it: all that have no value of their own are one. */
  static int distinct(int status) {
    return isKnown(status) ? status : 0;
  }

  private static boolean isKnown(int status) {
    return status >= 100 && status <= 599;
  }

  /** The status that the client gets when the chain has ended with this failure, or without one. */
  static int atEnd(
      HttpServletRequest request, HttpServletResponse response, @Nullable Throwable failure) {
    if (response.isCommitted()) {
      Object sendError = request.getAttribute(JETTY_SEND_ERROR);
      if (sendError instanceof Integer) {
        return (Integer) sendError;
      }
    }
    return failure == null || isSent(request, response)
        ? response.getStatus()
        : ofFailure(failure, server(request));
  }

  /**
   * The status that the client gets when an error page has ended with this failure, or without one.
   * Where a page fails, the containers answer as if there were none, Undertow with 500.
   */
  static int atErrorPageEnd(
      HttpServletRequest request, HttpServletResponse response, @Nullable Throwable failure) {
    return failure == null || isSent(request, response) || !isUndertow(server(request))
        ? response.getStatus()
        : HttpServletResponse.SC_INTERNAL_SERVER_ERROR;
  }

  /**
   * Whether the status is on its way. After {@code sendError} a response calls itself committed
   * (Servlet 6.0, section 5.3), although the container may yet answer something else; but what is
   * sent has a date (RFC 9110, section 6.6.1), which Tomcat and Undertow add only then, and Jetty
   * tells by an attribute.
   */
  static boolean isSent(HttpServletRequest request, HttpServletResponse response) {
    return response.isCommitted()
        && request.getAttribute(JETTY_SEND_ERROR) == null
        && (response.getStatus() < HttpServletResponse.SC_BAD_REQUEST
            || response.containsHeader("Date"));
  }

  /**
   * What the container answers to a failure: 500, and to an {@link UnavailableException} 503 while
   * it is temporary, 404 once it is permanent (Servlet 6.0, section 2.3.3.2). Jetty looks for it in
   * the causes, too. Undertow deals with a servlet's before we see it, and with no other.
   */
  private static int ofFailure(Throwable failure, String server) {
    int status = isUndertow(server) ? 0 : declared(failure, server);
    if (isJetty(server)) {
      Throwable cause = failure.getCause();
      while (status == 0 && cause != null) {
        status = declared(cause, server);
        cause = cause.getCause();
      }
    }
    return status == 0 ? HttpServletResponse.SC_INTERNAL_SERVER_ERROR : status;
  }

  private static String server(HttpServletRequest request) {
    return request.getServletContext().getServerInfo();
  }

  static boolean isJetty(String server) {
    return server.startsWith("jetty/");
  }

  private static boolean isUndertow(String server) {
    return server.startsWith("Undertow");
  }

  /** The status that an exception asks for; 0 if it is one of the many that don't. */
  private static int declared(Throwable failure, String server) {
    if (failure instanceof UnavailableException) {
      return ((UnavailableException) failure).isPermanent()
          ? HttpServletResponse.SC_NOT_FOUND
          : HttpServletResponse.SC_SERVICE_UNAVAILABLE;
    }
    // The containers' own, for what they cannot decode.
    Class<?> type = failure.getClass();
    if (type.getName().equals("org.apache.coyote.BadRequestException")) {
      return HttpServletResponse.SC_BAD_REQUEST;
    } else if (type.getName().equals("org.apache.tomcat.util.http.InvalidParameterException")) {
      return call(failure, type, "getErrorCode");
    }
    Class<?> jettys = isJetty(server) ? jettysInterface(type) : null;
    return jettys == null ? 0 : call(failure, jettys, "getCode");
  }

  /** By which Jetty's exceptions, of which many aren't public, tell the status to answer. */
  private static @Nullable Class<?> jettysInterface(Class<?> type) {
    for (Class<?> c = type; c != Throwable.class; c = c.getSuperclass()) {
      for (Class<?> candidate : c.getInterfaces()) {
        if (candidate.getName().equals("org.eclipse.jetty.http.HttpException")) {
          return candidate;
        }
      }
    }
    return null;
  }

  private static int call(Throwable failure, Class<?> type, String getter) {
    try {
      return (Integer) type.getMethod(getter).invoke(failure);
    } catch (ReflectiveOperationException e) {
      return 0;
    }
  }
}
