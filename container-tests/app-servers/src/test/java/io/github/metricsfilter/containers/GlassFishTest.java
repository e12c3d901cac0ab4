package io.github.metricsfilter.containers;

import java.io.IOException;

class GlassFishTest extends AppServerContract {

  @Override
  AppServer newServer() throws IOException {
    return new GlassFish();
  }

  @Override
  String neverAnswered() {
    return "";
  }

  @Override
  String countedOtherwise() {
    return "";
  }
}
