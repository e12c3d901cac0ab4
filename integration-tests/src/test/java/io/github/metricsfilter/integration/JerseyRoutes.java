package io.github.metricsfilter.integration;

// tag::jersey[]
import io.github.metricsfilter.PrometheusRequestFilter;
import jakarta.annotation.Priority;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.ws.rs.container.ContainerRequestContext;
import jakarta.ws.rs.container.ContainerRequestFilter;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.ext.Provider;
import org.glassfish.jersey.server.ExtendedUriInfo;
import org.glassfish.jersey.uri.UriTemplate;

/** Names the route of each request: all templates that Jersey matched, those of locators too. */
@Provider
@Priority(1) // before filters that may refuse the request
public class JerseyRoutes implements ContainerRequestFilter {

  @Context private HttpServletRequest request;

  @Override
  public void filter(ContainerRequestContext context) {
    StringBuilder route = new StringBuilder();
    for (UriTemplate template : ((ExtendedUriInfo) context.getUriInfo()).getMatchedTemplates()) {
      route.insert(0, template.getTemplate()); // the last one is the first
    }
    String servlet = request.getHttpServletMapping().getPattern();
    route
        .insert(0, servlet.endsWith("/*") ? servlet.substring(0, servlet.length() - 2) : "")
        .insert(0, request.getServletContext().getContextPath());
    request.setAttribute(
        PrometheusRequestFilter.PATH_ATTRIBUTE,
        route.toString().replace("//", "/")); // a locator has an empty template beside its own
  }
}
// end::jersey[]
