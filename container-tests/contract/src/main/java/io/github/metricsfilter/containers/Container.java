package io.github.metricsfilter.containers;

/** A servlet container that listens on an ephemeral port until it is stopped. */
public interface Container {

  int port();

  /** Starts this application beside those that run already; what it returns stops it. */
  Stop deploy(Application application) throws Exception;

  /** Stops the container as its administrator would, with all its applications. */
  void stop() throws Exception;

  /** Stops what was started. */
  @FunctionalInterface
  interface Stop {
    void stop() throws Exception;
  }
}
