package io.github.metricsfilter;

import jakarta.servlet.AsyncContext;
import jakarta.servlet.AsyncListener;
import jakarta.servlet.ServletContext;
import jakarta.servlet.ServletException;
import jakarta.servlet.ServletRequest;
import jakarta.servlet.ServletResponse;

/**
 * An asynchronous cycle of Jetty's that tells the request when the application completes it: Jetty
 * tells no listener if fewer bytes were written than announced, as when a client has gone in the
 * middle of a download.
 */
final class JettyCycle implements AsyncContext {

  private final AsyncContext cycle;
  private final RequestObservation observation;

  JettyCycle(AsyncContext cycle, RequestObservation observation) {
    this.cycle = cycle;
    this.observation = observation;
  }

  @Override
  public void complete() {
    observation.finishIfSent(); // before, since Jetty may use the request again at once
    cycle.complete();
  }

  @Override
  public ServletRequest getRequest() {
    return cycle.getRequest();
  }

  @Override
  public ServletResponse getResponse() {
    return cycle.getResponse();
  }

  @Override
  public boolean hasOriginalRequestAndResponse() {
    return cycle.hasOriginalRequestAndResponse();
  }

  @Override
  public void dispatch() {
    cycle.dispatch();
  }

  @Override
  public void dispatch(String path) {
    cycle.dispatch(path);
  }

  @Override
  public void dispatch(ServletContext context, String path) {
    cycle.dispatch(context, path);
  }

  @Override
  public void start(Runnable run) {
    cycle.start(run);
  }

  @Override
  public void addListener(AsyncListener listener) {
    cycle.addListener(listener);
  }

  @Override
  public void addListener(
      AsyncListener listener, ServletRequest request, ServletResponse response) {
    cycle.addListener(listener, request, response);
  }

  @Override
  public <T extends AsyncListener> T createListener(Class<T> type) throws ServletException {
    return cycle.createListener(type);
  }

  @Override
  public void setTimeout(long timeout) {
    cycle.setTimeout(timeout);
  }

  @Override
  public long getTimeout() {
    return cycle.getTimeout();
  }
}
