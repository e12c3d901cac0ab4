package io.github.metricsfilter;

import io.github.metricsfilter.PrometheusRequestFilter.Exemplars;
import io.github.metricsfilter.PrometheusRequestFilter.HistogramKind;
import io.github.metricsfilter.PrometheusRequestFilter.PathMode;
import io.github.metricsfilter.PrometheusRequestFilter.Preset;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import io.prometheus.metrics.model.snapshots.Labels;
import io.prometheus.metrics.tracer.initializer.SpanContextSupplier;
import jakarta.servlet.http.HttpServletRequest;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * What a {@link PrometheusRequestFilter.Builder} asks for, with the defaults filled in and found to
 * be legal.
 */
final class Settings {

  private static final double[] DEFAULT_BUCKETS = {
    .005, .01, .025, .05, .1, .25, .5, 1, 2.5, 5, 10
  };

  /** Those of simpleclient's Histogram and, alike, of OpenTelemetry's advice for HTTP durations. */
  private static final double[] FOURTEEN_BUCKETS = {
    .005, .01, .025, .05, .075, .1, .25, .5, .75, 1, 2.5, 5, 7.5, 10
  };

  private static final String SIMPLECLIENT_HELP = "The time taken fulfilling servlet requests";

  private static final Pattern METRIC_NAME = Pattern.compile("[a-zA-Z_:][a-zA-Z0-9_:]*");
  private static final String LEGAL_METRIC_NAME =
      "letters, digits, _ and :, not starting with a digit";

  private static final Pattern LABEL_NAME = Pattern.compile("(?!__)[a-zA-Z_][a-zA-Z0-9_]*");
  private static final String LEGAL_LABEL_NAME =
      "names of letters, digits and _, not starting with a digit or __, that are no other label's";

  /** RFC 9110, section 5.6.2. */
  private static final Pattern TOKEN = Pattern.compile("[-!#$%&'*+.^_`|~0-9A-Za-z]+");

  final Preset preset;
  final String metricPrefix;
  final String metricName;
  final String help;
  final double[] buckets;
  final HistogramKind histogram;
  final boolean exemplars;
  final PathMode pathMode;
  final int pathComponents;
  final boolean stripContextPath;
  final int maxPaths;
  final List<UrlPattern> excludePaths;
  final List<String> extraMethods;
  final boolean requestSize;
  final boolean responseSize;
  final Labels constLabels;
  final List<ExtraLabel> extraLabels;
  final RouteResolver routeResolver;
  final @Nullable Predicate<HttpServletRequest> skipIf;
  final @Nullable PrometheusRegistry registry;
  final @Nullable String registryAttribute;

  /** Whether no container's own word is asked for: tests force it. */
  final boolean portable;

  /** Fills in the defaults and adds to the problems whatever is wrong. */
  Settings(PrometheusRequestFilter.Builder given, Problems problems) {
    preset = or(given.preset, given.metricName == null ? Preset.DEFAULT : Preset.SIMPLECLIENT);
    boolean simpleclient = preset == Preset.SIMPLECLIENT;

    metricPrefix = or(given.metricPrefix, "");
    problems.require(
        given.metricPrefix == null || METRIC_NAME.matcher(metricPrefix).matches(),
        "metric-prefix",
        metricPrefix,
        LEGAL_METRIC_NAME);
    only(preset == Preset.DEFAULT, "preset=default", "metric-prefix", given.metricPrefix, problems);

    metricName = or(given.metricName, "");
    problems.require(
        !simpleclient || METRIC_NAME.matcher(metricName).matches(),
        "metric-name",
        metricName,
        LEGAL_METRIC_NAME + "; preset=simpleclient needs it");
    only(simpleclient, "preset=simpleclient", "metric-name", given.metricName, problems);

    help = or(given.help, SIMPLECLIENT_HELP);
    only(simpleclient, "preset=simpleclient", "help", given.help, problems);

    histogram = or(given.histogram, HistogramKind.CLASSIC);
    switch (or(given.exemplars, simpleclient ? Exemplars.OFF : Exemplars.AUTO)) {
      case ON:
        exemplars = true;
        break;
      case AUTO:
        exemplars = !simpleclient && SpanContextSupplier.hasSpanContext();
        break;
      default:
        exemplars = false;
    }
    requestSize = or(given.requestSize, false);
    responseSize = or(given.responseSize, false);
    if (simpleclient) {
      // It is there to show what the old filter showed, and the old one had none of these.
      String legal = " with preset=simpleclient";
      problems.require(
          histogram == HistogramKind.CLASSIC, "histogram", histogram, "classic" + legal);
      problems.require(!exemplars, "exemplars", "on", "auto or off" + legal);
      problems.require(!requestSize, "request-size", "true", "false" + legal);
      problems.require(!responseSize, "response-size", "true", "false" + legal);
    }

    buckets =
        given.buckets != null
            ? given.buckets.clone()
            : preset == Preset.DEFAULT ? DEFAULT_BUCKETS : FOURTEEN_BUCKETS;
    problems.require(
        areIncreasing(buckets),
        "buckets",
        Arrays.toString(buckets),
        "finite, positive, increasing numbers of seconds");
    only(
        histogram != HistogramKind.NATIVE,
        "histogram=classic or both",
        "buckets",
        given.buckets == null ? null : Arrays.toString(buckets),
        problems);

    pathMode = or(given.pathMode, simpleclient ? PathMode.COMPONENTS : PathMode.ROUTE);
    pathComponents = or(given.pathComponents, 1);
    only(
        pathMode == PathMode.COMPONENTS,
        "path-mode=components",
        "path-components",
        given.pathComponents,
        problems);
    problems.require(
        simpleclient || pathComponents >= 1, "path-components", pathComponents, "1 or more");
    problems.require(
        !simpleclient || pathMode == PathMode.COMPONENTS,
        "path-mode",
        pathMode,
        "components with preset=simpleclient");
    stripContextPath = or(given.stripContextPath, false);
    only(
        pathMode != PathMode.ROUTE,
        "path-mode=components or full",
        "strip-context-path",
        given.stripContextPath,
        problems);

    maxPaths = or(given.maxPaths, 200);
    problems.require(maxPaths >= 1, "max-paths", maxPaths, "1 or more");

    excludePaths = new ArrayList<>();
    for (String pattern : given.excludePaths) {
      try {
        excludePaths.add(new UrlPattern(pattern));
      } catch (IllegalArgumentException e) {
        problems.add("exclude-paths", pattern, UrlPattern.LEGAL);
      }
    }

    extraMethods = List.copyOf(given.extraMethods);
    for (String method : extraMethods) {
      problems.require(
          TOKEN.matcher(method).matches() && !method.equals(MethodLabel.OTHER),
          "extra-methods",
          method,
          "method names, which are tokens of RFC 9110, but not " + MethodLabel.OTHER);
    }

    extraLabels = new ArrayList<>(preset == Preset.OTEL ? ExtraLabel.OTEL : List.of());
    extraLabels.addAll(given.labels);
    List<String> names = new ArrayList<>(MetricFamilies.labelNames(preset));
    names.addAll(List.of("le", "quantile"));
    for (ExtraLabel label : extraLabels) {
      checkLabelName("label", label.name, names, problems);
      problems.require(label.maxValues >= 1, "label", label.maxValues, "1 value or more");
    }
    names.add(FaultMetrics.CAUSE); // which a metric of ours has beside the constant labels
    given.constLabels.keySet().forEach(n -> checkLabelName("const-labels", n, names, problems));
    constLabels =
        problems.isEmpty()
            ? Labels.of(
                given.constLabels.keySet().toArray(new String[0]),
                given.constLabels.values().toArray(new String[0]))
            : Labels.EMPTY;

    routeResolver = given.routeResolver;
    skipIf = given.skipIf;
    registry = given.registry;
    registryAttribute = given.registryAttribute;
    portable = given.portable;
    if (registry != null && registryAttribute != null) {
      problems.addText(
          "registry-attribute", "=\"" + registryAttribute + "\": legal only without registry");
    }
  }

  private static <T> T or(@Nullable T given, T otherwise) {
    return given == null ? otherwise : given;
  }

  /** A setting that means nothing in this configuration is refused rather than ignored. */
  private static void only(
      boolean legal, String where, String parameter, @Nullable Object given, Problems problems) {
    if (!legal && given != null) {
      problems.addText(parameter, "=\"" + given + "\": legal only with " + where);
    }
  }

  private static boolean areIncreasing(double[] bounds) {
    double last = 0;
    for (double bound : bounds) {
      if (!(bound > last) || Double.isInfinite(bound)) {
        return false;
      }
      last = bound;
    }
    return bounds.length > 0;
  }

  private static void checkLabelName(
      String parameter, String name, List<String> taken, Problems problems) {
    problems.require(
        LABEL_NAME.matcher(name).matches() && !taken.contains(name),
        parameter,
        name,
        LEGAL_LABEL_NAME);
    taken.add(name);
  }

  /**
   * The settings that filters must agree on to share metrics, by name. The others (what to exclude,
   * how to find a route) are each filter's own.
   */
  Map<String, String> shared() {
    Map<String, String> shared = new LinkedHashMap<>();
    shared.put("preset", preset.toString());
    shared.put("metric-prefix", metricPrefix);
    shared.put("metric-name", metricName);
    shared.put("help", help);
    shared.put("buckets", Arrays.toString(buckets));
    shared.put("histogram", histogram.toString());
    shared.put("exemplars", exemplars ? "on" : "off");
    shared.put("path-mode", pathMode.toString());
    shared.put("path-components", Integer.toString(pathComponents));
    shared.put("strip-context-path", Boolean.toString(stripContextPath));
    shared.put("max-paths", Integer.toString(maxPaths));
    shared.put("extra-methods", extraMethods.toString());
    shared.put("request-size", Boolean.toString(requestSize));
    shared.put("response-size", Boolean.toString(responseSize));
    shared.put("const-labels", constLabels.toString());
    extraLabels.forEach(label -> shared.put("label " + label.name, "up to " + label.maxValues));
    return shared;
  }
}
