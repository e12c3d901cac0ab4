package io.github.metricsfilter.situations;

import jakarta.servlet.AsyncContext;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;

/** What the error page does. */
enum Page implements Handler {
  KEEPS_THE_STATUS((request, response) -> response.getWriter().print("page")),
  CHANGES_THE_STATUS((request, response) -> response.setStatus(418)),
  THROWS((request, response) -> Handler.raise(new IllegalStateException("page"))),
  GOES_ASYNCHRONOUS(
      (request, response) -> {
        AsyncContext cycle = request.startAsync(request, response);
        cycle.setTimeout(SituationsListener.TIMEOUT_MILLIS);
        cycle.addListener(
            Remedy.listener(
                event -> {
                  response.setStatus(507);
                  cycle.complete();
                }));
      });

  /** By which a page knows what it is asked to do. */
  static final String ATTRIBUTE = Page.class.getName();

  @SuppressWarnings("ImmutableEnumChecker") // none of them has a state
  private final Handler handler;

  Page(Handler handler) {
    this.handler = handler;
  }

  @Override
  public void handle(HttpServletRequest request, HttpServletResponse response)
      throws IOException, ServletException {
    handler.handle(request, response);
  }
}
