package io.github.metricsfilter.situations;

import jakarta.servlet.ServletException;
import jakarta.servlet.UnavailableException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.FileNotFoundException;
import java.io.IOException;

/** What an application may do last with a request; the status that follows is the server's. */
enum Ending implements Handler {
  RETURNS((request, response) -> response.setStatus(203)),
  SENDS_AN_ERROR((request, response) -> response.sendError(409)),
  THROWS((request, response) -> Handler.raise(new IOException("failure"))),
  THROWS_A_RUNTIME_EXCEPTION(
      (request, response) -> Handler.raise(new IllegalStateException("failure"))),
  THROWS_A_SERVLET_EXCEPTION(
      (request, response) -> Handler.raise(new ServletException(new IOException("failure")))),
  THROWS_AN_ERROR((request, response) -> Handler.raise(new AssertionError("failure"))),
  FINDS_NO_FILE((request, response) -> Handler.raise(new FileNotFoundException("failure"))),
  IS_UNAVAILABLE((request, response) -> Handler.raise(new UnavailableException("busy", 1))),
  THROWS_AFTER_A_FLUSH(
      (request, response) -> {
        response.setStatus(207);
        Handler.begin(response);
        Handler.raise(new IOException("failure"));
      }),
  THROWS_AFTER_AN_ERROR(
      (request, response) -> {
        response.sendError(409);
        Handler.raise(new IOException("failure"));
      }),
  THROWS_AFTER_A_REDIRECT(
      (request, response) -> {
        response.sendRedirect(request.getContextPath() + "/elsewhere");
        Handler.raise(new IOException("failure"));
      }),
  THROWS_AFTER_A_FORWARD(
      (request, response) -> {
        request.getRequestDispatcher("/target").forward(request, response);
        Handler.raise(new IOException("failure"));
      });

  @SuppressWarnings("ImmutableEnumChecker") // none of them has a state
  private final Handler handler;

  Ending(Handler handler) {
    this.handler = handler;
  }

  @Override
  public void handle(HttpServletRequest request, HttpServletResponse response)
      throws IOException, ServletException {
    handler.handle(request, response);
  }
}
