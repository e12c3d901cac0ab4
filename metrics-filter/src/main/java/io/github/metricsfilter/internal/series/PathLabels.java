package io.github.metricsfilter.internal.series;

import static java.lang.System.Logger.Level.WARNING;

import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * All values of the path label in one set of metrics: at most {@code max-paths} routes and, in the
 * path modes that look at the URI, as many URIs again. What comes later is {@code _OTHER}, and so
 * is what is longer than {@link LabelValue#MAX_BYTES}. The two are counted apart because a client
 * can invent URIs, and so could push out the routes.
 */
public final class PathLabels {

  /** The request attribute by which an application names the route of a request. */
  public static final String ROUTE_ATTRIBUTE = "io.github.metricsfilter.path";

  private static final System.Logger LOG = System.getLogger(PathLabels.class.getName());

  /** Who a path is from, and what to do if there are too many. */
  public enum Origin {
    /** The application. */
    ROUTE(
        "routes",
        "If it contains something that clients choose, such as an ID, find its source: the request"
            + " attribute "
            + PathLabels.ROUTE_ATTRIBUTE
            + ", the RouteResolver, Spring MVC's pattern or the servlet's mapping, in this order."
            + " Name the pattern there instead: /users/{id}."),
    /** The client. */
    URI(
        "URIs",
        "Clients can invent URIs. path-mode=route records routes instead, which the application can"
            + " name in the request attribute "
            + PathLabels.ROUTE_ATTRIBUTE
            + ".");

    private final String plural;
    private final String advice;

    Origin(String plural, String advice) {
      this.plural = plural;
      this.advice = advice;
    }
  }

  private final String name;
  private final int max;
  private final int methods;
  private final Map<String, PathLabel> admitted = new ConcurrentHashMap<>();
  private final AtomicInteger routes = new AtomicInteger();
  private final AtomicInteger uris = new AtomicInteger();

  /** What is refused is recorded under it, and so is a route of that name. */
  private final PathLabel other;

  /** Stands for {@link #other} where a value was refused; it has no series. */
  private final PathLabel refused = new PathLabel(ExtraLabel.OTHER, 0);

  private final Set<Origin> overflowLogged = ConcurrentHashMap.newKeySet();
  private final Set<Origin> tooLongLogged = ConcurrentHashMap.newKeySet();

  /**
   * Of one set of metrics.
   *
   * @param name the label's, which depends on the preset
   * @param max how many routes, and how many URIs, get series of their own
   * @param methods how many values the label of the method has
   */
  public PathLabels(String name, int max, int methods) {
    this.name = name;
    this.max = max;
    this.methods = methods;
    this.other = new PathLabel(ExtraLabel.OTHER, methods);
    admitted.put(other.value, other);
  }

  /**
   * The label with this value, or one that {@link #isRefused} if it is too long or as many as
   * allowed have come before it. To refuse a value takes no lock and no memory, and no more time if
   * it is longer.
   */
  public PathLabel get(String value, Origin origin) {
    if (value.length() > LabelValue.MAX_BYTES) { // first, since the map's hash reads all of it
      return tooLong(value, origin);
    }
    PathLabel label = admitted.get(value);
    if (label != null) {
      return label;
    }
    String wellFormed = LabelValue.wellFormed(value);
    if (!wellFormed.equals(value)) {
      return get(wellFormed, origin);
    }
    if (!LabelValue.fits(value)) {
      return tooLong(value, origin);
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
    label = new PathLabel(value, methods);
    admitted.put(value, label);
    return label;
  }

  private PathLabel overflow(String value, Origin origin) {
    if (overflowLogged.add(origin)) {
      LOG.log(
          WARNING,
          "max-paths={0} is reached: \"{1}\" and other new {2} are recorded as {3}=\"{4}\". {5}"
              + " If the application really has more, raise max-paths.",
          Integer.toString(max),
          printable(value),
          origin.plural,
          name,
          other.value,
          origin.advice);
    }
    return refused;
  }

  private PathLabel tooLong(String value, Origin origin) {
    if (tooLongLogged.add(origin)) {
      LOG.log(
          WARNING,
          "\"{0}...\" and other {1} longer than {2} bytes are recorded as {3}=\"{4}\". {5}",
          printable(LabelValue.cut(value)),
          origin.plural,
          Integer.toString(LabelValue.MAX_BYTES),
          name,
          other.value,
          origin.advice);
    }
    return refused;
  }

  /** It can be a client's, and a log has lines. */
  private static String printable(String value) {
    return value.replaceAll("\\p{Cntrl}", "?");
  }

  /** Whether a value has no label of its own, so that it is recorded under {@link #other}. */
  public boolean isRefused(PathLabel label) {
    return label == refused;
  }

  /** The label {@code _OTHER}. */
  PathLabel other() {
    return other;
  }
}
