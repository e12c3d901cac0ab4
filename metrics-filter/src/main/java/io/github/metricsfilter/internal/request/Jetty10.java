package io.github.metricsfilter.internal.request;

import jakarta.servlet.ServletContext;
import jakarta.servlet.ServletRequest;
import jakarta.servlet.http.HttpServletRequest;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.reflect.Field;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/**
 * Jetty 10 and 11 tell the transient listeners of a request's channel once that the request is
 * complete, when the response has been written or has failed. What the channel has committed says
 * the status that was sent, whatever is set later.
 *
 * <p>The channel does so if its connector had a bean that passes it on, a class of Jetty's own,
 * when the connection was opened. That bean is added when the filter is initialised, and stays. A
 * request of a connection that was open before, as when an application is deployed in a server that
 * runs, is not watched here, but in the portable way.
 *
 * <p>The listener is where the observation is kept. Applications don't see it, and Jetty removes it
 * when it recycles the channel.
 */
final class Jetty10 extends Container {

  private static final ContainerCall CHANNEL = new ContainerCall(Object.class, Object.class);
  private static final ContainerCall NOTIFIED = new ContainerCall(Object.class, Object.class);
  private static final ContainerCall LISTENERS = new ContainerCall(List.class, Object.class);
  private static final ContainerCall COMMITTED = new ContainerCall(Object.class, Object.class);
  private static final ContainerCall STATUS = new ContainerCall(int.class, Object.class);

  private static final MethodHandle CHANNEL_OF_REQUEST = CHANNEL.invoker();
  private static final MethodHandle NOTIFIED_BY_CHANNEL = NOTIFIED.invoker();
  private static final MethodHandle LISTENERS_OF_CHANNEL = LISTENERS.invoker();
  private static final MethodHandle COMMITTED_BY_CHANNEL = COMMITTED.invoker();
  private static final MethodHandle STATUS_OF_COMMITTED = STATUS.invoker();

  private final String mark;
  private final Class<?> listenerType;

  /** What channels notify that has the bean in it. */
  private final Set<Object> passingOn = ConcurrentHashMap.newKeySet();

  private Jetty10(Class<?> facade, String mark, Class<?> listenerType) {
    super(facade);
    this.mark = mark;
    this.listenerType = listenerType;
  }

  /**
   * Jetty 10 or 11, if this is a request of it.
   *
   * @param mark tells the observations of filters with other metrics apart
   * @throws ReflectiveOperationException or a RuntimeException if it is one in which this way isn't
   *     found
   */
  static @Nullable Container of(ServletRequest request, String mark)
      throws ReflectiveOperationException {
    Class<?> facade = Containers.superclass(request, "org.eclipse.jetty.server.Request");
    if (facade == null) {
      return null;
    }
    MethodHandle getChannel = ContainerCall.method(facade, "getHttpChannel", 0);
    Class<?> channel = getChannel.type().returnType();
    Field notified = channel.getDeclaredField("_combinedListener");
    notified.setAccessible(true);
    MethodHandle committed = ContainerCall.method(channel, "getCommittedMetaData", 0);
    Class<?> metaData = committed.type().returnType();

    CHANNEL.add(facade, getChannel);
    NOTIFIED.add(channel, MethodHandles.lookup().unreflectGetter(notified));
    LISTENERS.add(channel, ContainerCall.method(channel, "getTransientListeners", 0));
    COMMITTED.add(channel, committed);
    STATUS.add(metaData, ContainerCall.method(metaData, "getStatus", 0));
    return new Jetty10(facade, mark, notified.getType());
  }

  /**
   * Prepares the connectors of the server that has this context, if it is a Jetty 10 or 11.
   *
   * @throws ReflectiveOperationException or a RuntimeException if it is one in which this way isn't
   *     found
   */
  static void prepare(ServletContext context) throws ReflectiveOperationException {
    Class<?> type =
        Containers.superclass(context, "org.eclipse.jetty.server.handler.ContextHandler$Context");
    if (type != null) {
      Object server = call(call(context, "getContextHandler"), "getServer");
      for (Object connector : (Object[]) call(server, "getConnectors")) {
        passOn(connector, type.getClassLoader());
      }
    }
  }

  /** Has the connections that are opened from now on notify transient listeners. */
  private static void passOn(Object connector, ClassLoader jetty)
      throws ReflectiveOperationException {
    Class<?> bean =
        Class.forName("org.eclipse.jetty.server.HttpChannel$TransientListeners", false, jetty);
    Method getBean = connector.getClass().getMethod("getBean", Class.class);
    synchronized (connector) {
      if (getBean.invoke(connector, bean) == null) {
        Method addBean = connector.getClass().getMethod("addBean", Object.class);
        addBean.invoke(connector, bean.getConstructor().newInstance());
      }
    }
  }

  private static Object call(Object target, String method) throws ReflectiveOperationException {
    return target.getClass().getMethod(method).invoke(target);
  }

  @Override
  boolean isOf(HttpServletRequest request) {
    return super.isOf(request) && tells(channel(request));
  }

  /** Whether the channel was made when its connector had the bean already. */
  private boolean tells(Object channel) {
    try {
      Object notified = (Object) NOTIFIED_BY_CHANNEL.invokeExact(channel);
      if (passingOn.contains(notified)) {
        return true;
      }
      Object connector = call(channel, "getConnector");
      passOn(connector, listenerType.getClassLoader());
      if (notified != call(connector, "getHttpChannelListeners")) {
        return false;
      }
      passingOn.add(notified);
      return true;
    } catch (ReflectiveOperationException e) { // a connector that isn't Jetty's own
      return false;
    } catch (Throwable t) {
      throw ContainerCall.failed(t);
    }
  }

  private static Object channel(HttpServletRequest request) {
    try {
      return (Object) CHANNEL_OF_REQUEST.invokeExact((Object) innermost(request));
    } catch (Throwable t) {
      throw ContainerCall.failed(t);
    }
  }

  /** Jetty's listener of one request. */
  static final class Completion extends ListenerProxy {

    private final Observation observation;
    private final String mark;
    private final AtomicBoolean told = new AtomicBoolean();

    /** Whether the chain has returned or failed. */
    private volatile boolean chainEnded;

    /** Whether Jetty has given the response up, and closed the connection or the stream. */
    private volatile boolean aborted;

    Completion(Observation observation, String mark) {
      this.observation = observation;
      this.mark = mark;
    }

    @Override
    void notified(String method, Object[] arguments) {
      if (method.equals("onComplete")) {
        over();
      } else if (method.equals("onResponseBegin")) {
        if (observation.isWatchedForSending()) {
          observation.sending();
        }
      } else if (method.equals("onResponseFailure")) {
        aborted = true;
        if (chainEnded) {
          over();
        }
      }
    }

    /** Jetty doesn't complete each request that it has aborted, and may abort it meanwhile. */
    void chainEnded() {
      chainEnded = true;
      if (aborted) {
        over();
      }
    }

    /** Jetty may abort a request in another thread than that which completes it. */
    void over() {
      if (told.compareAndSet(false, true)) {
        observation.over();
      }
    }
  }

  @Override
  boolean watch(Observation observation) {
    List<Object> listeners = listeners(observation);
    if (ours(listeners) != null) {
      return false;
    }
    listeners.add(new Completion(observation, mark).as(listenerType));
    return true;
  }

  @Override
  boolean tellsSending(Observation observation) {
    return true;
  }

  @SuppressWarnings("unchecked")
  private static List<Object> listeners(Observation observation) {
    Object channel = channel(observation.request);
    try {
      return (List<Object>) (List<?>) LISTENERS_OF_CHANNEL.invokeExact(channel);
    } catch (Throwable t) {
      throw ContainerCall.failed(t);
    }
  }

  private @Nullable Completion ours(List<Object> listeners) {
    for (Object listener : listeners) {
      if (Proxy.isProxyClass(listener.getClass())) {
        Object handler = Proxy.getInvocationHandler(listener);
        if (handler instanceof Completion && ((Completion) handler).mark.equals(mark)) {
          return (Completion) handler;
        }
      }
    }
    return null;
  }

  @Override
  void chainEnded(Observation observation) {
    Completion completion = ours(listeners(observation));
    if (completion != null) {
      completion.chainEnded();
    }
  }

  /** An upgraded request is asynchronous for as long as its connection lives. */
  @Override
  void suspended(Observation observation) {
    Completion completion = ours(listeners(observation));
    if (completion != null) {
      completion.chainEnded();
      if (isUpgraded(observation)) {
        completion.over();
      }
    }
  }

  /** If it was upgraded in a later dispatch, of whose end nobody is told. */
  @Override
  boolean hasForgotten(Observation observation) {
    return isUpgraded(observation);
  }

  /** Nothing is committed if Jetty has closed the connection without an answer. */
  @Override
  int status(Observation observation) {
    int sent = sentStatus(observation);
    return sent == 0 ? observation.response.getStatus() : sent;
  }

  @Override
  int sentStatus(Observation observation) {
    try {
      Object committed = (Object) COMMITTED_BY_CHANNEL.invokeExact(channel(observation.request));
      return committed == null ? 0 : (int) STATUS_OF_COMMITTED.invokeExact(committed);
    } catch (Throwable t) {
      throw ContainerCall.failed(t);
    }
  }
}
