package io.github.metricsfilter.jaxrs;

import io.github.metricsfilter.PrometheusRequestFilter;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.ws.rs.HttpMethod;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.container.ContainerRequestFilter;
import jakarta.ws.rs.container.DynamicFeature;
import jakarta.ws.rs.container.ResourceInfo;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.FeatureContext;
import java.lang.reflect.GenericArrayType;
import java.lang.reflect.Method;
import java.lang.reflect.Type;
import java.lang.reflect.TypeVariable;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Names the route of each request of a JAX-RS application: the templates of its resource class and
 * method, after the context path and the prefix of the servlet's mapping.
 *
 * <p>Register it like the application's other components, for instance in {@code
 * Application.getClasses()}. It isn't a {@code @Provider}, so that no class path scan registers it
 * unasked. If a scan finds your application's components, add a subclass with that annotation.
 *
 * <p>Templates stay as they are written, including regular expressions; only leading, trailing and
 * double slashes are normalised. Annotations on interfaces and superclasses, generic ones included,
 * count, too. JAX-RS tells which resources a request has passed, but not through which locators. If
 * only one locator of a resource can return the next resource, by its return type, its template is
 * part of the route. If several can, the route isn't named, and the filter shows the servlet's
 * mapping.
 *
 * <p>Requests that no resource method answers (404, 405, 406, 415) have no route either. There are
 * as many values as the application has templates, whatever clients send. A request costs one
 * string and one request attribute.
 */
public class JaxRsRoutes implements DynamicFeature {

  /** Before filters that may refuse the request; those of the implementation have none. */
  private static final int FIRST = 1;

  @Context private HttpServletRequest request;

  /** The templates of locators, by the classes of the resources that they lead from and to. */
  private final Map<List<Class<?>>, Optional<String>> locators = new ConcurrentHashMap<>();

  /** Called by the implementation of JAX-RS, which then injects the request. */
  public JaxRsRoutes() {}

  /**
   * Registers the filter that names the route. The implementation of JAX-RS calls this once for
   * each resource method.
   *
   * @param resource the resource class and method
   * @param context where the filter that names the route is registered
   */
  @Override
  public void configure(ResourceInfo resource, FeatureContext context) {
    Optional<Method> method =
        declarations(resource.getResourceClass())
            .filter(candidate -> declares(candidate, resource.getResourceMethod()))
            .filter(JaxRsRoutes::answersRequests)
            .findFirst();
    if (method.isEmpty()) {
      return;
    }
    Path path = method.get().getAnnotation(Path.class);
    String ofMethod = path == null ? "" : rooted(path.value());

    ContainerRequestFilter nameRoute =
        requestContext ->
            ofResources(requestContext.getUriInfo().getMatchedResources())
                .map(template -> applicationPath() + template + ofMethod)
                .ifPresent(
                    route ->
                        request.setAttribute(
                            PrometheusRequestFilter.PATH_ATTRIBUTE, route.isEmpty() ? "/" : route));
    context.register(nameRoute, FIRST);
  }

  /**
   * The template that leads to the last resource; empty if it isn't known.
   *
   * @param matched the resources that the request has passed, the last one first; not every
   *     implementation need tell them yet
   */
  private Optional<String> ofResources(List<Object> matched) {
    if (matched.isEmpty()) {
      return Optional.empty();
    }
    int root = matched.size() - 1;
    Optional<String> template =
        supertypes(matched.get(root).getClass())
            .flatMap(type -> Stream.ofNullable(type.getAnnotation(Path.class)))
            .findFirst()
            .map(path -> rooted(path.value()));
    for (int i = root; i > 0 && template.isPresent(); i--) {
      Optional<String> locator =
          locators.computeIfAbsent(
              List.of(matched.get(i).getClass(), matched.get(i - 1).getClass()),
              fromTo -> locator(fromTo.get(0), fromTo.get(1)));
      template = template.flatMap(before -> locator.map(next -> before + next));
    }
    return template;
  }

  /** The template of the only locator that can lead from one resource to another. */
  private static Optional<String> locator(Class<?> from, Class<?> to) {
    List<Method> all =
        declarations(from)
            .filter(method -> method.isAnnotationPresent(Path.class) && !answersRequests(method))
            .filter(method -> canReturn(method, to))
            .collect(Collectors.toList());
    boolean isOne = !all.isEmpty() && all.stream().allMatch(method -> declares(method, all.get(0)));
    return isOne
        ? Optional.of(rooted(all.get(0).getAnnotation(Path.class).value()))
        : Optional.empty();
  }

  /** A locator may also return the class, of which the implementation makes the resource. */
  private static boolean canReturn(Method locator, Class<?> resource) {
    Class<?> type = locator.getReturnType();
    return type == Class.class || type.isAssignableFrom(resource);
  }

  /** As it was deployed, not as the client wrote it; empty at the root. */
  private String applicationPath() {
    String servlet = request.getHttpServletMapping().getPattern();
    return request.getServletContext().getContextPath()
        + (servlet.endsWith("/*") ? servlet.substring(0, servlet.length() - 2) : "");
  }

  /** With a slash before each segment, and nowhere else. */
  private static String rooted(String path) {
    return Arrays.stream(path.split("/"))
        .filter(segment -> !segment.isEmpty())
        .map(segment -> "/" + segment)
        .collect(Collectors.joining());
  }

  /** A class inherits the annotations of its interfaces' and superclasses' methods. */
  private static Stream<Method> declarations(Class<?> type) {
    return supertypes(type)
        .flatMap(supertype -> Arrays.stream(supertype.getDeclaredMethods()))
        .filter(method -> !method.isBridge());
  }

  private static Stream<Class<?>> supertypes(Class<?> type) {
    return Stream.concat(
        Stream.of(type),
        Stream.concat(Stream.ofNullable(type.getSuperclass()), Arrays.stream(type.getInterfaces()))
            .flatMap(JaxRsRoutes::supertypes));
  }

  /**
   * Whether a method of a class or of its supertype is this method of the class. The supertype's
   * may have a type variable where this one has what it stands for.
   */
  private static boolean declares(Method candidate, Method method) {
    Class<?>[] declared = candidate.getParameterTypes();
    Class<?>[] types = method.getParameterTypes();
    if (!candidate.getName().equals(method.getName()) || declared.length != types.length) {
      return false;
    }
    Type[] generic = candidate.getGenericParameterTypes();
    for (int i = 0; i < types.length; i++) {
      boolean isVariable =
          generic[i] instanceof TypeVariable || generic[i] instanceof GenericArrayType;
      if (declared[i] != types[i] && !(isVariable && declared[i].isAssignableFrom(types[i]))) {
        return false;
      }
    }
    return true;
  }

  private static boolean answersRequests(Method method) {
    return Arrays.stream(method.getAnnotations())
        .anyMatch(a -> a.annotationType().isAnnotationPresent(HttpMethod.class));
  }
}
