package io.github.metricsfilter.integration;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.metricsfilter.PrometheusRequestFilter;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import java.util.Set;
import org.apache.cxf.jaxrs.servlet.CXFNonSpringJaxrsServlet;
import org.eclipse.jetty.ee10.servlet.ServletHolder;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Apache CXF leaves the URI of each request where Spring leaves its pattern. */
@Tag("cxf") // has a class path of its own
class CxfTest {

  public static class Resources extends jakarta.ws.rs.core.Application {
    @Override
    public Set<Class<?>> getClasses() {
      return Set.of(Users.class);
    }
  }

  @Path("users")
  public static class Users {
    @GET
    @Path("{id}")
    public String one(@PathParam("id") String id) {
      return "user " + id;
    }
  }

  final Application app = new Application();

  private void start(PrometheusRequestFilter.Builder settings) throws Exception {
    ServletHolder servlet = new ServletHolder(CXFNonSpringJaxrsServlet.class);
    servlet.setInitParameter("jakarta.ws.rs.Application", Resources.class.getName());
    app.metrics(settings).servlet("/api/*", servlet).start();
  }

  @AfterEach
  void stop() {
    app.close();
  }

  @Test
  void theRouteIsTheMappingOfItsServlet() throws Exception {
    start(PrometheusRequestFilter.builder());

    assertThat(app.get("/app/api/users/42").body()).isEqualTo("user 42");
    assertThat(app.get("/app/api/unknown/1").statusCode()).isEqualTo(404);
    assertThat(app.get("/app/api/unknown/2").statusCode()).isEqualTo(404);

    app.awaitRequests(1, "GET", "/app/api/*", 200);
    app.awaitRequests(2, "GET", "/app/api/*", 404);
  }

  @Test
  void aResolverTakesItsTemplate() throws Exception {
    start(
        // tag::cxf[]
        PrometheusRequestFilter.builder()
            .routeResolver(
                request -> {
                  Object left =
                      request.getAttribute(
                          "org.springframework.web.servlet.HandlerMapping.bestMatchingPattern");
                  return left == null || left.equals(request.getRequestURI())
                      ? null // what no resource matches
                      : left.toString();
                })
        // end::cxf[]
        );

    assertThat(app.get("/app/api/users/42").body()).isEqualTo("user 42");
    assertThat(app.get("/app/api/unknown/1").statusCode()).isEqualTo(404);

    app.awaitRequests(1, "GET", "/app/api/users/{id}", 200);
    app.awaitRequests(1, "GET", "/app/api/*", 404);
  }
}
