package io.github.metricsfilter;

import static java.lang.System.Logger.Level.WARNING;

import java.util.EnumMap;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * All values of the path label in one set of metrics: at most {@code max-paths} routes and, in the
 * path modes that look at the URI, as many URIs again. What comes later is {@code _OTHER}. The two
 * are counted apart because a client can invent URIs, and so could push out the routes.
 */
final class PathLabels {

  private static final System.Logger LOG = System.getLogger(PathLabels.class.getName());

  /** Who a path is from: the application, or the client. */
  enum Origin {
    ROUTE,
    URI
  }

  private final int max;
  private final int methods;
  private final Map<String, PathLabel> admitted = new ConcurrentHashMap<>();
  private final Map<Origin, Integer> used = new EnumMap<>(Origin.class);
  private final PathLabel other;
  private boolean overflowLogged;

  PathLabels(int max, int methods) {
    this.max = max;
    this.methods = methods;
    this.other = new PathLabel(ExtraLabel.OTHER, methods);
  }

  /** The label with this value, or {@code _OTHER}'s if as many as allowed have come before it. */
  PathLabel get(String value, Origin origin) {
    PathLabel label = admitted.get(value);
    return label == null ? admit(value, origin) : label;
  }

  private synchronized PathLabel admit(String value, Origin origin) {
    PathLabel label = admitted.get(value);
    if (label != null) {
      return label;
    }
    if (used.getOrDefault(origin, 0) == max) {
      if (!overflowLogged) {
        overflowLogged = true;
        LOG.log(
            WARNING,
            "max-paths={0} is reached: \"{1}\" and other new paths are recorded under path=\"{2}\".",
            max,
            value,
            other.value);
      }
      return other;
    }
    used.merge(origin, 1, Integer::sum);
    label = value.equals(other.value) ? other : new PathLabel(value, methods);
    admitted.put(value, label);
    return label;
  }

  boolean isOther(PathLabel label) {
    return label == other;
  }
}
