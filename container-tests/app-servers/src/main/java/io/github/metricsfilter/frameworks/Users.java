package io.github.metricsfilter.frameworks;

import jakarta.inject.Inject;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.NotFoundException;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;

/** A resource that CDI injects into. */
@Path("users")
@SuppressWarnings("NullAway.Init") // CDI sets the field
public class Users {

  @Inject Greeting greeting;

  /** Greets a user; there is none of the number 0. */
  @GET
  @Path("{id}")
  public String user(@PathParam("id") int id) {
    if (id == 0) {
      throw new NotFoundException();
    }
    return greeting.text();
  }
}
