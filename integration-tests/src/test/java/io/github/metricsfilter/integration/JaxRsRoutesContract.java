package io.github.metricsfilter.integration;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.metricsfilter.PrometheusRequestFilter;
import jakarta.annotation.Priority;
import jakarta.ws.rs.DefaultValue;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.Priorities;
import jakarta.ws.rs.QueryParam;
import jakarta.ws.rs.container.AsyncResponse;
import jakarta.ws.rs.container.ContainerRequestContext;
import jakarta.ws.rs.container.ContainerRequestFilter;
import jakarta.ws.rs.container.Suspended;
import jakarta.ws.rs.core.Response;
import jakarta.ws.rs.ext.ExceptionMapper;
import jakarta.ws.rs.ext.Provider;
import java.util.Set;
import org.eclipse.jetty.ee10.servlet.ServletHolder;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What {@link JaxRsRoutes} does for an application on any implementation of JAX-RS. */
abstract class JaxRsRoutesContract {

  /** The resources at {@code /app/api}, with the class that names their routes. */
  public static class Resources extends jakarta.ws.rs.core.Application {
    @Override
    public Set<Class<?>> getClasses() {
      return Set.of(
          Users.class,
          Root.class,
          Described.class,
          Departments.class,
          Refusal.class,
          Login.class,
          JaxRsRoutes.class);
    }
  }

  @Path("users")
  public static class Users {

    @GET
    public String all(@QueryParam("secret") @DefaultValue("false") boolean secret) {
      return "users";
    }

    @GET
    @Path("{id}")
    public String one(@PathParam("id") int id) {
      if (id == 0) {
        throw new IllegalArgumentException("no such number");
      }
      return "user " + id;
    }

    @POST
    @Path("/{id: [0-9]+}/orders/")
    public Response order(@PathParam("id") int id) {
      return Response.status(201).build();
    }

    @GET
    @Path("{id}/later")
    public void later(@PathParam("id") int id, @Suspended AsyncResponse response) {
      new Thread(() -> response.resume("user " + id)).start();
    }
  }

  @Path("/")
  public static class Root {
    @GET
    public String root() {
      return "root";
    }
  }

  /** A resource whose annotations stand on an interface. */
  @Path("described")
  public interface Description {
    @GET
    @Path("{name}")
    String get(@PathParam("name") String name);
  }

  @Path("described")
  public static class Described implements Description {
    @Override
    public String get(String name) {
      return name;
    }
  }

  @Path("departments")
  public static class Departments {
    @Path("{department}/users")
    public Users users(@PathParam("department") String department) {
      return new Users();
    }

    @Path("{department}/rooms")
    public Rooms rooms(@PathParam("department") String department) {
      return new Rooms();
    }
  }

  /** Only a locator leads here. */
  public static class Rooms {
    @GET
    @Path("{room}")
    public String room(@PathParam("room") String room) {
      return "room " + room;
    }
  }

  @Provider
  public static class Refusal implements ExceptionMapper<IllegalArgumentException> {
    @Override
    public Response toResponse(IllegalArgumentException e) {
      return Response.status(400).build();
    }
  }

  @Provider
  @Priority(Priorities.AUTHENTICATION)
  public static class Login implements ContainerRequestFilter {
    @Override
    public void filter(ContainerRequestContext context) {
      if (context.getUriInfo().getQueryParameters().containsKey("secret")) {
        context.abortWith(Response.status(401).build());
      }
    }
  }

  final Application app = new Application();

  /** The implementation's servlet with this application, to be mapped to {@code /api/*}. */
  abstract ServletHolder servlet(Class<? extends jakarta.ws.rs.core.Application> application);

  Class<? extends jakarta.ws.rs.core.Application> application() {
    return Resources.class;
  }

  @BeforeEach
  void start() throws Exception {
    app.metrics(PrometheusRequestFilter.builder())
        .servlet("/api/*", servlet(application()))
        .start();
  }

  @AfterEach
  void stop() {
    app.close();
  }

  @Test
  void theRouteIsTheTemplateOfClassAndMethod() throws Exception {
    assertThat(app.get("/app/api/users").body()).isEqualTo("users");
    assertThat(app.get("/app/api/users/42").body()).isEqualTo("user 42");
    assertThat(app.get("/app/api/users/43;v=1").body()).isEqualTo("user 43");

    app.awaitRequests(1, "GET", "/app/api/users", 200);
    app.awaitRequests(2, "GET", "/app/api/users/{id}", 200);
  }

  @Test
  void theRootIsTheApplicationsPath() throws Exception {
    assertThat(app.get("/app/api/").body()).isEqualTo("root");

    app.awaitRequests(1, "GET", rootRoute(), 200);
  }

  String rootRoute() {
    return "/app/api";
  }

  @Test
  void aTemplateStaysAsItIsWritten() throws Exception {
    assertThat(app.post("/app/api/users/42/orders", "").statusCode()).isEqualTo(201);

    app.awaitRequests(1, "POST", orderRoute(), 201);
  }

  String orderRoute() {
    return "/app/api/users/{id: [0-9]+}/orders";
  }

  @Test
  void annotationsOfAnInterfaceCount() throws Exception {
    assertThat(app.get("/app/api/described/x").body()).isEqualTo("x");

    app.awaitRequests(1, "GET", "/app/api/described/{name}", 200);
  }

  @Test
  void anExceptionMappersStatusIsCountedUnderTheRoute() throws Exception {
    assertThat(app.get("/app/api/users/0").statusCode()).isEqualTo(400);

    app.awaitRequests(1, "GET", "/app/api/users/{id}", 400);
  }

  @Test
  void whatAFilterRefusesIsCountedUnderTheRoute() throws Exception {
    assertThat(app.get("/app/api/users?secret=true").statusCode()).isEqualTo(401);

    app.awaitRequests(1, "GET", "/app/api/users", 401);
  }

  @Test
  void whatNoResourceMatchesIsOneSeriesOfTheServlet() throws Exception {
    assertThat(app.get("/app/api/unknown").statusCode()).isEqualTo(404);
    assertThat(app.get("/app/api/users/42/unknown").statusCode()).isEqualTo(404);
    assertThat(app.post("/app/api/users", "").statusCode()).isEqualTo(405);

    app.awaitRequests(2, "GET", "/app/api/*", 404);
    app.awaitRequests(1, "POST", "/app/api/*", 405);
  }

  @Test
  void anAsynchronousMethodIsCountedOnceUnderItsRoute() throws Exception {
    assertThat(app.get("/app/api/users/42/later").body()).isEqualTo("user 42");

    app.awaitRequests(1, "GET", "/app/api/users/{id}/later", 200);
  }

  @Test
  void whatALocatorLeadsToIsTheServlets() throws Exception {
    assertThat(app.get("/app/api/departments/it/users/42").body()).isEqualTo("user 42");
    assertThat(app.get("/app/api/departments/it/rooms/7").body()).isEqualTo("room 7");

    app.awaitRequests(2, "GET", "/app/api/*", 200);
  }
}
