package io.github.metricsfilter.internal.request;

import static java.lang.System.Logger.Level.DEBUG;
import static java.util.concurrent.TimeUnit.MILLISECONDS;

import jakarta.servlet.AsyncEvent;
import jakarta.servlet.DispatcherType;
import jakarta.servlet.FilterRegistration;
import jakarta.servlet.ReadListener;
import jakarta.servlet.RequestDispatcher;
import jakarta.servlet.ServletException;
import jakarta.servlet.ServletRequest;
import jakarta.servlet.ServletRequestEvent;
import jakarta.servlet.ServletRequestListener;
import jakarta.servlet.WriteListener;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.lang.reflect.Array;
import java.lang.reflect.Field;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/**
 * Tomcat tells each {@link ServletRequestListener} once that a request is over: a synchronous one
 * after its error page, an asynchronous one when its last cycle has completed. {@code getStatus()}
 * is then what the client gets, with one exception: once the response is under way, a failure of
 * the asynchronous processing changes what the response says (to 500) but no longer what was sent.
 * So the status is noted before that can happen, whenever Tomcat is known to have sent it.
 *
 * <p>The observation is a note of Tomcat's own request. Applications don't see notes, attribute
 * listeners don't hear of them, and Tomcat clears them when it recycles the request.
 *
 * <p>It doesn't tell of a request that is under way when its application is stopped, nor if an
 * {@link Error} leaves the chain that it doesn't catch; the end of the chain has to do there, or
 * the access log if the application begins to stop just after it. Of what leaves a {@link
 * ReadListener} it may tell nobody, and of what leaves a {@link WriteListener} only when it has
 * changed the response; so these are called through listeners of ours.
 */
final class Tomcat extends Container {

  private static final ContainerCall NOTE_OF =
      new ContainerCall(Object.class, Object.class, String.class);
  private static final ContainerCall SET_NOTE =
      new ContainerCall(void.class, Object.class, String.class, Object.class);
  private static final ContainerCall STATUS = new ContainerCall(int.class, Object.class);
  private static final ContainerCall IS_SENT = new ContainerCall(boolean.class, Object.class);
  private static final ContainerCall IS_ERROR = new ContainerCall(boolean.class, Object.class);
  private static final ContainerCall READER = new ContainerCall(Object.class, Object.class);
  private static final ContainerCall WRITER = new ContainerCall(Object.class, Object.class);
  private static final ContainerCall COMMIT_NANOS = new ContainerCall(long.class, Object.class);
  private static final ContainerCall IS_AVAILABLE = new ContainerCall(boolean.class, Object.class);
  private static final ContainerCall INNER = new ContainerCall(Object.class, Object.class);

  private static final MethodHandle NOTE_OF_REQUEST = NOTE_OF.invoker();
  private static final MethodHandle SET_NOTE_OF_REQUEST = SET_NOTE.invoker();
  private static final MethodHandle STATUS_OF_RESPONSE = STATUS.invoker();
  private static final MethodHandle RESPONSE_IS_SENT = IS_SENT.invoker();
  private static final MethodHandle RESPONSE_IS_ERROR = IS_ERROR.invoker();
  private static final MethodHandle READ_LISTENER = READER.invoker();
  private static final MethodHandle WRITE_LISTENER = WRITER.invoker();
  private static final MethodHandle RESPONSE_COMMIT_NANOS = COMMIT_NANOS.invoker();
  private static final MethodHandle CONTEXT_IS_AVAILABLE = IS_AVAILABLE.invoker();
  private static final MethodHandle INNER_REQUEST = INNER.invoker();

  /** By which Tomcat keeps an error page for all that have no page of their own. */
  private static final int ANY_STATUS = 0;

  private final String note;

  /** The note that an error page will run after Tomcat has said that the request is over. */
  private final String pageNote;

  /**
   * The note of a dispatch whose answer Tomcat looks at once more: it follows a cycle that had
   * failed, or has an exception as an attribute.
   */
  private final String remedyNote;

  /** Whether each error page and asynchronous dispatch comes through the filter. */
  private final boolean seesAll;

  private Tomcat(Class<?> facade, String note, boolean seesAll) {
    super(facade);
    this.note = note;
    this.pageNote = note + ".page";
    this.remedyNote = note + ".remedy";
    this.seesAll = seesAll;
  }

  /**
   * Tomcat, if this is a request of it.
   *
   * @param note tells the observations of filters with other metrics apart
   * @param registration that of the filter, if the container knows it
   * @throws ReflectiveOperationException or a RuntimeException if it is a Tomcat in which this way
   *     isn't found
   */
  static @Nullable Container of(
      ServletRequest request, String note, @Nullable FilterRegistration registration)
      throws ReflectiveOperationException {
    Class<?> facade = Containers.superclass(request, "org.apache.catalina.connector.RequestFacade");
    if (facade == null) {
      return null;
    }
    Field field = field(facade, "request");
    MethodHandle inner = MethodHandles.lookup().unreflectGetter(field);
    MethodHandle response = ContainerCall.then(inner, "getResponse", 0);
    MethodHandle context = ContainerCall.then(inner, "getContext", 0);

    NOTE_OF.add(facade, ContainerCall.then(inner, "getNote", 1));
    SET_NOTE.add(facade, ContainerCall.then(inner, "setNote", 2));
    STATUS.add(facade, ContainerCall.then(response, "getStatus", 0));
    IS_SENT.add(facade, ContainerCall.then(response, "isCommitted", 0));
    IS_ERROR.add(facade, ContainerCall.then(response, "isError", 0));
    READER.add(facade, listener(inner, "getCoyoteRequest", "getReadListener"));
    WRITER.add(facade, listener(response, "getCoyoteResponse", "getWriteListener"));
    COMMIT_NANOS.add(facade, commitNanos(response));
    IS_AVAILABLE.add(
        facade, ContainerCall.then(ContainerCall.then(context, "getState", 0), "isAvailable", 0));
    INNER.add(facade, inner);

    Tomcat tomcat = new Tomcat(facade, note, seesAll(request, registration));
    tomcat.listen(field.get(request));
    return tomcat;
  }

  private static MethodHandle listener(MethodHandle getter, String coyote, String listener)
      throws ReflectiveOperationException {
    return ContainerCall.then(ContainerCall.then(getter, coyote, 0), listener, 0);
  }

  /** When it has begun to send a response: what its access log has as {@code %F}. */
  private static MethodHandle commitNanos(MethodHandle response)
      throws ReflectiveOperationException {
    MethodHandle coyote = ContainerCall.then(response, "getCoyoteResponse", 0);
    try {
      return ContainerCall.then(coyote, "getCommitTimeNanos", 0);
    } catch (NoSuchMethodException e) { // 9.0
      return MethodHandles.filterReturnValue(
          ContainerCall.then(coyote, "getCommitTime", 0),
          MethodHandles.lookup()
              .findStatic(Tomcat.class, "nanos", MethodType.methodType(long.class, long.class)));
    }
  }

  /** The time of {@link System#nanoTime} that was this one of the system's clock. */
  @SuppressWarnings("UnusedMethod") // found by its name
  private static long nanos(long millis) {
    return System.nanoTime() - MILLISECONDS.toNanos(System.currentTimeMillis() - millis);
  }

  /**
   * By Tomcat's own methods, since {@code ServletContext} takes no listener once the application
   * has started, as a filter that a framework initialises late would need.
   */
  private void listen(Object request) throws ReflectiveOperationException {
    Object context = call(request, "getContext");
    call(context, "addApplicationEventListener", Object.class, new RequestListener());
    try {
      new StopListener(context).add();
    } catch (ReflectiveOperationException | RuntimeException e) { // one that logs otherwise
      Containers.LOG.log(DEBUG, StopListener.NO_LOG, e);
    }
  }

  private Class<?> type(String name) throws ClassNotFoundException {
    return Class.forName(name, true, requestType.getClassLoader());
  }

  private final class RequestListener implements ServletRequestListener {

    @Override
    public void requestDestroyed(ServletRequestEvent event) {
      ServletRequest request = event.getServletRequest();
      Observation observation = requestType.isInstance(request) ? note(request) : null;
      if (observation == null
          || observation.isInChain()) { // a forward ends, where Tomcat tells of these
        return;
      }
      if (isPageDue(observation)) {
        observation.overUnlessAPageComes();
      } else if (isReplaced(observation)) {
        observation.over(HttpServletResponse.SC_INTERNAL_SERVER_ERROR);
      } else {
        observation.over();
      }
    }
  }

  /**
   * Between the end of the chain and the listeners of requests, Tomcat looks whether the
   * application still runs, and tells no listener if not. But it goes on to log the access: so
   * while the application stops, an access log of ours tells that a request is over.
   */
  private final class StopListener extends ListenerProxy {

    private static final String NO_LOG =
        "Requests that end when their application begins to stop may be missed.";

    private final Object context;
    private final Class<?> type = type("org.apache.catalina.LifecycleListener");
    private final Object listener = as(type);
    private final Class<?> logType = type("org.apache.catalina.AccessLog");
    private final Object log = new StoppedLog().as(logType);
    private final Class<?> logsType = type("org.apache.catalina.core.AccessLogAdapter");

    /** Of a context, an adapter of all its logs, if it has any. */
    private final Field logsOfContext =
        field(type("org.apache.catalina.core.ContainerBase"), "accessLog");

    private final Field logsOfAdapter = field(logsType, "logs");

    StopListener(Object context) throws ReflectiveOperationException {
      this.context = context;
    }

    void add() {
      call(context, "addLifecycleListener", type, listener);
    }

    /** Tomcat would leave an application half stopped if this failed. */
    @Override
    void notified(String method, Object[] arguments) {
      try {
        Object event = call(arguments[0], "getType");
        if ("before_stop".equals(event)) {
          addLog();
        } else if ("configure_stop".equals(event)) { // later, our class loader has stopped
          call(context, "removeLifecycleListener", type, listener);
          removeLog();
        }
      } catch (ReflectiveOperationException | RuntimeException e) {
        Containers.LOG.log(DEBUG, NO_LOG, e);
      }
    }

    private void addLog() throws ReflectiveOperationException {
      Object logs = call(context, "getAccessLog");
      if (logs == null) {
        logsOfContext.set(context, logsType.getConstructor(logType).newInstance(log));
      } else {
        call(logs, "add", logType, log);
      }
    }

    /** Tomcat reads the context's field twice, so that isn't set back to null. */
    private void removeLog() throws ReflectiveOperationException {
      Object logs = call(context, "getAccessLog");
      if (logs != null) {
        List<Object> others = new ArrayList<>(Arrays.asList((Object[]) logsOfAdapter.get(logs)));
        others.removeAll(List.of(log));
        logsOfAdapter.set(logs, others.toArray((Object[]) Array.newInstance(logType, 0)));
      }
    }
  }

  /** Is told when a request of an application that stops is over. */
  private final class StoppedLog extends ListenerProxy {

    @Override
    void notified(String method, Object[] arguments) {
      if (method.equals("log")) {
        Object observation = call(arguments[0], "getNote", String.class, note);
        if (observation instanceof Observation) {
          ((Observation) observation).over();
        }
      }
    }
  }

  /**
   * Whether Tomcat will still replace the answer: where an exception is an attribute, of which
   * nothing has been reported or sent, its {@code ErrorReportValve} answers 500. What a thread
   * completes doesn't pass that valve.
   */
  private boolean isReplaced(Observation observation) {
    if (isSent(observation)) {
      return false;
    }
    return observation.isSuspended()
        ? note(innermost(observation.request), remedyNote) != null && hasException(observation)
        : hasUnreportedException(observation);
  }

  private static boolean hasUnreportedException(Observation observation) {
    try {
      return !(boolean) RESPONSE_IS_ERROR.invokeExact((Object) innermost(observation.request))
          && hasException(observation);
    } catch (Throwable t) {
      throw ContainerCall.failed(t);
    }
  }

  private static boolean hasException(Observation observation) {
    return innermost(observation.request).getAttribute(RequestDispatcher.ERROR_EXCEPTION) != null;
  }

  private @Nullable Observation note(ServletRequest facade) {
    Object found = note(facade, note);
    return found instanceof Observation ? (Observation) found : null;
  }

  private static @Nullable Object note(ServletRequest facade, String name) {
    try {
      return (Object) NOTE_OF_REQUEST.invokeExact((Object) facade, name);
    } catch (Throwable t) {
      throw ContainerCall.failed(t);
    }
  }

  private static void setNote(Observation observation, String name, @Nullable Object value) {
    try {
      SET_NOTE_OF_REQUEST.invokeExact((Object) innermost(observation.request), name, value);
    } catch (Throwable t) {
      throw ContainerCall.failed(t);
    }
  }

  @Override
  @Nullable Observation find(HttpServletRequest request) {
    return isOf(request) ? note(innermost(request)) : null;
  }

  @Override
  boolean watch(Observation observation) {
    if (note(innermost(observation.request)) != null) {
      return false;
    }
    setNote(observation, note, observation);
    return true;
  }

  @Override
  boolean tellsSending(Observation observation) {
    return true;
  }

  @Override
  void noteSending(Observation observation) {
    if (isSent(observation)) {
      try {
        observation.sending(
            (long) RESPONSE_COMMIT_NANOS.invokeExact((Object) innermost(observation.request)));
      } catch (Throwable t) {
        throw ContainerCall.failed(t);
      }
    }
  }

  @Override
  int status(Observation observation) {
    return statusOf(observation);
  }

  private static int statusOf(Observation observation) {
    try {
      return (int) STATUS_OF_RESPONSE.invokeExact((Object) innermost(observation.request));
    } catch (Throwable t) {
      throw ContainerCall.failed(t);
    }
  }

  /** Unless Tomcat has recycled the request, and serves another one with it, perhaps. */
  @Override
  int sentStatus(Observation observation) {
    Object request = inner(observation);
    if (request == null || !isStill(observation)) {
      return 0;
    }
    Object response = call(request, "getResponse");
    boolean isSent = is(response, "isCommitted");
    int status = (Integer) call(response, "getStatus");
    return isSent && isStill(observation) ? status : 0;
  }

  /**
   * What Tomcat tells, it tells before it recycles the request, and with it its notes. It tells
   * nothing if it fails to send, to a client that has gone, the answer to {@code sendError} of a
   * thread that has completed the cycle. Nor does it once it has closed an HTTP/2 stream in which
   * the client has broken the protocol: whatever the application does, it ignores then.
   */
  @Override
  boolean hasForgotten(Observation observation) {
    Object request = inner(observation);
    return request == null || hasClosedStream(request) || !isStill(observation);
  }

  /** Whether this is a request of an HTTP/2 stream that is no longer one of its connection. */
  private static boolean hasClosedStream(Object request) {
    Object coyote = call(request, "getCoyoteRequest");
    try {
      Object processor = field(coyote.getClass(), "hook").get(coyote);
      if (processor == null // it is being recycled
          || !processor.getClass().getName().endsWith(".http2.StreamProcessor")) {
        return false;
      }
      Object stream = field(processor.getClass(), "stream").get(processor);
      Field connection = field(processor.getClass(), "handler");
      Field streams = field(connection.getType(), "streams");
      return !((Map<?, ?>) streams.get(connection.get(processor))).containsValue(stream);
    } catch (NoSuchFieldException e) { // a version that keeps them elsewhere: nobody knows
      return false;
    } catch (IllegalAccessException e) {
      throw new IllegalStateException(e);
    }
  }

  private static Field field(Class<?> type, String name) throws NoSuchFieldException {
    Field field = type.getDeclaredField(name);
    field.setAccessible(true);
    return field;
  }

  /** Asks Tomcat's own request, which the servlet API's loses in the moment when it is recycled. */
  private boolean isStill(Observation observation) {
    Object request = inner(observation);
    return request != null && call(request, "getNote", String.class, note) == observation;
  }

  @Override
  void chainEnded(Observation observation) {
    noteSent(observation); // a filter before this one may go asynchronous, and then time out
    Throwable failure = observation.failure();
    if (isUncaught(failure) || !isAvailable(observation)) {
      observation.over(failure == null ? status(observation) : observation.sentOr500());
    }
  }

  /** Whether Tomcat lets it pass, which for a {@code ThreadDeath} depends on its version. */
  private boolean isUncaught(@Nullable Throwable failure) {
    return failure instanceof VirtualMachineError
        ? !(failure instanceof StackOverflowError)
        : failure instanceof Error && isRethrown(failure);
  }

  private boolean isRethrown(Throwable failure) {
    try {
      type("org.apache.tomcat.util.ExceptionUtils")
          .getMethod("handleThrowable", Throwable.class)
          .invoke(null, failure);
      return false;
    } catch (InvocationTargetException e) {
      return true;
    } catch (ReflectiveOperationException e) {
      throw new IllegalStateException(e);
    }
  }

  private static boolean isAvailable(Observation observation) {
    try {
      return (boolean) CONTEXT_IS_AVAILABLE.invokeExact((Object) innermost(observation.request));
    } catch (Throwable t) {
      throw ContainerCall.failed(t);
    }
  }

  private static boolean isSent(Observation observation) {
    try {
      return (boolean) RESPONSE_IS_SENT.invokeExact((Object) innermost(observation.request));
    } catch (Throwable t) {
      throw ContainerCall.failed(t);
    }
  }

  @Override
  void suspended(Observation observation) {
    noteSent(observation);
    new AsyncEnd(observation).listenTo(observation.request.getAsyncContext());
    listenToStreams(observation);
  }

  /** Stands before the listeners of the application's streams, if it has set any. */
  private void listenToStreams(Observation observation) {
    Object reader;
    Object writer;
    try {
      ServletRequest facade = innermost(observation.request);
      reader = (Object) READ_LISTENER.invokeExact((Object) facade);
      writer = (Object) WRITE_LISTENER.invokeExact((Object) facade);
    } catch (Throwable t) {
      throw ContainerCall.failed(t);
    }
    Object request = inner(observation);
    if (reader != null) {
      boolean isRead = is(request, "isFinished");
      Object coyote = call(request, "getCoyoteRequest");
      setListener(coyote, new Reader(observation, (ReadListener) reader, isRead));
    }
    if (writer != null) {
      Object coyote = call(call(request, "getResponse"), "getCoyoteResponse");
      setListener(coyote, new Writer(observation, (WriteListener) writer));
    }
  }

  /** By its field, since the method for it takes one listener only. */
  private static void setListener(Object coyote, Object listener) {
    try {
      field(coyote.getClass(), "listener").set(coyote, listener);
    } catch (ReflectiveOperationException e) {
      throw new IllegalStateException(e);
    }
  }

  /**
   * Lets later dispatches come through the filter, too, whichever dispatcher types it is mapped to:
   * their end is the last moment at which a status that was sent can be told from one that a
   * failure sets, and the only one at which an error page after an asynchronous dispatch can be
   * seen. Only if the filter supports asynchronous processing, since it would end that of an error
   * page otherwise.
   *
   * @return whether all of them do
   */
  private static boolean seesAll(
      ServletRequest request, @Nullable FilterRegistration registration) {
    if (registration == null || !request.isAsyncSupported()) {
      return false;
    }
    EnumSet<DispatcherType> later = EnumSet.of(DispatcherType.ASYNC, DispatcherType.ERROR);
    Collection<String> patterns = registration.getUrlPatternMappings();
    Collection<String> servlets = registration.getServletNameMappings();
    try {
      if (!patterns.isEmpty()) {
        registration.addMappingForUrlPatterns(later, true, patterns.toArray(new String[0]));
      }
      if (!servlets.isEmpty()) {
        registration.addMappingForServletNames(later, true, servlets.toArray(new String[0]));
      }
    } catch (IllegalStateException e) { // as the API allows once the application has started
      return false;
    }
    return patterns.contains("/*");
  }

  @Override
  void dispatchEnded(Observation observation, boolean isErrorPage, @Nullable Throwable failure) {
    if (observation.isInChain()) { // a forward of an application to its own error page, perhaps
      return;
    }
    noteSent(observation);
    if (!isErrorPage && !isSent(observation) && hasUnreportedException(observation)) {
      setNote(observation, remedyNote, remedyNote);
    }
    if (isUncaught(failure)) {
      observation.over(observation.sentOr500());
    } else if (isErrorPage && takePageNote(observation)) {
      observation.over();
    } else if (observation.request.isAsyncStarted() && !observation.isSuspended()) {
      observation.suspend(); // by an error page
      suspended(observation);
    } else if (!isErrorPage && failure != null && observation.failure() != null) {
      failedAgain(observation, failure);
    }
  }

  /** Of the second failure of a cycle, after the remedy for the first, Tomcat tells nobody. */
  private void failedAgain(Observation observation, Throwable failure) {
    if (!isPageDue(observation, failure)) {
      observation.over(observation.sentOr500());
    }
  }

  private boolean isPageDue(Observation observation, Throwable failure) {
    if (!seesAll || isSent(observation)) {
      return false;
    }
    Object context = call(inner(observation), "getContext");
    Throwable root =
        failure instanceof ServletException ? ((ServletException) failure).getRootCause() : null;
    return expectPage(
        observation,
        hasPage(context, Throwable.class, failure)
            || (root != null && hasPage(context, Throwable.class, root))
            || hasPage(context, HttpServletResponse.SC_INTERNAL_SERVER_ERROR));
  }

  /**
   * Whether an error page will run after this end of an asynchronous request: Tomcat tells that a
   * dispatch has completed it before it looks for the page, which it does as is asked here.
   */
  private boolean isPageDue(Observation observation) {
    if (!seesAll || !observation.isSuspended()) {
      return false;
    }
    Object request = inner(observation);
    Object response = call(request, "getResponse");
    if (!is(response, "isErrorReportRequired") || !answer(request, "IS_IO_ALLOWED")) {
      return false;
    }
    return expectPage(observation, hasPage(call(request, "getContext"), status(observation)));
  }

  private boolean expectPage(Observation observation, boolean isDue) {
    if (isDue) {
      setNote(observation, pageNote, pageNote);
    }
    return isDue;
  }

  /** Whether there is an error page of this status, or of any. */
  private static boolean hasPage(Object context, int status) {
    return hasPage(context, int.class, status) || hasPage(context, int.class, ANY_STATUS);
  }

  private static boolean hasPage(Object context, Class<?> type, Object error) {
    return call(context, "findErrorPage", type, error) != null;
  }

  private boolean takePageNote(Observation observation) {
    boolean isThere = note(innermost(observation.request), pageNote) != null;
    if (isThere) {
      setNote(observation, pageNote, null);
    }
    return isThere;
  }

  private static void noteSent(Observation observation) {
    if (isSent(observation)) {
      observation.sent(statusOf(observation));
    }
  }

  /** Likewise; nothing is thrown in the place of what the application has thrown. */
  private static void noteSentBeforeFailure(Observation observation) {
    try {
      noteSent(observation);
    } catch (Throwable t) { // of any kind
      observation.troubled("Reading the status of a response", t);
    }
  }

  /**
   * Whether Tomcat will complete a cycle that has failed, as it does once it knows it to be in
   * error or if a listener has completed it. 10.1.59 and its contemporaries forget an error that
   * comes before the container's thread has left the chain: they close the connection.
   */
  private static boolean goesOn(Observation observation) {
    Object request = inner(observation);
    return is(request, "isAsyncCompleting") || answer(request, "ASYNC_IS_ERROR");
  }

  // What is asked seldom is asked by reflection.

  private static Object inner(Observation observation) {
    try {
      return (Object) INNER_REQUEST.invokeExact((Object) innermost(observation.request));
    } catch (Throwable t) {
      throw ContainerCall.failed(t);
    }
  }

  private static Object call(Object target, String method) {
    try {
      return target.getClass().getMethod(method).invoke(target);
    } catch (ReflectiveOperationException e) {
      throw new IllegalStateException(e);
    }
  }

  private static @Nullable Object call(
      Object target, String method, Class<?> type, Object argument) {
    try {
      return target.getClass().getMethod(method, type).invoke(target, argument);
    } catch (ReflectiveOperationException e) {
      throw new IllegalStateException(e);
    }
  }

  private static boolean is(Object target, String method) {
    return (Boolean) call(target, method);
  }

  /** What the connector answers to an {@code ActionCode} that is a question. */
  private static boolean answer(Object request, String code) {
    Object coyote = call(request, "getCoyoteRequest");
    AtomicBoolean answer = new AtomicBoolean();
    try {
      for (Method method : coyote.getClass().getMethods()) {
        if (method.getName().equals("action")) {
          Object question = method.getParameterTypes()[0].getField(code).get(null);
          method.invoke(coyote, question, answer);
        }
      }
    } catch (ReflectiveOperationException e) {
      throw new IllegalStateException(e);
    }
    return answer.get();
  }

  /** Notes the status before a timeout or an error changes it, in each asynchronous cycle. */
  private final class AsyncEnd extends CycleListener {

    private final Observation observation;

    AsyncEnd(Observation observation) {
      this.observation = observation;
    }

    @Override
    void onStartAsync(AsyncEvent event) {
      noteSent(observation);
      setNote(observation, remedyNote, null); // what this cycle answers stands
      super.onStartAsync(event);
    }

    @Override
    void onTimeout(AsyncEvent event) {
      noteSent(observation);
    }

    @Override
    void onError(AsyncEvent event) {
      Throwable failure = event.getThrowable();
      if (failure != null) {
        observation.failed(failure);
      }
      noteSent(observation);
      if (is(inner(observation), "isAsyncDispatching")) {
        setNote(observation, remedyNote, remedyNote);
      } else if (isSent(observation) || !goesOn(observation)) {
        // Tomcat completes the cycle now, and tells nobody if the application does in that moment.
        observation.over(observation.sentOr500());
      }
    }
  }

  /**
   * Before the application's own. What that throws changes what the response says before Tomcat
   * tells anybody; so does what a {@link Writer}'s throws.
   */
  private static final class Reader implements ReadListener {

    private final Observation observation;
    private final ReadListener listener;

    /** Whether Tomcat says so without being prepared for an exception, of which it tells nobody. */
    private final boolean isRead;

    Reader(Observation observation, ReadListener listener, boolean isRead) {
      this.observation = observation;
      this.listener = listener;
      this.isRead = isRead;
    }

    @Override
    public void onDataAvailable() throws IOException {
      try {
        listener.onDataAvailable();
      } catch (Throwable t) { // of any kind: Tomcat gets it
        noteSentBeforeFailure(observation);
        throw t;
      }
    }

    @Override
    public void onAllDataRead() throws IOException {
      try {
        listener.onAllDataRead();
      } catch (Throwable t) { // as above
        noteSentBeforeFailure(observation);
        if (isRead && !(t instanceof IOException)) {
          observation.failed(t);
          observation.over(observation.sentOr500());
        }
        throw t;
      }
    }

    @Override
    public void onError(Throwable failure) {
      listener.onError(failure);
    }
  }

  /** Likewise. */
  private static final class Writer implements WriteListener {

    private final Observation observation;
    private final WriteListener listener;

    Writer(Observation observation, WriteListener listener) {
      this.observation = observation;
      this.listener = listener;
    }

    @Override
    public void onWritePossible() throws IOException {
      try {
        listener.onWritePossible();
      } catch (Throwable t) { // of any kind: Tomcat gets it
        noteSentBeforeFailure(observation);
        throw t;
      }
    }

    @Override
    public void onError(Throwable failure) {
      listener.onError(failure);
    }
  }
}
