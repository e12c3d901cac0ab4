package io.github.metricsfilter.situations;

import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;

/** What an application does with a request. */
@FunctionalInterface
interface Handler {
  void handle(HttpServletRequest request, HttpServletResponse response)
      throws IOException, ServletException;

  /** Begins to answer, and sends it. */
  static void begin(HttpServletResponse response) throws IOException {
    response.getWriter().print("begun");
    response.flushBuffer();
  }

  /** Throws this, whatever it is. */
  static void raise(Throwable failure) throws IOException, ServletException {
    if (failure instanceof IOException e) {
      throw e;
    } else if (failure instanceof ServletException e) {
      throw e;
    } else if (failure instanceof Error e) {
      throw e;
    }
    throw (RuntimeException) failure;
  }
}
