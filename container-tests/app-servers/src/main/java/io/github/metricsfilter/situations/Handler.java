package io.github.metricsfilter.situations;

import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.concurrent.locks.LockSupport;

/** What an application does with a request. */
@FunctionalInterface
interface Handler {

  /** What {@link #beginLate} waits for at least. */
  int BEGINS_AFTER_MILLIS = 50;

  void handle(HttpServletRequest request, HttpServletResponse response)
      throws IOException, ServletException;

  /** Begins to answer, and sends it. */
  static void begin(HttpServletResponse response) throws IOException {
    response.getWriter().print("begun");
    response.flushBuffer();
  }

  /** Begins to answer after a while, and ends when the client has sent its body. */
  static void beginLate(HttpServletRequest request, HttpServletResponse response)
      throws IOException {
    long end = System.nanoTime() + BEGINS_AFTER_MILLIS * 1_000_000L;
    for (long left = end - System.nanoTime(); left > 0; left = end - System.nanoTime()) {
      LockSupport.parkNanos(left);
    }
    begin(response);
    request.getInputStream().readAllBytes();
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
