package io.github.metricsfilter.integration;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Set;
import org.junit.jupiter.api.Test;

/** What {@link JerseyRoutes} does beyond {@link JaxRsRoutes}: it knows of locators. */
class JerseyRoutesTest extends JerseyTest {

  /** The same resources, with Jersey's own templates. */
  public static class JerseyResources extends jakarta.ws.rs.core.Application {
    @Override
    public Set<Class<?>> getClasses() {
      return Set.of(
          Users.class,
          Root.class,
          Described.class,
          Departments.class,
          Refusal.class,
          Login.class,
          JerseyRoutes.class);
    }
  }

  @Override
  Class<? extends jakarta.ws.rs.core.Application> application() {
    return JerseyResources.class;
  }

  @Override
  String rootRoute() {
    return "/app/api/";
  }

  @Override
  String orderRoute() {
    return "/app/api/users/{id: [0-9]+}/orders/";
  }

  @Override
  @Test
  void whatALocatorLeadsToIsTheServlets() throws Exception {
    assertThat(app.get("/app/api/departments/it/users/42").body()).isEqualTo("user 42");
    assertThat(app.get("/app/api/departments/it/rooms/7").body()).isEqualTo("room 7");

    app.awaitRequests(1, "GET", "/app/api/departments/{department}/users/{id}", 200);
    app.awaitRequests(1, "GET", "/app/api/departments/{department}/rooms/{room}", 200);
  }
}
