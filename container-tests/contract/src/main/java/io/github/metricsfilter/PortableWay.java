package io.github.metricsfilter;

/** What only tests may ask of the filter: that it does without its container's word. */
public final class PortableWay {

  private PortableWay() {}

  /** Makes this filter end its requests by what the Servlet API alone tells, wherever it runs. */
  public static PrometheusRequestFilter.Builder of(PrometheusRequestFilter.Builder builder) {
    return builder.portable();
  }
}
