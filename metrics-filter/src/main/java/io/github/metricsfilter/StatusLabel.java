package io.github.metricsfilter;

import jakarta.servlet.UnavailableException;
import jakarta.servlet.http.HttpServletResponse;
import org.jspecify.annotations.Nullable;

/** The values of the status label: 100 to 599 as three digits, and {@code unknown}. */
final class StatusLabel {

  static final String UNKNOWN = "unknown";

  private StatusLabel() {}

  static String value(int status) {
    return status >= 100 && status <= 599 ? Integer.toString(status) : UNKNOWN;
  }

  /**
   * The status that the client gets when the chain has ended with this failure, or without one.
   *
   * <p>A failure before the response is committed is answered by the container: with 500, or as
   * Servlet 6.0, section 2.3.3.2, says of {@link UnavailableException}, 503 while it is temporary
   * and 404 once it is permanent. After that the status is on its way already.
   */
  static int atEnd(HttpServletResponse response, @Nullable Throwable failure) {
    if (failure == null || response.isCommitted()) {
      return response.getStatus();
    }
    if (failure instanceof UnavailableException) {
      return ((UnavailableException) failure).isPermanent()
          ? HttpServletResponse.SC_NOT_FOUND
          : HttpServletResponse.SC_SERVICE_UNAVAILABLE;
    }
    return HttpServletResponse.SC_INTERNAL_SERVER_ERROR;
  }
}
