package io.github.metricsfilter;

import static java.lang.System.Logger.Level.WARNING;

import jakarta.servlet.FilterConfig;
import jakarta.servlet.ServletContext;
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
   * Listens, where that is needed.
   *
   * @param observedAttribute the request attribute that holds the observation of an asynchronous
   *     request
   */
  static void listen(FilterConfig config, String observedAttribute) {
    ServletContext context = config.getServletContext();
    if (!StatusLabel.isJetty(context.getServerInfo())) {
      return;
    }
    try {
      context.addListener(new LastDispatch(observedAttribute));
    } catch (IllegalStateException | UnsupportedOperationException e) {
      LOG.log(
          WARNING,
          "{0} is initialised after the start of its application: an asynchronous dispatch whose"
              + " client goes away stays in flight until the filter is destroyed.",
          config.getFilterName());
    }
  }

  /** A dispatch begins: the first if the request isn't observed yet. */
  @Override
  public void requestInitialized(ServletRequestEvent event) {
    Object observed = event.getServletRequest().getAttribute(observedAttribute);
    if (observed instanceof RequestObservation) {
      ((RequestObservation) observed).dispatchBegun();
    }
  }

  @Override
  public void requestDestroyed(ServletRequestEvent event) {
    Object observed = event.getServletRequest().getAttribute(observedAttribute);
    if (observed instanceof RequestObservation) {
      ((RequestObservation) observed).dispatchEnded();
    }
  }
}
