package io.github.metricsfilter.containers;

import java.io.IOException;

class OpenLibertyTest extends AppServerContract {

  @Override
  AppServer newServer() throws IOException {
    return new OpenLiberty();
  }

  @Override
  String neverAnswered() {
    return "";
  }

  /** The status of an error page, after what Liberty tells no listener of. */
  @Override
  String countedOtherwise() {
    return "/failing|/[*]|/(CHANGES_THE_STATUS|GOES_ASYNCHRONOUS)/(FINDS_NO_FILE|IS_UNAVAILABLE|THROWS|THROWS_AFTER_A_FORWARD|THROWS_AN_ERROR)/IN_THE_SERVLET";
  }

  /** Clients that leave while they are answered: Liberty logs no line of them. */
  @Override
  String loggedOtherwise() {
    return "/endless.*|/pending";
  }
}
