package io.github.metricsfilter.internal.request;

import java.lang.reflect.InvocationHandler;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import org.jspecify.annotations.Nullable;

/**
 * A listener of a type that no class of ours implements: because it cannot, or because it must not.
 */
abstract class ListenerProxy implements InvocationHandler {

  /** This listener, as one of this type, whose methods return nothing, or false. */
  final Object as(Class<?> type) {
    return Proxy.newProxyInstance(type.getClassLoader(), new Class<?>[] {type}, this);
  }

  /** A method of the listener's type has been called. */
  abstract void notified(String method, Object[] arguments) throws Throwable;

  @Override
  public final @Nullable Object invoke(Object proxy, Method method, Object @Nullable [] arguments)
      throws Throwable {
    if (method.getDeclaringClass() != Object.class) {
      notified(method.getName(), arguments == null ? new Object[0] : arguments);
      return method.getReturnType() == boolean.class ? false : null;
    }
    switch (method.getName()) {
      case "equals":
        return arguments != null && proxy == arguments[0];
      case "hashCode":
        return System.identityHashCode(proxy);
      default:
        return "a listener of " + getClass().getName();
    }
  }
}
