package io.github.metricsfilter.integration;

// tag::jaxrs[]
import io.github.metricsfilter.PrometheusRequestFilter;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.ws.rs.HttpMethod;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.container.ContainerRequestFilter;
import jakarta.ws.rs.container.DynamicFeature;
import jakarta.ws.rs.container.ResourceInfo;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.FeatureContext;
import jakarta.ws.rs.ext.Provider;
import java.lang.reflect.Method;
import java.util.Arrays;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Names the route of each request: the templates of its resource class and method. */
@Provider
public class JaxRsRoutes implements DynamicFeature {

  @Context private HttpServletRequest request;

  /** Called once for each resource method. */
  @Override
  public void configure(ResourceInfo resource, FeatureContext context) {
    Optional<Path> ofClass =
        supertypes(resource.getResourceClass())
            .flatMap(type -> Stream.ofNullable(type.getAnnotation(Path.class)))
            .findFirst();
    Optional<Method> method =
        supertypes(resource.getResourceClass())
            .flatMap(type -> Arrays.stream(type.getDeclaredMethods()))
            .filter(candidate -> isSame(candidate, resource.getResourceMethod()))
            .filter(JaxRsRoutes::answersRequests)
            .findFirst();
    if (ofClass.isEmpty() || method.isEmpty()) {
      return; // only reached through a locator: its template isn't all of the route
    }
    Path ofMethod = method.get().getAnnotation(Path.class);
    String template = join(ofClass.get().value(), ofMethod == null ? "" : ofMethod.value());

    ContainerRequestFilter nameRoute =
        requestContext -> {
          if (requestContext.getUriInfo().getMatchedResources().size() == 1) { // no locator
            request.setAttribute(
                PrometheusRequestFilter.PATH_ATTRIBUTE, join(applicationPath(), template));
          }
        };
    context.register(nameRoute, 1); // before filters that may refuse the request
  }

  /** As it was deployed, not as the client wrote it. */
  private String applicationPath() {
    String servlet = request.getHttpServletMapping().getPattern();
    return request.getServletContext().getContextPath()
        + (servlet.endsWith("/*") ? servlet.substring(0, servlet.length() - 1) : "");
  }

  private static String join(String... paths) {
    return Stream.of(paths)
        .flatMap(path -> Arrays.stream(path.split("/")))
        .filter(segment -> !segment.isEmpty())
        .collect(Collectors.joining("/", "/", ""));
  }

  /** A class inherits the annotations of its interfaces' and superclasses' methods. */
  private static Stream<Class<?>> supertypes(Class<?> type) {
    return Stream.concat(
        Stream.of(type),
        Stream.concat(Stream.ofNullable(type.getSuperclass()), Arrays.stream(type.getInterfaces()))
            .flatMap(JaxRsRoutes::supertypes));
  }

  private static boolean isSame(Method a, Method b) {
    return a.getName().equals(b.getName())
        && Arrays.equals(a.getParameterTypes(), b.getParameterTypes());
  }

  private static boolean answersRequests(Method method) {
    return Arrays.stream(method.getAnnotations())
        .anyMatch(a -> a.annotationType().isAnnotationPresent(HttpMethod.class));
  }
}
// end::jaxrs[]
