package io.github.metricsfilter.integration;

import org.junit.jupiter.api.Tag;

/** The subclass that a scan would find names the same routes. */
@Tag("resteasy") // has a class path of its own
class ResteasySubclassTest extends ResteasyTest {

  @Override
  Class<? extends jakarta.ws.rs.core.Application> application() {
    return ScannedResources.class;
  }
}
