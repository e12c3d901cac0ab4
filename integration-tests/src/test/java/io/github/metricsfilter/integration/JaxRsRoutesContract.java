package io.github.metricsfilter.integration;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.metricsfilter.PrometheusRequestFilter;
import io.github.metricsfilter.jaxrs.JaxRsRoutes;
import jakarta.annotation.Priority;
import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.DefaultValue;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.PUT;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.Priorities;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.QueryParam;
import jakarta.ws.rs.container.AsyncResponse;
import jakarta.ws.rs.container.ContainerRequestContext;
import jakarta.ws.rs.container.ContainerRequestFilter;
import jakarta.ws.rs.container.Suspended;
import jakarta.ws.rs.core.Response;
import jakarta.ws.rs.ext.ExceptionMapper;
import jakarta.ws.rs.ext.Provider;
import java.net.http.HttpRequest.BodyPublishers;
import java.util.HashSet;
import java.util.Set;
import org.eclipse.jetty.ee10.servlet.ServletHolder;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What {@link JaxRsRoutes} does for an application on any implementation of JAX-RS. */
abstract class JaxRsRoutesContract {

  // tag::jaxrs[]
  /** The resources at {@code /app/api}, with the class that names their routes. */
  public static class Resources extends jakarta.ws.rs.core.Application {
    @Override
    public Set<Class<?>> getClasses() {
      return Set.of(
          JaxRsRoutes.class, // io.github.metricsfilter.jaxrs.JaxRsRoutes
          Users.class,
          Departments.class,
          Root.class,
          Described.class,
          Refusal.class,
          Login.class,
          Text.class);
    }
  }

  // end::jaxrs[]

  // tag::jaxrs-scan[]
  /** For applications whose components are found by their annotations. */
  @Provider
  public static class Routes extends JaxRsRoutes {}

  // end::jaxrs-scan[]

  /** The same resources, with the subclass. */
  public static class ScannedResources extends Resources {
    @Override
    public Set<Class<?>> getClasses() {
      Set<Class<?>> classes = new HashSet<>(super.getClasses());
      classes.remove(JaxRsRoutes.class);
      classes.add(Routes.class);
      return classes;
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

  /** Likewise, with a type that the resource chooses. */
  public interface Creation<T> {
    @POST
    @Path("new")
    String create(T text);

    @POST
    @Path("many/{name}")
    String createAll(T text, @PathParam("name") String name);
  }

  /** Likewise, a class. */
  public abstract static class Replacement<T> {
    @PUT
    @Path("{name}")
    public String replace(@PathParam("name") String name, T text) {
      throw new IllegalStateException("the resource has a method of its own");
    }
  }

  @Path("described")
  public static class Described extends Replacement<String>
      implements Description, Creation<String> {
    @Override
    public String get(String name) {
      return name;
    }

    @Override
    public String create(String text) {
      return "created " + text;
    }

    /** Another method, though a string is a sequence of characters. */
    @POST
    @Path("sequence")
    public String create(CharSequence text) {
      return "created " + text;
    }

    @Override
    public String createAll(String text, String name) {
      return "created " + text + " for " + name;
    }

    @Override
    public String replace(String name, String text) {
      return name + " is " + text;
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

    @Path("{department}/desks")
    public Desks desks(@PathParam("department") String department) {
      return new Desks();
    }

    @Path("{department}/free-desks")
    public Desks freeDesks(@PathParam("department") String department) {
      return new Desks();
    }
  }

  /** Only a locator leads here. */
  public static class Rooms {
    @GET
    @Path("{room}")
    public String room(@PathParam("room") String room) {
      return "room " + room;
    }

    /** Rooms have rooms. */
    @Path("{room}/within/")
    public Class<Rooms> within(@PathParam("room") String room) {
      return Rooms.class;
    }
  }

  /** Two locators lead here. */
  public static class Desks {
    @GET
    @Path("{desk}")
    public String desk(@PathParam("desk") String desk) {
      return "desk " + desk;
    }
  }

  @Path("text")
  public static class Text {
    @GET
    @Produces("text/plain")
    public String get() {
      return "text";
    }

    @POST
    @Consumes("text/plain")
    public void post(String text) {}
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

    app.awaitRequests(1, "GET", "/app/api", 200);
  }

  @Test
  void aTemplateStaysAsItIsWritten() throws Exception {
    assertThat(app.post("/app/api/users/42/orders", "").statusCode()).isEqualTo(201);

    app.awaitRequests(1, "POST", "/app/api/users/{id: [0-9]+}/orders", 201);
  }

  @Test
  void annotationsOfAnInterfaceCount() throws Exception {
    assertThat(app.get("/app/api/described/x").body()).isEqualTo("x");

    app.awaitRequests(1, "GET", "/app/api/described/{name}", 200);
  }

  @Test
  void annotationsOfAGenericInterfaceOrSuperclassCount() throws Exception {
    assertThat(app.post("/app/api/described/new", "x").body()).isEqualTo("created x");
    assertThat(app.post("/app/api/described/many/y", "x").body()).isEqualTo("created x for y");
    assertThat(
            app.send(app.request("/app/api/described/y").PUT(BodyPublishers.ofString("x"))).body())
        .isEqualTo("y is x");

    app.awaitRequests(1, "POST", "/app/api/described/new", 200);
    app.awaitRequests(1, "POST", "/app/api/described/many/{name}", 200);
    app.awaitRequests(1, "PUT", "/app/api/described/{name}", 200);
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
  void theTemplateOfALocatorIsAPartOfTheRoute() throws Exception {
    assertThat(app.get("/app/api/departments/it/users/42").body()).isEqualTo("user 42");
    assertThat(app.get("/app/api/departments/it/users").body()).isEqualTo("users");
    assertThat(app.get("/app/api/departments/it/rooms/7").body()).isEqualTo("room 7");
    assertThat(app.get("/app/api/departments/it/rooms/7/within/8").body()).isEqualTo("room 8");

    app.awaitRequests(1, "GET", "/app/api/departments/{department}/users/{id}", 200);
    app.awaitRequests(1, "GET", "/app/api/departments/{department}/users", 200);
    app.awaitRequests(1, "GET", "/app/api/departments/{department}/rooms/{room}", 200);
    app.awaitRequests(
        1, "GET", "/app/api/departments/{department}/rooms/{room}/within/{room}", 200);
  }

  @Test
  void whatSeveralLocatorsCanLeadToIsTheServlets() throws Exception {
    assertThat(app.get("/app/api/departments/it/desks/7").body()).isEqualTo("desk 7");
    assertThat(app.get("/app/api/departments/it/free-desks/7").body()).isEqualTo("desk 7");

    app.awaitRequests(2, "GET", "/app/api/*", 200);
  }

  @Test
  void whatNoMethodAcceptsOrProducesIsOneSeriesOfTheServlet() throws Exception {
    assertThat(app.send(app.request("/app/api/text").header("Accept", "image/png")).statusCode())
        .isEqualTo(406);
    assertThat(
            app.send(
                    app.request("/app/api/text")
                        .header("Content-Type", "image/png")
                        .POST(BodyPublishers.ofString("no text")))
                .statusCode())
        .isEqualTo(415);
    assertThat(
            app.send(app.request("/app/api/text").method("OPTIONS", BodyPublishers.noBody()))
                .statusCode())
        .isEqualTo(200);

    app.awaitRequests(1, "GET", "/app/api/*", 406);
    app.awaitRequests(1, "POST", "/app/api/*", 415);
    app.awaitRequests(1, "OPTIONS", "/app/api/*", 200);
  }
}
