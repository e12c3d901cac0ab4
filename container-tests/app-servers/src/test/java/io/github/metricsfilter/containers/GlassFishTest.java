package io.github.metricsfilter.containers;

import java.io.IOException;

class GlassFishTest extends AppServerContract {

  @Override
  AppServer newServer() throws IOException {
    return new GlassFish();
  }

  /** GlassFish doesn't answer these; and the context root's mapping is the default servlet's. */
  @Override
  String neverAnswered() {
    return "/|/read-later|.*/DISPATCHES_TO_A_FAILURE";
  }

  @Override
  String countedOtherwise() {
    return "";
  }
}
