package io.github.metricsfilter.situations;

import jakarta.servlet.AsyncContext;
import jakarta.servlet.AsyncEvent;
import jakarta.servlet.AsyncListener;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.lang.reflect.Proxy;

/** What a listener of the application does about a timeout or an error. */
enum Remedy {
  NONE(event -> {}),
  SENDS_AN_ERROR(event -> ((HttpServletResponse) event.getSuppliedResponse()).sendError(409)),
  SENDS_AN_ERROR_AND_COMPLETES(
      event -> {
        ((HttpServletResponse) event.getSuppliedResponse()).sendError(409);
        event.getAsyncContext().complete();
      }),
  COMPLETES(event -> SituationsListener.complete(event.getAsyncContext())),
  DISPATCHES(event -> event.getAsyncContext().dispatch("/target")),
  DISPATCHES_TO_A_FAILURE(event -> event.getAsyncContext().dispatch("/failing"));

  /** What is done when a cycle has timed out or failed. */
  @FunctionalInterface
  interface Step {
    void about(AsyncEvent event) throws IOException;
  }

  @SuppressWarnings("ImmutableEnumChecker") // none of them has a state
  private final Step step;

  Remedy(Step step) {
    this.step = step;
  }

  /** A cycle that times out soon, with a listener that knows this remedy. */
  AsyncContext start(HttpServletRequest request, HttpServletResponse response) {
    AsyncContext cycle = request.startAsync(request, response);
    cycle.setTimeout(SituationsListener.TIMEOUT_MILLIS);
    cycle.addListener(listener(step), request, response);
    return cycle;
  }

  /** A listener that does this when a cycle has timed out or failed; no class, for WildFly. */
  static AsyncListener listener(Step step) {
    return (AsyncListener)
        Proxy.newProxyInstance(
            AsyncListener.class.getClassLoader(),
            new Class<?>[] {AsyncListener.class},
            (proxy, method, arguments) -> {
              switch (method.getName()) {
                case "onTimeout", "onError" -> {
                  step.about((AsyncEvent) arguments[0]);
                  return null;
                }
                case "equals" -> {
                  return proxy == arguments[0];
                }
                case "hashCode" -> {
                  return System.identityHashCode(proxy);
                }
                default -> {
                  return null;
                }
              }
            });
  }
}
