package io.github.metricsfilter.frameworks;

import io.github.metricsfilter.jaxrs.JaxRsRoutes;
import jakarta.ws.rs.ext.Provider;

/** As docs/routes.md has it for applications whose components are found by their annotations. */
@Provider
public class Routes extends JaxRsRoutes {}
