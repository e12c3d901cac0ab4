package io.github.metricsfilter.frameworks;

/** A bean for CDI, which scans all of this archive. */
public class Greeting {

  /** What it says. */
  public String text() {
    return "hello";
  }
}
