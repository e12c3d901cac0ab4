package io.github.metricsfilter.internal.series;

import java.util.Locale;

/** Whose failure it was. Its name in lower case is the value of the label {@code cause}. */
public enum FailureCause {
  /** The application's word on the route: its resolver, or the object that names it. */
  ROUTE,
  /** The predicate {@code skipIf}. */
  SKIP,
  /** The function of a label that the application adds. */
  LABEL,
  /** The tracer, asked for the current span. */
  TRACER,
  /** The filter, or the container that it asked. */
  OWN;

  @Override
  public String toString() {
    return name().toLowerCase(Locale.ROOT);
  }
}
