package io.github.metricsfilter.internal.request;

import jakarta.servlet.ServletRequest;
import java.lang.invoke.MethodHandle;
import java.util.Collections;
import java.util.Map;
import java.util.WeakHashMap;
import org.jspecify.annotations.Nullable;

/**
 * Undertow, and WildFly with it, calls the completion listeners of its exchange once, when request
 * and response are terminated, whether they were read and written or the connection is gone. The
 * exchange has the status that was sent.
 *
 * <p>The observation is an attachment of the exchange, which applications don't see. One listener,
 * a proxy, since its type may be hidden from the application, serves all requests.
 */
final class Undertow extends Container {

  private static final ContainerCall EXCHANGE = new ContainerCall(Object.class, Object.class);
  private static final ContainerCall GET =
      new ContainerCall(Object.class, Object.class, Object.class);
  private static final ContainerCall PUT =
      new ContainerCall(Object.class, Object.class, Object.class, Object.class);
  private static final ContainerCall LISTEN =
      new ContainerCall(void.class, Object.class, Object.class);
  private static final ContainerCall LISTEN_TO_COMMIT =
      new ContainerCall(void.class, Object.class, Object.class);
  private static final ContainerCall STATUS = new ContainerCall(int.class, Object.class);
  private static final ContainerCall PROCEED = new ContainerCall(void.class, Object.class);
  private static final ContainerCall IS_COMPLETE = new ContainerCall(boolean.class, Object.class);
  private static final ContainerCall IS_SENT = new ContainerCall(boolean.class, Object.class);

  private static final MethodHandle EXCHANGE_OF_REQUEST = EXCHANGE.invoker();
  private static final MethodHandle GET_ATTACHMENT = GET.invoker();
  private static final MethodHandle PUT_ATTACHMENT = PUT.invoker();
  private static final MethodHandle LISTEN_TO_EXCHANGE = LISTEN.invoker();
  private static final MethodHandle LISTEN_TO_COMMIT_OF_EXCHANGE = LISTEN_TO_COMMIT.invoker();
  private static final MethodHandle STATUS_OF_EXCHANGE = STATUS.invoker();
  private static final MethodHandle PROCEED_WITH_NEXT = PROCEED.invoker();
  private static final MethodHandle EXCHANGE_IS_COMPLETE = IS_COMPLETE.invoker();
  private static final MethodHandle RESPONSE_IS_SENT = IS_SENT.invoker();

  /** By the mark of their metrics, so that filters that share metrics share a key. */
  private static final Map<String, Object> KEYS = Collections.synchronizedMap(new WeakHashMap<>());

  private final Object key;
  private final Object listener;
  private final Object commitListener;

  private Undertow(
      Class<?> facade, Object key, Class<?> listenerType, Class<?> commitListenerType) {
    super(facade);
    this.key = key;
    this.listener = new Completion().as(listenerType);
    this.commitListener = new Commit().as(commitListenerType);
  }

  /**
   * Undertow, if this is a request of it.
   *
   * @param mark tells the observations of filters with other metrics apart
   * @throws ReflectiveOperationException or a RuntimeException if it is an Undertow in which this
   *     way isn't found
   */
  static @Nullable Container of(ServletRequest request, String mark)
      throws ReflectiveOperationException {
    Class<?> facade =
        Containers.superclass(request, "io.undertow.servlet.spec.HttpServletRequestImpl");
    if (facade == null) {
      return null;
    }
    MethodHandle getExchange = ContainerCall.method(facade, "getExchange", 0);
    Class<?> exchange = getExchange.type().returnType();
    MethodHandle listen = ContainerCall.method(exchange, "addExchangeCompleteListener", 1);
    Class<?> listener = listen.type().parameterType(1);
    MethodHandle listenToCommit = ContainerCall.method(exchange, "addResponseCommitListener", 1);
    MethodHandle get = ContainerCall.method(exchange, "getAttachment", 1);
    Class<?> attachmentKey = get.type().parameterType(1);
    Class<?> next = listener.getMethods()[0].getParameterTypes()[1];

    EXCHANGE.add(facade, getExchange);
    GET.add(exchange, get);
    PUT.add(exchange, ContainerCall.method(exchange, "putAttachment", 2));
    LISTEN.add(exchange, listen);
    LISTEN_TO_COMMIT.add(exchange, listenToCommit);
    STATUS.add(exchange, ContainerCall.method(exchange, "getStatusCode", 0));
    IS_COMPLETE.add(exchange, ContainerCall.method(exchange, "isComplete", 0));
    IS_SENT.add(exchange, ContainerCall.method(exchange, "isResponseStarted", 0));
    PROCEED.add(next, ContainerCall.method(next, "proceed", 0));
    Object key = attachmentKey.getMethod("create", Class.class).invoke(null, Object.class);
    Object present = KEYS.putIfAbsent(mark, key);
    return new Undertow(
        facade, present == null ? key : present, listener, listenToCommit.type().parameterType(1));
  }

  /** The exchange's completion listener. */
  private final class Completion extends ListenerProxy {

    @Override
    void notified(String method, Object[] arguments) throws Throwable {
      Object exchange = arguments[0];
      try {
        ((Observation) (Object) GET_ATTACHMENT.invokeExact(exchange, key)).over();
      } finally {
        PROCEED_WITH_NEXT.invokeExact(arguments[1]); // else the connection is never used again
      }
    }
  }

  /** Called when the channel of the response is first asked for, which is to write to it. */
  private final class Commit extends ListenerProxy {

    @Override
    void notified(String method, Object[] arguments) throws Throwable {
      ((Observation) (Object) GET_ATTACHMENT.invokeExact(arguments[0], key)).sending();
    }
  }

  @Override
  boolean tellsSending(Observation observation) {
    try {
      LISTEN_TO_COMMIT_OF_EXCHANGE.invokeExact(exchange(observation), commitListener);
      return true;
    } catch (Throwable t) {
      throw ContainerCall.failed(t);
    }
  }

  @Override
  boolean watch(Observation observation) {
    try {
      Object exchange = exchange(observation);
      Object before = (Object) PUT_ATTACHMENT.invokeExact(exchange, key, (Object) observation);
      if (before != null) {
        Object unused = (Object) PUT_ATTACHMENT.invokeExact(exchange, key, before);
        return false;
      }
      if ((boolean) EXCHANGE_IS_COMPLETE.invokeExact(exchange)) {
        observation.over(); // before the chain: a filter before this one has answered
      } else {
        LISTEN_TO_EXCHANGE.invokeExact(exchange, listener);
      }
      return true;
    } catch (Throwable t) {
      throw ContainerCall.failed(t);
    }
  }

  @Override
  int status(Observation observation) {
    try {
      return (int) STATUS_OF_EXCHANGE.invokeExact(exchange(observation));
    } catch (Throwable t) {
      throw ContainerCall.failed(t);
    }
  }

  @Override
  int sentStatus(Observation observation) {
    try {
      return (boolean) RESPONSE_IS_SENT.invokeExact(exchange(observation))
          ? status(observation)
          : 0;
    } catch (Throwable t) {
      throw ContainerCall.failed(t);
    }
  }

  private static Object exchange(Observation observation) throws Throwable {
    return (Object) EXCHANGE_OF_REQUEST.invokeExact((Object) innermost(observation.request));
  }
}
