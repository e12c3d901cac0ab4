package io.github.metricsfilter.jaxrs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.container.ContainerRequestContext;
import jakarta.ws.rs.container.ContainerRequestFilter;
import jakarta.ws.rs.container.ResourceInfo;
import jakarta.ws.rs.core.FeatureContext;
import jakarta.ws.rs.core.UriInfo;
import jakarta.ws.rs.ext.Provider;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** What no implementation of the integration tests shows. */
class JaxRsRoutesTest {

  @Path("users")
  static class Users {
    @GET
    public String all() {
      return "users";
    }
  }

  /**
   * The filter then finds the route by itself; a request must not fail for the sake of its name.
   */
  @Test
  void anImplementationThatTellsNoResourcesFailsNoRequest() throws Exception {
    List<ContainerRequestFilter> registered = new ArrayList<>();
    FeatureContext context =
        answering(
            FeatureContext.class,
            (method, arguments) -> {
              registered.add((ContainerRequestFilter) arguments[0]);
              return Map.of();
            });
    Method all = Users.class.getMethod("all");
    new JaxRsRoutes()
        .configure(
            answering(
                ResourceInfo.class,
                (method, arguments) ->
                    method.getName().equals("getResourceClass") ? Users.class : all),
            context);
    UriInfo nothingMatched = answering(UriInfo.class, (method, arguments) -> List.of());

    assertThat(registered).hasSize(1);
    assertThatCode(
            () ->
                registered
                    .get(0)
                    .filter(
                        answering(
                            ContainerRequestContext.class, (method, arguments) -> nothingMatched)))
        .doesNotThrowAnyException();
  }

  @Test
  void noScanFindsIt() {
    assertThat(JaxRsRoutes.class.isAnnotationPresent(Provider.class)).isFalse();
  }

  private interface Answer {
    Object to(Method method, Object[] arguments);
  }

  private static <T> T answering(Class<T> type, Answer answer) {
    return type.cast(
        Proxy.newProxyInstance(
            type.getClassLoader(),
            new Class<?>[] {type},
            (proxy, method, arguments) -> {
              Object value = answer.to(method, arguments);
              return method.getReturnType().isInstance(value) ? value : null;
            }));
  }
}
