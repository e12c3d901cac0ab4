package io.github.metricsfilter.containers;

import java.io.IOException;

class TomcatZipTest extends AppServerContract {

  @Override
  AppServer newServer() throws IOException {
    return new TomcatZip();
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
