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

  @Override
  boolean hasFilterInTheWar() {
    return false;
  }

  /** What fails once its response is under way, which Tomcat logs as 500. */
  @Override
  String loggedOtherwise() {
    return "/endless-in-a-.*|/pending|.*[-_](flush|FLUSHED|FLUSH/IN_A_DISPATCH)(-.*)?";
  }
}
