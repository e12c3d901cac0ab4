package io.github.metricsfilter.internal.request;

import jakarta.servlet.AsyncContext;
import jakarta.servlet.AsyncEvent;
import jakarta.servlet.AsyncListener;

/**
 * Hears of the asynchronous cycles of one request. By a proxy, since WildFly makes a component of
 * each class in an application that implements {@link AsyncListener}, and warns at each deployment
 * of those that have no constructor without arguments.
 */
abstract class CycleListener extends ListenerProxy {

  private final AsyncListener listener = (AsyncListener) as(AsyncListener.class);

  final void listenTo(AsyncContext cycle) {
    cycle.addListener(listener);
  }

  /** {@code startAsync} has cleared the listeners: Servlet 6.0, section 2.3.3.3. */
  void onStartAsync(AsyncEvent event) {
    listenTo(event.getAsyncContext());
  }

  void onTimeout(AsyncEvent event) {}

  void onError(AsyncEvent event) {}

  void onComplete(AsyncEvent event) {}

  @Override
  final void notified(String method, Object[] arguments) {
    AsyncEvent event = (AsyncEvent) arguments[0];
    switch (method) {
      case "onStartAsync":
        onStartAsync(event);
        break;
      case "onTimeout":
        onTimeout(event);
        break;
      case "onError":
        onError(event);
        break;
      default:
        onComplete(event);
    }
  }
}
