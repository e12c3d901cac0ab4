package io.github.metricsfilter.internal.request;

import jakarta.servlet.ServletRequest;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.reflect.Field;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Grizzly, on which Payara and GlassFish run their descendants of Catalina, calls the after-service
 * listeners of its request once, when the response is written or the connection is gone: of
 * asynchronous requests, too, and when no listener of the Servlet API is called. Its response keeps
 * the status that was sent.
 *
 * <p>Catalina is itself such a listener, which finishes the response and recycles the request. Ours
 * is put before it, while the request can still be asked.
 *
 * <p>The observation is a note of Catalina's request, which applications don't see. It isn't
 * cleared with the request, so it is removed at the end.
 */
final class Grizzly extends Container {

  private static final ContainerCall CATALINA = new ContainerCall(Object.class, Object.class);
  private static final ContainerCall NOTE_OF =
      new ContainerCall(Object.class, Object.class, String.class);
  private static final ContainerCall SET_NOTE =
      new ContainerCall(void.class, Object.class, String.class, Object.class);
  private static final ContainerCall REMOVE_NOTE =
      new ContainerCall(void.class, Object.class, String.class);
  private static final ContainerCall LISTENERS = new ContainerCall(List.class, Object.class);
  private static final ContainerCall STATUS = new ContainerCall(int.class, Object.class);
  private static final ContainerCall IS_SENT = new ContainerCall(boolean.class, Object.class);

  private static final MethodHandle CATALINA_REQUEST = CATALINA.invoker();
  private static final MethodHandle NOTE_OF_REQUEST = NOTE_OF.invoker();
  private static final MethodHandle SET_NOTE_OF_REQUEST = SET_NOTE.invoker();
  private static final MethodHandle REMOVE_NOTE_OF_REQUEST = REMOVE_NOTE.invoker();
  private static final MethodHandle LISTENERS_OF_REQUEST = LISTENERS.invoker();
  private static final MethodHandle STATUS_OF_RESPONSE = STATUS.invoker();
  private static final MethodHandle RESPONSE_IS_SENT = IS_SENT.invoker();

  private static final String FACADE = "org.apache.catalina.connector.RequestFacade";

  /** Asked of each class only once. */
  private static final ClassValue<Boolean> IS_FACADE =
      new ClassValue<>() {
        @Override
        protected Boolean computeValue(Class<?> type) {
          return has(type, "getUnwrappedCoyoteRequest");
        }
      };

  private final String note;
  private final Class<?> listenerType;

  private Grizzly(Class<?> facade, String note, Class<?> listenerType) {
    super(facade);
    this.note = note;
    this.listenerType = listenerType;
  }

  /**
   * Grizzly, if this is a request of it.
   *
   * @param note tells the observations of filters with other metrics apart
   * @throws ReflectiveOperationException or a RuntimeException if it is a Grizzly in which this way
   *     isn't found
   */
  static @Nullable Container of(ServletRequest request, String note)
      throws ReflectiveOperationException {
    Class<?> facade = Containers.superclass(request, FACADE);
    if (facade == null || !is(request)) {
      return null;
    }
    MethodHandle catalina = ContainerCall.method(facade, "getUnwrappedCoyoteRequest", 0);
    Class<?> catalinaType = catalina.type().returnType();
    MethodHandle grizzly =
        ContainerCall.method(
            catalinaType, // GlassFish's name, and Payara's
            has(catalinaType, "getGrizzlyRequest") ? "getGrizzlyRequest" : "getCoyoteRequest",
            0);
    Class<?> grizzlyType = grizzly.type().returnType();
    Class<?> listenerType =
        ContainerCall.method(grizzlyType, "addAfterServiceListener", 1).type().parameterType(1);
    Field listeners = grizzlyType.getDeclaredField("afterServicesList");
    listeners.setAccessible(true);
    MethodHandle response = ContainerCall.then(grizzly, "getResponse", 0);

    CATALINA.add(facade, catalina);
    NOTE_OF.add(catalinaType, ContainerCall.method(catalinaType, "getNote", 1));
    SET_NOTE.add(catalinaType, ContainerCall.method(catalinaType, "setNote", 2));
    REMOVE_NOTE.add(catalinaType, ContainerCall.method(catalinaType, "removeNote", 1));
    LISTENERS.add(
        catalinaType,
        MethodHandles.filterReturnValue(
            grizzly, MethodHandles.lookup().unreflectGetter(listeners)));
    STATUS.add(catalinaType, ContainerCall.then(response, "getStatus", 0));
    IS_SENT.add(catalinaType, ContainerCall.then(response, "isCommitted", 0));
    return new Grizzly(facade, note, listenerType);
  }

  /** Whether this is a request of Catalina as it is here; Tomcat's class has the same name. */
  static boolean is(ServletRequest request) {
    return IS_FACADE.get(request.getClass());
  }

  private static boolean has(Class<?> type, String method) {
    try {
      return type.getMethod(method) != null;
    } catch (NoSuchMethodException e) {
      return false;
    }
  }

  /** Grizzly's after-service listener of one request. */
  private final class AfterService extends ListenerProxy {

    private final Observation observation;
    private final Object request;

    AfterService(Observation observation, Object request) {
      this.observation = observation;
      this.request = request;
    }

    @Override
    void notified(String method, Object[] arguments) throws Throwable {
      REMOVE_NOTE_OF_REQUEST.invokeExact(request, note);
      observation.over();
    }
  }

  @Override
  @SuppressWarnings("unchecked")
  boolean watch(Observation observation) {
    try {
      Object request = request(observation);
      if ((Object) NOTE_OF_REQUEST.invokeExact(request, note) != null) {
        return false;
      }
      ((List<Object>) (List<?>) LISTENERS_OF_REQUEST.invokeExact(request))
          .add(0, new AfterService(observation, request).as(listenerType));
      SET_NOTE_OF_REQUEST.invokeExact(request, note, (Object) observation);
      return true;
    } catch (Throwable t) {
      throw ContainerCall.failed(t);
    }
  }

  @Override
  int status(Observation observation) {
    try {
      return (int) STATUS_OF_RESPONSE.invokeExact(request(observation));
    } catch (Throwable t) {
      throw ContainerCall.failed(t);
    }
  }

  /**
   * Another thread may end the request meanwhile, and has recycled it then. It has told of the end
   * before that, so that nothing is missed.
   */
  @Override
  int sentStatus(Observation observation) {
    try {
      return (boolean) RESPONSE_IS_SENT.invokeExact(request(observation)) ? status(observation) : 0;
    } catch (IllegalStateException | NullPointerException e) { // Grizzly's, and for want of it
      return 0;
    } catch (Throwable t) {
      throw ContainerCall.failed(t);
    }
  }

  /** Catalina's request, behind the facade that applications see. */
  private static Object request(Observation observation) throws Throwable {
    return (Object) CATALINA_REQUEST.invokeExact((Object) innermost(observation.request));
  }
}
