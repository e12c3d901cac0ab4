package io.github.metricsfilter;

import static java.lang.System.Logger.Level.WARNING;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;

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
  private final AtomicInteger routes = new AtomicInteger();
  private final AtomicInteger uris = new AtomicInteger();
  private final PathLabel other;
  private final AtomicBoolean overflowLogged = new AtomicBoolean();

  PathLabels(int max, int methods) {
    this.max = max;
    this.methods = methods;
    this.other = new PathLabel(ExtraLabel.OTHER, methods);
  }

  /** The label with this value, or {@code _OTHER}'s if as many as allowed have come before it. */
  PathLabel get(String value, Origin origin) {
    PathLabel label = admitted.get(value);
    if (label != null) {
      return label;
    }
    String wellFormed = LabelValue.wellFormed(value);
    if (!wellFormed.equals(value)) {
      return get(wellFormed, origin);
    }
    AtomicInteger used = origin == Origin.ROUTE ? routes : uris;
    // The first check is without a lock, so that a client that invents paths holds nobody up.
    return used.get() == max ? overflow(value) : admit(value, used);
  }

  private synchronized PathLabel admit(String value, AtomicInteger used) {
    PathLabel label = admitted.get(value);
    if (label != null) {
      return label;
    }
    if (used.get() == max) {
      return overflow(value);
    }
    used.incrementAndGet();
    label = value.equals(other.value) ? other : new PathLabel(value, methods);
    admitted.put(value, label);
    return label;
  }

  private PathLabel overflow(String value) {
    if (overflowLogged.compareAndSet(false, true)) {
      LOG.log(
          WARNING,
          "max-paths={0} is reached: \"{1}\" and other new paths are recorded under path=\"{2}\".",
          Integer.toString(max),
          value.replaceAll("\\p{Cntrl}", "?"), // it can be a client's, and a log has lines
          other.value);
    }
    return other;
  }

  boolean isOther(PathLabel label) {
    return label == other;
  }
}
