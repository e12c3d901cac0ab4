package io.github.metricsfilter.internal.request;

import jakarta.servlet.ServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.lang.reflect.InvocationHandler;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Jetty 12.1 calls the completion listeners of its core request once, when the response has been
 * written or has failed; error pages and asynchronous cycles are over by then. The core response
 * keeps the status that was sent, whatever is set later. The requests of ee10 and ee11 lead to the
 * core request themselves, those of ee8 and ee9 by their channel. That channel is cleared by a
 * completion listener of Jetty's own, before which ours is called, as it was added after it.
 *
 * <p>The observation is kept in the cache of Jetty's channel, which applications don't see and
 * which one request has at a time: in a reference that stays there, so that a request need not
 * write to the cache, and that holds the observation for as long as its request lasts. The channel
 * of a connection that isn't persistent has no cache; there the reference is an attribute of the
 * connection, which has this one request.
 */
final class Jetty extends Container {

  private static final ContainerCall STORE = new ContainerCall(Object.class, Object.class);
  private static final ContainerCall GET =
      new ContainerCall(Object.class, Object.class, String.class);
  private static final ContainerCall SET =
      new ContainerCall(Object.class, Object.class, String.class, Object.class);
  private static final ContainerCall LISTEN =
      new ContainerCall(void.class, Object.class, Consumer.class);
  private static final ContainerCall WRAP =
      new ContainerCall(void.class, Object.class, Function.class);
  private static final ContainerCall STATUS = new ContainerCall(int.class, Object.class);
  private static final ContainerCall IS_SENT = new ContainerCall(boolean.class, Object.class);

  private static final MethodHandle STORE_OF_REQUEST = STORE.invoker();
  private static final MethodHandle GET_FROM_STORE = GET.invoker();
  private static final MethodHandle SET_IN_STORE = SET.invoker();
  private static final MethodHandle LISTEN_TO_REQUEST = LISTEN.invoker();
  private static final MethodHandle WRAP_STREAM_OF_REQUEST = WRAP.invoker();
  private static final MethodHandle STATUS_OF_RESPONSE = STATUS.invoker();
  private static final MethodHandle RESPONSE_IS_SENT = IS_SENT.invoker();

  private final String mark;
  private final Class<?> streamType;

  private Jetty(Class<?> facade, String mark, Class<?> streamType) {
    super(facade);
    this.mark = mark;
    this.streamType = streamType;
  }

  /**
   * Jetty, if this is a request of it.
   *
   * @param mark tells the observations of filters with other metrics apart
   * @throws ReflectiveOperationException or a RuntimeException if it is a Jetty in which this way
   *     isn't found
   */
  static @Nullable Container of(ServletRequest request, String mark)
      throws ReflectiveOperationException {
    Class<?> facade = facade(request, ".ServletApiRequest");
    if (facade != null) {
      MethodHandle info = ContainerCall.method(facade, "getServletRequestInfo", 0);
      return of(
          facade,
          ContainerCall.method(facade, "getRequest", 0),
          ContainerCall.then(ContainerCall.then(info, "getServletChannel", 0), "getResponse", 0),
          mark);
    }
    facade = facade(request, ".nested.Request");
    if (facade != null) {
      MethodHandle channel = ContainerCall.method(facade, "getHttpChannel", 0);
      return of(
          facade,
          ContainerCall.then(channel, "getCoreRequest", 0),
          ContainerCall.then(channel, "getCoreResponse", 0),
          mark);
    }
    return null;
  }

  private static @Nullable Class<?> facade(ServletRequest request, String end) {
    Class<?> found = Containers.superclass(request, end);
    return found != null && found.getName().startsWith("org.eclipse.jetty.") ? found : null;
  }

  /** Another class of Jetty's, whose name this application may not know. */
  private static Class<?> beside(Class<?> type, String name) throws ClassNotFoundException {
    return Class.forName(name, false, type.getClassLoader());
  }

  /**
   * @param core finds the core request of the servlet API's
   * @param response finds the core response by the servlet API's request, since an earlier filter
   *     may hand on a response of a class of its own
   */
  private static Container of(
      Class<?> facade, MethodHandle core, MethodHandle response, String mark)
      throws ReflectiveOperationException {
    MethodHandle cache =
        ContainerCall.then(ContainerCall.then(core, "getComponents", 0), "getCache", 0);
    Class<?> attributes = cache.type().returnType();
    MethodHandle isNone =
        MethodHandles.filterReturnValue(
            cache.asType(MethodType.methodType(Object.class, facade)),
            MethodHandles.insertArguments(
                MethodHandles.lookup()
                    .findStatic(
                        Jetty.class,
                        "isSame",
                        MethodType.methodType(boolean.class, Object.class, Object.class)),
                0,
                attributes.getField("NULL").get(null)));
    MethodHandle connection = ContainerCall.then(core, "getConnectionMetaData", 0);
    STORE.add(
        facade,
        MethodHandles.guardWithTest(
            isNone, connection.asType(MethodType.methodType(attributes, facade)), cache));
    GET.add(attributes, ContainerCall.method(attributes, "getAttribute", 1));
    SET.add(attributes, ContainerCall.method(attributes, "setAttribute", 2));
    Class<?> coreType = beside(core.type().returnType(), "org.eclipse.jetty.server.Request");
    LISTEN.add(
        facade,
        MethodHandles.filterArguments(
            ContainerCall.method(coreType, "addCompletionListener", 2),
            0,
            core.asType(MethodType.methodType(coreType, facade))));
    WRAP.add(
        facade,
        MethodHandles.filterArguments(
            ContainerCall.method(coreType, "addHttpStreamWrapper", 1),
            0,
            core.asType(MethodType.methodType(coreType, facade))));
    STATUS.add(facade, ContainerCall.then(response, "getStatus", 0));
    IS_SENT.add(facade, ContainerCall.then(response, "isCommitted", 0));
    return new Jetty(facade, mark, beside(coreType, "org.eclipse.jetty.server.HttpStream"));
  }

  /** Attributes that hold nothing are equal to those that can hold nothing. */
  @SuppressWarnings({"UnusedMethod", "ReferenceEquality"}) // found by its name
  private static boolean isSame(Object one, Object other) {
    return one == other;
  }

  /** Jetty's completion listener of one request. */
  private static final class Completion implements Consumer<Throwable> {

    private final Observation observation;
    private final AtomicReference<Object> underWay;

    Completion(Observation observation, AtomicReference<Object> underWay) {
      this.observation = observation;
      this.underWay = underWay;
    }

    @Override
    public void accept(@Nullable Throwable failure) {
      underWay.lazySet(null); // nothing of ours stays with an idle connection
      observation.over();
    }
  }

  /**
   * Jetty's stream of one request, seen by a proxy. The head of a response goes through its {@code
   * send}, interim ones before the final one.
   */
  private static final class SeenStream implements InvocationHandler {

    private final Object stream;
    private final Runnable sending;

    SeenStream(Object stream, Runnable sending) {
      this.stream = stream;
      this.sending = sending;
    }

    @Override
    public @Nullable Object invoke(Object proxy, Method method, Object @Nullable [] arguments)
        throws Throwable {
      if (arguments != null && arguments.length == 5 && arguments[1] != null) {
        sending.run();
      }
      try {
        return method.invoke(stream, arguments);
      } catch (InvocationTargetException e) {
        throw e.getCause();
      }
    }
  }

  @Override
  boolean tellsSending(Observation observation) {
    whenSending(observation, observation::sending);
    return true;
  }

  private void whenSending(Observation observation, Runnable told) {
    Function<Object, Object> seen =
        stream ->
            Proxy.newProxyInstance(
                streamType.getClassLoader(),
                new Class<?>[] {streamType},
                new SeenStream(stream, told));
    try {
      WRAP_STREAM_OF_REQUEST.invokeExact((Object) innermost(observation.request), seen);
    } catch (Throwable t) {
      throw ContainerCall.failed(t);
    }
  }

  /** What refers to the observation that is under way. Its class is the JDK's, as it stays. */
  @SuppressWarnings("unchecked")
  private AtomicReference<Object> underWay(Object request) throws Throwable {
    Object store = (Object) STORE_OF_REQUEST.invokeExact(request);
    Object known = (Object) GET_FROM_STORE.invokeExact(store, mark);
    if (known instanceof AtomicReference) {
      return (AtomicReference<Object>) known;
    }
    AtomicReference<Object> made = new AtomicReference<>();
    Object unused = (Object) SET_IN_STORE.invokeExact(store, mark, (Object) made);
    return made;
  }

  @Override
  boolean watch(Observation observation) {
    Object request = innermost(observation.request);
    try {
      AtomicReference<Object> underWay = underWay(request);
      if (underWay.get() != null) {
        return false;
      }
      Consumer<Throwable> completion = new Completion(observation, underWay);
      LISTEN_TO_REQUEST.invokeExact(request, completion);
      underWay.lazySet(observation);
      return true;
    } catch (Throwable t) {
      throw ContainerCall.failed(t);
    }
  }

  /**
   * An upgraded request is asynchronous for as long as its connection lives. Jetty sends the 101
   * after this, or an error instead.
   */
  @Override
  void suspended(Observation observation) {
    if (isUpgrade(observation)) {
      whenSending(observation, observation::over);
    }
  }

  /** If it was upgraded in a later dispatch, of whose end nobody is told. */
  @Override
  boolean hasForgotten(Observation observation) {
    try {
      return isUpgraded(observation);
    } catch (IllegalStateException e) { // its cycle ends in this moment
      return false;
    }
  }

  private boolean isUpgrade(Observation observation) {
    try {
      return status(observation) == HttpServletResponse.SC_SWITCHING_PROTOCOLS;
    } catch (IllegalStateException e) { // a chain in another thread, whose cycle is over already
      return false;
    }
  }

  @Override
  int status(Observation observation) {
    try {
      return (int) STATUS_OF_RESPONSE.invokeExact((Object) innermost(observation.request));
    } catch (Throwable t) {
      throw ContainerCall.failed(t);
    }
  }

  @Override
  int sentStatus(Observation observation) {
    try {
      return (boolean) RESPONSE_IS_SENT.invokeExact((Object) innermost(observation.request))
          ? status(observation)
          : 0;
    } catch (Throwable t) {
      throw ContainerCall.failed(t);
    }
  }
}
