package io.github.metricsfilter.integration;

/** The subclass that a scan would find names the same routes. */
class JerseySubclassTest extends JerseyTest {

  @Override
  Class<? extends jakarta.ws.rs.core.Application> application() {
    return ScannedResources.class;
  }
}
