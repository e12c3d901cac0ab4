package io.github.metricsfilter;

import static java.lang.System.Logger.Level.WARNING;

import jakarta.servlet.FilterConfig;
import jakarta.servlet.ServletRequest;
import jakarta.servlet.ServletRequestEvent;
import jakarta.servlet.ServletRequestListener;

/**
 * Tells an asynchronous request that its last dispatch is over, where nothing else would: Jetty
 * ends a dispatch that fails once the response is under way, as when the client has gone, without a
 * word to any {@link jakarta.servlet.AsyncListener}. The other containers complete such a cycle.
 *
 * <p>It costs a request two looks for an attribute, and Jetty two small events.
 */
final class LastDispatch implements ServletRequestListener {

  private static final System.Logger LOG = System.getLogger(LastDispatch.class.getName());

  private final String observedAttribute;

  private LastDispatch(String observedAttribute) {
    this.observedAttribute = observedAttribute;
  }

  /**
   * Listens, unless the application has started already, as Spring Boot's has on Jetty.
   *
   * @param observedAttribute the request attribute that holds the observation of an asynchronous
   *     request
   * @return whether it listens; if not, the filter has to be mapped to ASYNC to see dispatches
   */
  static boolean listen(FilterConfig config, String observedAttribute) {
    try {
      config.getServletContext().addListener(new LastDispatch(observedAttribute));
      return true;
    } catch (IllegalStateException | UnsupportedOperationException e) {
      LOG.log(
          WARNING,
          "{0} is initialised after the start of its application. Map it to the dispatcher type"
              + " ASYNC, too: else a request whose client goes away in an asynchronous dispatch stays"
              + " in flight until the filter is destroyed.",
          config.getFilterName());
      return false;
    }
  }

  @Override
  public void requestInitialized(ServletRequestEvent event) {
    begun(event.getServletRequest(), observedAttribute);
  }

  @Override
  public void requestDestroyed(ServletRequestEvent event) {
    ended(event.getServletRequest(), observedAttribute);
  }

  /** A dispatch begins: the first if the request isn't observed yet. */
  static void begun(ServletRequest request, String observedAttribute) {
    Object observed = request.getAttribute(observedAttribute);
    if (observed instanceof RequestObservation) {
      ((RequestObservation) observed).dispatchBegun();
    }
  }

  static void ended(ServletRequest request, String observedAttribute) {
    Object observed = request.getAttribute(observedAttribute);
    if (observed instanceof RequestObservation) {
      ((RequestObservation) observed).dispatchEnded();
    }
  }
}
