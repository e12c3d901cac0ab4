package io.github.metricsfilter.containers;

import java.io.IOException;

class GlassFishTest extends AppServerContract {

  @Override
  AppServer newServer() throws IOException {
    return new GlassFish();
  }

  /**
   * GlassFish doesn't answer these without the filter, either; and the context root's mapping is
   * the default servlet's.
   */
  @Override
  String neverAnswered() {
    return "/|.*/DISPATCHES_TO_A_FAILURE";
  }

  @Override
  String countedOtherwise() {
    return "";
  }

  /** The embedded GlassFish starts no application that has both, for a NullPointerException. */
  @Override
  boolean hasFaces() {
    return false;
  }

  @Override
  String loggedOtherwise() {
    return EmbeddedServer.ASYNCHRONOUS;
  }

  /** By its threads of AsyncContext.start, and by the last application that it has validated. */
  @Override
  boolean keepsClassLoaders() {
    return true;
  }
}
