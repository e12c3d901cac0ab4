package io.github.metricsfilter.integration;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.metricsfilter.PrometheusRequestFilter;
import io.github.metricsfilter.fixtures.EmbeddedJetty;
import jakarta.servlet.RequestDispatcher;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Without a framework the route is what the application says, or else the servlet's mapping. */
class ServletRoutesTest {

  // tag::attribute[]
  /** Shows orders: {@code /orders/7} and {@code /orders/7/items} are two routes. */
  public static class OrderServlet extends HttpServlet {
    private static final long serialVersionUID = 1L;

    @Override
    protected void doGet(HttpServletRequest request, HttpServletResponse response)
        throws IOException {
      boolean items = request.getPathInfo().endsWith("/items");
      request.setAttribute(
          PrometheusRequestFilter.PATH_ATTRIBUTE, items ? "/orders/{id}/items" : "/orders/{id}");
      response.getWriter().print(items ? "items" : "order");
    }
  }

  // end::attribute[]

  /** A controller that has a view rendered, as those with JSP do. */
  public static class PageServlet extends HttpServlet {
    private static final long serialVersionUID = 1L;

    @Override
    protected void doGet(HttpServletRequest request, HttpServletResponse response)
        throws ServletException, IOException {
      RequestDispatcher view = request.getRequestDispatcher("/views/page.jsp");
      view.forward(request, response);
    }
  }

  private final Application app = new Application();

  @AfterEach
  void stop() {
    app.close();
  }

  private void start(PrometheusRequestFilter.Builder settings) throws Exception {
    EmbeddedJetty.Handler answer = (request, response) -> response.getWriter().print("answer");
    app.metrics(settings.excludePaths("/metrics"))
        .servlet("/posts", answer)
        .servlet("/api/*", answer)
        .servlet("*.do", answer)
        .servlet("*.jsp", answer)
        .servlet("", answer)
        .servlet("/", (request, response) -> response.sendError(404))
        .servlet("/page", new PageServlet())
        .servlet("/orders/*", new OrderServlet())
        .start();
  }

  @Test
  void theRouteOfAServletIsTheMappingThatMatched() throws Exception {
    start(PrometheusRequestFilter.builder());

    app.get("/app/posts");
    app.get("/app/api");
    app.get("/app/api/users/42");
    app.get("/app/cart/add.do");
    app.get("/app/");
    app.get("/app/unknown");
    app.get("/app/posts/42");

    app.awaitRequests(1, "GET", "/app/posts", 200);
    app.awaitRequests(2, "GET", "/app/api/*", 200);
    app.awaitRequests(1, "GET", "/app/*.do", 200);
    app.awaitRequests(1, "GET", "/app/", 200);
    app.awaitRequests(2, "GET", "/app/*", 404);
  }

  @Test
  void aPageIsItsExtensionIfAskedForAndItsControllerIfForwardedTo() throws Exception {
    start(PrometheusRequestFilter.builder());

    app.get("/app/views/page.jsp");
    assertThat(app.get("/app/page").body()).isEqualTo("answer");

    app.awaitRequests(1, "GET", "/app/*.jsp", 200);
    app.awaitRequests(1, "GET", "/app/page", 200);
  }

  @Test
  void theAttributeGoesFirstAndIsTakenAsItIs() throws Exception {
    start(PrometheusRequestFilter.builder().routeResolver(request -> "/resolved"));

    app.get("/app/orders/7");
    app.get("/app/orders/8");
    app.get("/app/orders/7/items");
    app.get("/app/posts");

    app.awaitRequests(2, "GET", "/orders/{id}", 200);
    app.awaitRequests(1, "GET", "/orders/{id}/items", 200);
    app.awaitRequests(1, "GET", "/resolved", 200);
  }

  @Test
  void theResolverGoesBeforeTheMappingUnlessItReturnsNull() throws Exception {
    start(
        // tag::resolver[]
        PrometheusRequestFilter.builder()
            .routeResolver(
                request ->
                    "/api/*".equals(request.getHttpServletMapping().getPattern())
                        ? "/app/api/" + (request.getParameter("version") == null ? "v1" : "v2")
                        : null) // let the filter find it
        // end::resolver[]
        );

    app.get("/app/api/users/42");
    app.get("/app/api/users/42?version=2");
    app.get("/app/posts");

    app.awaitRequests(1, "GET", "/app/api/v1", 200);
    app.awaitRequests(1, "GET", "/app/api/v2", 200);
    app.awaitRequests(1, "GET", "/app/posts", 200);
  }
}
