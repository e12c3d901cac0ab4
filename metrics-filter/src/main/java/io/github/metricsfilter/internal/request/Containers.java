package io.github.metricsfilter.internal.request;

import static java.lang.System.Logger.Level.DEBUG;
import static java.lang.System.Logger.Level.INFO;

import jakarta.servlet.FilterRegistration;
import jakarta.servlet.ServletContext;
import jakarta.servlet.ServletRequest;
import org.jspecify.annotations.Nullable;

/** Finds out, by trying it on a request, how its container tells that a request is over. */
final class Containers {

  static final System.Logger LOG = System.getLogger(Containers.class.getName());

  private Containers() {}

  /** One way that may be the container's. */
  @FunctionalInterface
  private interface Way {
    @Nullable Container on(ServletRequest request) throws ReflectiveOperationException;
  }

  /**
   * Whether the container of this application, which is starting, needs a {@link
   * jakarta.servlet.ServletRequestListener} to tell.
   */
  static boolean needsListener(ServletContext context) {
    return Liberty.is(context);
  }

  /**
   * The container of this request, by the classes of its objects: its name can be anything.
   *
   * @param elsewhere what to return if it is none that tells
   * @param mark tells the observations of filters with other metrics apart
   * @param registration that of the filter, if the container knows it
   * @param listens whether the container has taken a listener, see {@link #needsListener}
   */
  static Container of(
      ServletRequest request,
      Container elsewhere,
      String mark,
      @Nullable FilterRegistration registration,
      boolean listens) {
    Way[] ways = {
      r -> Grizzly.of(r, mark), // before Tomcat, whose classes have the same names
      r -> Tomcat.of(r, mark, registration),
      r -> Jetty.of(r, mark),
      r -> Undertow.of(r, mark),
      r -> Jetty10.of(r, mark),
      r -> Liberty.of(r, mark, listens),
    };
    ServletRequest inner = Container.innermost(request);
    for (Way way : ways) {
      try {
        Container container = way.on(inner);
        if (container != null) {
          LOG.log(DEBUG, "{0} tells when a request is over.", container.getClass().getSimpleName());
          return container;
        }
      } catch (ReflectiveOperationException | RuntimeException | LinkageError e) {
        LOG.log(
            INFO,
            "This version of the container lacks what tells the filter when a request is over"
                + " ({0}). Requests are observed in the portable way, which misses some statuses,"
                + " such as the one that an error page sets.",
            e.toString());
      }
    }
    return elsewhere;
  }

  /** Before the first request: what a container needs so that it can tell of all of them. */
  static void prepare(ServletContext context) {
    try {
      Jetty10.prepare(context);
    } catch (ReflectiveOperationException | RuntimeException | LinkageError e) {
      LOG.log(DEBUG, "The container cannot be prepared; see what its first request finds.", e);
    }
  }

  /** The class of this object, or one that it extends, whose name ends so; null if none does. */
  static @Nullable Class<?> superclass(Object object, String end) {
    for (Class<?> c = object.getClass(); c != null; c = c.getSuperclass()) {
      if (c.getName().endsWith(end)) {
        return c;
      }
    }
    return null;
  }
}
