package io.github.metricsfilter;

import io.prometheus.metrics.config.PrometheusProperties;

/** A property of client_java that is set for a while. */
public final class ClientJavaProperty {

  static {
    PrometheusProperties.get(); // which are those of all tests, and so without it
  }

  private ClientJavaProperty() {}

  /** What is done meanwhile. */
  @FunctionalInterface
  public interface Action {
    void run() throws Exception;
  }

  public static void with(String name, Object value, Action action) throws Exception {
    System.setProperty(name, value.toString());
    try {
      action.run();
    } finally {
      System.clearProperty(name);
    }
  }
}
