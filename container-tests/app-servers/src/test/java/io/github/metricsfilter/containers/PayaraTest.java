package io.github.metricsfilter.containers;

import java.io.IOException;

class PayaraTest extends AppServerContract {

  @Override
  AppServer newServer() throws IOException {
    return new Payara();
  }

  /** As GlassFish, which has the reasons. */
  @Override
  String neverAnswered() {
    return "/|.*/DISPATCHES_TO_A_FAILURE";
  }

  @Override
  String countedOtherwise() {
    return "";
  }

  @Override
  String loggedOtherwise() {
    return EmbeddedServer.ASYNCHRONOUS;
  }

  /**
   * Started in a JVM of ours, Payara Micro compiles none: it doesn't find its own classes for that.
   */
  @Override
  int statusOfPages() {
    return 500;
  }

  /** By its threads of AsyncContext.start. */
  @Override
  boolean keepsClassLoaders() {
    return true;
  }
}
