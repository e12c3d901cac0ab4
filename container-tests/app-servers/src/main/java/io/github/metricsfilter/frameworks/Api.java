package io.github.metricsfilter.frameworks;

import jakarta.ws.rs.ApplicationPath;
import jakarta.ws.rs.core.Application;

/** A JAX-RS application whose components the server finds. */
@ApplicationPath("/api")
public class Api extends Application {}
