package io.github.metricsfilter.internal.request;

import io.github.metricsfilter.internal.series.PathLabels;
import jakarta.servlet.AsyncEvent;
import jakarta.servlet.ServletContext;
import jakarta.servlet.ServletException;
import jakarta.servlet.ServletRequest;
import jakarta.servlet.UnavailableException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.reflect.Field;
import org.jspecify.annotations.Nullable;

/**
 * Open Liberty has no single place that tells. A synchronous request is over when Liberty tells a
 * {@link jakarta.servlet.ServletRequestListener} so, an error page included, an asynchronous one
 * when it has told an {@link jakarta.servlet.AsyncListener}; the status is then what the client
 * gets. It tells neither of what leaves the chain by way of its own {@code ErrorReport}, an {@link
 * IOException}, an {@link Error} or an {@link UnavailableException}, nor of a response that breaks
 * off: the end of the chain has to do there.
 *
 * <p>The observation is a private attribute of Liberty's request, which applications don't see.
 */
final class Liberty extends Container {

  private static final ContainerCall GET =
      new ContainerCall(Object.class, Object.class, String.class);
  private static final ContainerCall SET =
      new ContainerCall(void.class, Object.class, String.class, Object.class);

  private static final ContainerCall STATUS = new ContainerCall(int.class, Object.class);
  private static final ContainerCall STATE = new ContainerCall(Object.class, Object.class);

  private static final MethodHandle STATUS_TO_SEND = STATUS.invoker();
  private static final MethodHandle FAILED_WITHIN = STATE.invoker();
  private static final MethodHandle PRIVATE_ATTRIBUTE = GET.invoker();
  private static final MethodHandle SET_PRIVATE_ATTRIBUTE = SET.invoker();

  private final String mark;

  private Liberty(Class<?> requestType, String mark) {
    super(requestType);
    this.mark = mark;
  }

  /**
   * Whether an application runs in Liberty, which takes a listener only while it is starting: long
   * before a request could show its class.
   */
  static boolean is(ServletContext context) {
    return context.getClass().getName().startsWith("com.ibm.ws");
  }

  /**
   * Liberty, if this is a request of it.
   *
   * @param mark tells the observations of filters with other metrics apart
   * @param listens whether it has taken a listener
   * @throws ReflectiveOperationException or a RuntimeException if it is a Liberty in which this way
   *     isn't found
   */
  static @Nullable Container of(ServletRequest request, String mark, boolean listens)
      throws ReflectiveOperationException {
    Class<?> type = Containers.superclass(request, "com.ibm.ws.webcontainer.srt.SRTServletRequest");
    if (type == null) {
      return null;
    }
    if (!listens) {
      throw new IllegalStateException("no listener could be added");
    }
    GET.add(type, ContainerCall.method(type, "getPrivateAttribute", 1));
    SET.add(type, ContainerCall.method(type, "setPrivateAttribute", 2));
    STATE.add(type, failedWithin(type));
    Object response = type.getMethod("getResponse").invoke(request);
    STATUS.add(response.getClass(), statusToSend(response));
    return new Liberty(type, mark);
  }

  /**
   * Of a request that its thread works on: whether a forward or include has failed. Liberty then
   * waits for the exception to leave the chain before it tells anybody of the end, and if the
   * application catches it, never does.
   */
  private static MethodHandle failedWithin(Class<?> type) throws ReflectiveOperationException {
    Class<?> state =
        Class.forName(
            "com.ibm.wsspi.webcontainer.WebContainerRequestState", false, type.getClassLoader());
    MethodHandle ofThread =
        MethodHandles.insertArguments(ContainerCall.method(state, "getInstance", 1), 0, true);
    MethodHandle attribute =
        MethodHandles.insertArguments(
            ContainerCall.method(state, "getAttribute", 1), 1, "invokeFiltersException");
    return MethodHandles.dropArguments(
        MethodHandles.foldArguments(attribute, ofThread), 0, Object.class);
  }

  /** The status of the response behind Liberty's, whose own is stale after {@code reset()}. */
  private static MethodHandle statusToSend(Object response) throws ReflectiveOperationException {
    MethodHandle inner = ContainerCall.method(response.getClass(), "getIResponse", 0);
    Object behind = response.getClass().getMethod("getIResponse").invoke(response);
    Class<?> type = Containers.superclass(behind, ".IResponseImpl");
    if (type == null) {
      throw new NoSuchFieldException("response of " + behind.getClass());
    }
    Field field = type.getDeclaredField("response");
    field.setAccessible(true);
    MethodHandle http =
        MethodHandles.filterReturnValue(
            inner.asType(inner.type().changeReturnType(type)),
            MethodHandles.lookup().unreflectGetter(field));
    return ContainerCall.then(http, "getStatus", 0);
  }

  @Override
  boolean watch(Observation observation) {
    Object request = innermost(observation.request);
    if (observation(request) != null) {
      return false;
    }
    try {
      SET_PRIVATE_ATTRIBUTE.invokeExact(request, mark, (Object) observation);
    } catch (Throwable t) {
      throw ContainerCall.failed(t);
    }
    return true;
  }

  private @Nullable Observation observation(Object request) {
    try {
      Object found = (Object) PRIVATE_ATTRIBUTE.invokeExact(request, mark);
      return found instanceof Observation ? (Observation) found : null;
    } catch (Throwable t) {
      throw ContainerCall.failed(t);
    }
  }

  @Override
  @Nullable Observation find(HttpServletRequest request) {
    return isOf(request) ? observation(innermost(request)) : null;
  }

  /** Of each dispatch, forwards within the chain and asynchronous ones included. */
  @Override
  void dispatchDestroyed(Observation observation) {
    if (!observation.isInChain() && !observation.isSuspended()) {
      if (observation.request.isAsyncStarted()) { // by an error page
        observation.suspend();
        suspended(observation);
      } else {
        observation.over();
      }
    }
  }

  @Override
  void chainEnded(Observation observation) {
    Throwable failure = observation.failure();
    if (observation.response.isCommitted() || (failure == null && hasFailedWithin(observation))) {
      observation.over();
    } else if (failure != null && isUntold(failure)) {
      observation.over(statusOf(failure));
    }
  }

  private static boolean hasFailedWithin(Observation observation) {
    try {
      return (Object) FAILED_WITHIN.invokeExact((Object) innermost(observation.request)) != null;
    } catch (Throwable t) {
      throw ContainerCall.failed(t);
    }
  }

  private static boolean isUntold(Throwable failure) {
    return failure instanceof IOException
        || failure instanceof Error
        || failure instanceof UnavailableException
        || isReport(failure);
  }

  private static boolean isReport(Throwable failure) {
    return failure instanceof ServletException
        && failure.getClass().getName().endsWith("ErrorReport");
  }

  /** What Liberty makes of an exception. */
  static int statusOf(Throwable failure) {
    if (isReport(failure)) {
      int code = codeOf(failure);
      return code == 0 ? HttpServletResponse.SC_INTERNAL_SERVER_ERROR : code;
    }
    if (failure instanceof FileNotFoundException
        || failure.getCause() instanceof FileNotFoundException) {
      return HttpServletResponse.SC_NOT_FOUND;
    }
    if (failure instanceof UnavailableException) {
      return ((UnavailableException) failure).isPermanent()
          ? HttpServletResponse.SC_NOT_FOUND
          : HttpServletResponse.SC_SERVICE_UNAVAILABLE;
    }
    return HttpServletResponse.SC_INTERNAL_SERVER_ERROR;
  }

  private static int codeOf(Throwable report) {
    try {
      return (Integer) report.getClass().getMethod("getErrorCode").invoke(report);
    } catch (ReflectiveOperationException e) {
      throw new IllegalStateException(e);
    }
  }

  @Override
  void suspended(Observation observation) {
    noteCommitted(observation);
    try {
      new AsyncEnd(observation).listenTo(observation.request.getAsyncContext());
    } catch (IllegalStateException e) { // the cycle is over already
      observation.over();
    }
  }

  /** Behind an asynchronous response there may be the next one of the connection already. */
  @Override
  int status(Observation observation) {
    if (observation.isSuspended()) {
      return observation.response.getStatus();
    }
    try {
      return (int) STATUS_TO_SEND.invokeExact((Object) innermost(observation.response));
    } catch (Throwable t) {
      throw ContainerCall.failed(t);
    }
  }

  /** The listener of each cycle of a request. */
  private static final class AsyncEnd extends CycleListener {

    private final Observation observation;

    AsyncEnd(Observation observation) {
      this.observation = observation;
    }

    @Override
    void onTimeout(AsyncEvent event) {
      noteCommitted(observation);
    }

    @Override
    void onError(AsyncEvent event) {
      noteCommitted(observation);
      Throwable failure = event.getThrowable();
      if (failure != null) {
        observation.failed(failure);
      }
    }

    @Override
    void onComplete(AsyncEvent event) {
      if (!canBeAsked(observation.request)) {
        observation.leaveRequest();
      }
      observation.over();
    }

    /** In some threads that complete a cycle, Liberty's request no longer has what it needs. */
    private static boolean canBeAsked(HttpServletRequest request) {
      try {
        request.getAttribute(PathLabels.ROUTE_ATTRIBUTE);
        return true;
      } catch (RuntimeException e) { // a NullPointerException of Liberty's
        return false;
      }
    }
  }
}
