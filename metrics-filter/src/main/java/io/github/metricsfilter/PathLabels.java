package io.github.metricsfilter;

import static java.lang.System.Logger.Level.WARNING;

import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * All values of the path label in one set of metrics: at most {@code max-paths} routes and, in the
 * path modes that look at the URI, as many URIs again. What comes later is {@code _OTHER}. The two
 * are counted apart because a client can invent URIs, and so could push out the routes.
 */
final class PathLabels {

  private static final System.Logger LOG = System.getLogger(PathLabels.class.getName());

  private static final String ROUTE_ADVICE =
      "If a route holds what clients choose, an id perhaps, find who names it: the request attribute "
          + RequestPath.ATTRIBUTE
          + ", the RouteResolver, a pattern of Spring MVC, or the servlet's mapping, in this order."
          + " Let it name the pattern, /users/{id}. If the application has more routes, raise"
          + " max-paths. The metrics show those that came first.";

  private static final String URI_ADVICE =
      "Clients can invent URIs; path-mode=route shows routes in their place, which the application"
          + " can name in the request attribute "
          + RequestPath.ATTRIBUTE
          + ".";

  /** Who a path is from: the application, or the client. */
  enum Origin {
    ROUTE,
    URI
  }

  private final String name;
  private final int max;
  private final int methods;
  private final Map<String, PathLabel> admitted = new ConcurrentHashMap<>();
  private final AtomicInteger routes = new AtomicInteger();
  private final AtomicInteger uris = new AtomicInteger();
  private final PathLabel other;
  private final Set<Origin> logged = ConcurrentHashMap.newKeySet();

  /**
   * @param name the label's, which depends on the preset
   * @param max how many routes, and how many URIs, get series of their own
   * @param methods how many values the label of the method has
   */
  PathLabels(String name, int max, int methods) {
    this.name = name;
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
    return used.get() == max ? overflow(value, origin) : admit(value, origin, used);
  }

  private synchronized PathLabel admit(String value, Origin origin, AtomicInteger used) {
    PathLabel label = admitted.get(value);
    if (label != null) {
      return label;
    }
    if (used.get() == max) {
      return overflow(value, origin);
    }
    used.incrementAndGet();
    label = value.equals(other.value) ? other : new PathLabel(value, methods);
    admitted.put(value, label);
    return label;
  }

  private PathLabel overflow(String value, Origin origin) {
    if (logged.add(origin)) {
      LOG.log(
          WARNING,
          "max-paths={0} is reached: \"{1}\" and other new {2} are recorded under {3}=\"{4}\". {5}",
          Integer.toString(max),
          value.replaceAll("\\p{Cntrl}", "?"), // it can be a client's, and a log has lines
          origin == Origin.ROUTE ? "routes" : "URIs",
          name,
          other.value,
          origin == Origin.ROUTE ? ROUTE_ADVICE : URI_ADVICE);
    }
    return other;
  }

  boolean isOther(PathLabel label) {
    return label == other;
  }
}
