package io.github.metricsfilter.containers;

import java.io.IOException;

class WildFlyTest extends AppServerContract {

  @Override
  AppServer newServer() throws IOException {
    return new WildFly();
  }

  /** A query that cannot be decoded, and asynchronous error pages of exceptions, as in Undertow. */
  @Override
  String neverAnswered() {
    return "/parameters|/GOES_ASYNCHRONOUS/(FINDS_NO_FILE|THROWS.*)/IN_THE_SERVLET";
  }

  @Override
  String countedOtherwise() {
    return "";
  }

  @Override
  boolean tellsFirstByteOfPages() {
    return true;
  }
}
