package io.github.metricsfilter.containers;

import java.io.IOException;

class PayaraTest extends AppServerContract {

  @Override
  AppServer newServer() throws IOException {
    return new Payara();
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
