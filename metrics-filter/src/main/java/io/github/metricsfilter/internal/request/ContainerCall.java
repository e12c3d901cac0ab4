package io.github.metricsfilter.internal.request;

import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.lang.invoke.MutableCallSite;
import java.util.HashSet;
import java.util.Set;

/**
 * A call of a container's method whose class cannot be named here: Jetty and JBoss Modules hide
 * their classes from applications by name, though every request leads to them.
 *
 * <p>What it calls is found when the first request of a filter shows its class. The invoker is to
 * be kept in a static final field: then the just-in-time compiler treats the target as a constant
 * and compiles the call as if it were written there (see {@link MutableCallSite}), at a third of
 * the cost of a method handle in a field. Should containers of several versions share this class,
 * each gets a branch of its own.
 */
final class ContainerCall {

  private static final MethodHandle IS_INSTANCE;

  static {
    try {
      IS_INSTANCE =
          MethodHandles.lookup()
              .findVirtual(
                  Class.class, "isInstance", MethodType.methodType(boolean.class, Object.class));
    } catch (ReflectiveOperationException e) {
      throw new ExceptionInInitializerError(e);
    }
  }

  private final MutableCallSite site;
  private final Set<Class<?>> receivers = new HashSet<>();

  /**
   * A call with no target yet.
   *
   * @param parameters the first is the receiver's, Object
   */
  ContainerCall(Class<?> returned, Class<?>... parameters) {
    MethodHandle fail =
        MethodHandles.throwException(returned, IllegalStateException.class)
            .bindTo(new IllegalStateException("Not an object of a known container"));
    site = new MutableCallSite(MethodHandles.dropArguments(fail, 0, parameters));
  }

  /** To be called by {@code invokeExact}. */
  MethodHandle invoker() {
    return site.dynamicInvoker();
  }

  /** Calls this target for receivers of this class. */
  synchronized void add(Class<?> receiver, MethodHandle target) {
    if (receivers.add(receiver)) {
      site.setTarget(
          MethodHandles.guardWithTest(
              IS_INSTANCE.bindTo(receiver), target.asType(site.type()), site.getTarget()));
      MutableCallSite.syncAll(new MutableCallSite[] {site});
    }
  }

  /** A public method of a class or interface, by its name and the number of its parameters. */
  static MethodHandle method(Class<?> type, String name, int parameters)
      throws ReflectiveOperationException {
    for (java.lang.reflect.Method method : type.getMethods()) {
      if (method.getName().equals(name)
          && method.getParameterCount() == parameters
          && !method.isBridge()) {
        return MethodHandles.publicLookup().unreflect(method);
      }
    }
    throw new NoSuchMethodException(type.getName() + "." + name);
  }

  /** Calls a getter, and a method of what it returns. */
  static MethodHandle then(MethodHandle getter, String name, int parameters)
      throws ReflectiveOperationException {
    MethodHandle method = method(getter.type().returnType(), name, parameters);
    Class<?> declaring = method.type().parameterType(0);
    return MethodHandles.filterArguments(
        method, 0, getter.asType(getter.type().changeReturnType(declaring)));
  }

  /** What the containers' methods that are called here don't throw. */
  static IllegalStateException failed(Throwable failure) {
    if (failure instanceof Error) {
      throw (Error) failure;
    }
    return failure instanceof IllegalStateException
        ? (IllegalStateException) failure
        : new IllegalStateException(failure);
  }
}
