package io.github.metricsfilter;

import io.github.metricsfilter.PrometheusRequestFilter.Exemplars;
import io.github.metricsfilter.PrometheusRequestFilter.HistogramKind;
import io.github.metricsfilter.PrometheusRequestFilter.PathMode;
import io.github.metricsfilter.PrometheusRequestFilter.Preset;
import io.github.metricsfilter.internal.request.RequestSettings;
import io.github.metricsfilter.internal.request.UrlPattern;
import io.github.metricsfilter.internal.series.ExtraLabel;
import io.github.metricsfilter.internal.series.LabelValue;
import io.github.metricsfilter.internal.series.Schema;
import io.github.metricsfilter.internal.series.SeriesSettings;
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
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * The settings of {@link PrometheusRequestFilter}, each with all there is to know of it by itself;
 * and an object of this type is what one builder has set them to, found to be legal together.
 */
final class Settings {

  private static final String SIMPLECLIENT_HELP = "The time taken fulfilling servlet requests";

  private static final Predicate<String> METRIC_NAMES =
      Pattern.compile("[a-zA-Z_:][a-zA-Z0-9_:]*").asMatchPredicate();
  private static final String LEGAL_METRIC_NAME =
      "letters, digits, _ and :, not starting with a digit";

  /** By these, OpenMetrics and some versions of client_java tell the samples of other types. */
  private static final Predicate<String> RESERVED_NAMES =
      Pattern.compile(".*_(total|created|bucket|info)").asMatchPredicate();

  private static final String NOT_RESERVED = "not ending with _total, _created, _bucket or _info";

  private static final Predicate<String> LABEL_NAMES =
      Pattern.compile("(?!__)[a-zA-Z_][a-zA-Z0-9_]*").asMatchPredicate();
  private static final String LEGAL_LABEL_NAME =
      "names of letters, digits and _, not starting with a digit or __, that are no other label's";

  private static final String LEGAL_BUCKETS = "finite, positive, increasing numbers of seconds";

  /** RFC 9110, section 5.6.2. */
  private static final Predicate<String> TOKENS =
      Pattern.compile("[-!#$%&'*+.^_`|~0-9A-Za-z]+").asMatchPredicate();

  static final Setting<Preset> PRESET =
      Setting.constant("preset", Preset.DEFAULT)
          .byDefault(Settings::presetByDefault, "default; simpleclient if metric-name is given");
  static final Setting<String> METRIC_PREFIX =
      Setting.text("metric-prefix", "the start of a metric name");
  static final Setting<String> METRIC_NAME =
      Setting.text("metric-name", "a metric name, " + NOT_RESERVED);
  static final Setting<String> HELP =
      Setting.text("help", "any text").byDefault(values -> SIMPLECLIENT_HELP, SIMPLECLIENT_HELP);
  static final Setting<List<Double>> BUCKETS =
      new Setting<>(
          "buckets",
          LEGAL_BUCKETS + ", comma-separated",
          Settings::doubles,
          values -> asList(schema(values).defaultBuckets()),
          "those of the preset");
  static final Setting<HistogramKind> HISTOGRAM =
      Setting.constant("histogram", HistogramKind.CLASSIC);
  static final Setting<Exemplars> EXEMPLARS = Setting.constant("exemplars", Exemplars.AUTO);
  static final Setting<PathMode> PATH_MODE =
      Setting.constant("path-mode", PathMode.ROUTE)
          .byDefault(
              values -> isSimpleclient(values) ? PathMode.COMPONENTS : PathMode.ROUTE,
              "route; components with preset=simpleclient");
  static final Setting<Integer> PATH_COMPONENTS =
      Setting.wholeNumber("path-components", "a whole number", 1);
  static final Setting<Boolean> STRIP_CONTEXT_PATH = Setting.flag("strip-context-path", false);
  static final Setting<Integer> MAX_PATHS =
      Setting.wholeNumber("max-paths", "a whole number, 1 or more", 200);
  static final Setting<List<String>> EXCLUDE_PATHS =
      Setting.list("exclude-paths", "patterns, comma-separated: " + UrlPattern.LEGAL);
  static final Setting<List<String>> EXTRA_METHODS =
      Setting.list("extra-methods", "method names, comma-separated");
  static final Setting<Boolean> REQUEST_SIZE = Setting.flag("request-size", false);
  static final Setting<Boolean> RESPONSE_SIZE = Setting.flag("response-size", false);
  static final Setting<Boolean> ACTIVE_DURATION = Setting.flag("active-duration", false);
  static final Setting<Boolean> FIRST_BYTE = Setting.flag("first-byte", false);
  static final Setting<Boolean> STATUS_CLASSES = Setting.flag("status-classes", false);
  static final Setting<Map<String, String>> CONST_LABELS =
      new Setting<>(
          "const-labels",
          "name=value, comma-separated",
          Settings::labels,
          values -> Map.of(),
          "none");

  /** Those that filters must agree on to share metrics. */
  static final List<Setting<?>> SHARED =
      List.of(
          PRESET,
          METRIC_PREFIX,
          METRIC_NAME,
          HELP,
          BUCKETS,
          HISTOGRAM,
          EXEMPLARS,
          PATH_MODE,
          PATH_COMPONENTS,
          STRIP_CONTEXT_PATH,
          MAX_PATHS,
          EXTRA_METHODS,
          REQUEST_SIZE,
          RESPONSE_SIZE,
          ACTIVE_DURATION,
          FIRST_BYTE,
          STATUS_CLASSES,
          CONST_LABELS);

  /** The others, which are each filter's own. */
  static final List<Setting<?>> OWN = List.of(EXCLUDE_PATHS, Setting.REGISTRY_ATTRIBUTE);

  static List<Setting<?>> all() {
    List<Setting<?>> all = new ArrayList<>(SHARED);
    all.addAll(OWN);
    return all;
  }

  private final Values values;
  private final Schema schema;
  private final List<UrlPattern> excludePaths;
  private final List<ExtraLabel> extraLabels;
  private final Labels constLabels;
  private final RouteResolver routeResolver;
  private final @Nullable Predicate<HttpServletRequest> skipIf;
  final @Nullable PrometheusRegistry registry;
  final @Nullable String registryAttribute;

  /** Whether no container's own word is asked for: tests force it. */
  private final boolean portable;

  /** Adds to the problems whatever is wrong. */
  Settings(PrometheusRequestFilter.Builder builder, Problems problems) {
    values = new Values(builder.values);
    schema = schema(values);
    registry = builder.registry;
    registryAttribute = values.given(Setting.REGISTRY_ATTRIBUTE);
    routeResolver = builder.routeResolver;
    skipIf = builder.skipIf;
    portable = builder.portable;
    extraLabels = new ArrayList<>(schema.ownLabels());
    extraLabels.addAll(builder.labels);

    checkPreset(values, problems);
    checkHistogram(values, problems);
    checkPath(values, problems);
    checkMethods(values, problems);
    checkLabels(schema, extraLabels, values, problems);
    values.only(registry == null, "without registry", Setting.REGISTRY_ATTRIBUTE, problems);
    excludePaths = urlPatterns(values, problems);
    constLabels = problems.isEmpty() ? constLabels(values) : Labels.EMPTY;
    // What auto means is decided here: by what they do, filters are compared.
    values.set(EXEMPLARS, hasExemplars(values) ? Exemplars.ON : Exemplars.OFF);
  }

  SeriesSettings ofSeries() {
    HistogramKind histogram = values.get(HISTOGRAM);
    return new SeriesSettings(
        schema,
        values.get(BUCKETS).stream().mapToDouble(Double::doubleValue).toArray(),
        histogram != HistogramKind.NATIVE,
        histogram != HistogramKind.CLASSIC,
        values.get(EXEMPLARS) == Exemplars.ON,
        values.get(MAX_PATHS),
        values.get(EXTRA_METHODS),
        values.get(REQUEST_SIZE),
        values.get(RESPONSE_SIZE),
        values.get(ACTIVE_DURATION),
        values.get(FIRST_BYTE),
        values.get(STATUS_CLASSES),
        constLabels,
        extraLabels,
        shared());
  }

  RequestSettings ofRequests() {
    PathMode pathMode = values.get(PATH_MODE);
    return new RequestSettings(
        pathMode == PathMode.ROUTE,
        pathMode == PathMode.FULL ? 0 : values.get(PATH_COMPONENTS),
        values.get(STRIP_CONTEXT_PATH),
        !isSimpleclient(values), // what its filter showed didn't depend on the framework
        routeResolver::resolve,
        excludePaths,
        skipIf,
        portable);
  }

  /** What filters must agree on to share metrics: the settings' names and values. */
  Map<String, String> shared() {
    Map<String, String> shared = new LinkedHashMap<>();
    SHARED.forEach(setting -> shared.put(setting.name, values.get(setting).toString()));
    shared.put(CONST_LABELS.name, constLabels.toString()); // in an order of their own
    extraLabels.forEach(label -> shared.put("label " + label.name(), "up to " + label.maxValues()));
    return shared;
  }

  private static Preset presetByDefault(Values values) {
    return values.given(METRIC_NAME) == null ? Preset.DEFAULT : Preset.SIMPLECLIENT;
  }

  private static boolean isSimpleclient(Values values) {
    return values.get(PRESET) == Preset.SIMPLECLIENT;
  }

  private static Schema schema(Values values) {
    switch (values.get(PRESET)) {
      case SIMPLECLIENT:
        return Schema.simpleclient(values.get(METRIC_NAME), values.get(HELP));
      case OTEL:
        return Schema.otel();
      case MICROMETER:
        return Schema.micrometer();
      default:
        return Schema.standard(values.get(METRIC_PREFIX));
    }
  }

  /** What each preset needs and what it can't have. */
  private static void checkPreset(Values values, Problems problems) {
    boolean isDefault = values.get(PRESET) == Preset.DEFAULT;
    boolean simpleclient = isSimpleclient(values);
    values.only(isDefault, "with preset=default", METRIC_PREFIX, problems);
    if (values.given(METRIC_PREFIX) != null) {
      values.require(METRIC_PREFIX, METRIC_NAMES, LEGAL_METRIC_NAME, problems);
    }
    values.only(simpleclient, "with preset=simpleclient", METRIC_NAME, problems);
    values.only(simpleclient, "with preset=simpleclient", HELP, problems);
    if (simpleclient) {
      // It is there to show what the old filter showed, and the old one had nothing else.
      String legal = " with preset=simpleclient";
      values.require(
          METRIC_NAME,
          METRIC_NAMES.and(RESERVED_NAMES.negate()),
          LEGAL_METRIC_NAME + ", " + NOT_RESERVED + "; preset=simpleclient needs it",
          problems);
      values.require(HISTOGRAM, HistogramKind.CLASSIC::equals, "classic" + legal, problems);
      values.require(EXEMPLARS, when -> when != Exemplars.ON, "auto or off" + legal, problems);
      for (Setting<Boolean> flag :
          List.of(REQUEST_SIZE, RESPONSE_SIZE, ACTIVE_DURATION, FIRST_BYTE, STATUS_CLASSES)) {
        values.require(flag, set -> !set, "false" + legal, problems);
      }
      values.require(PATH_MODE, PathMode.COMPONENTS::equals, "components" + legal, problems);
    }
  }

  private static void checkHistogram(Values values, Problems problems) {
    boolean classic = values.get(HISTOGRAM) != HistogramKind.NATIVE;
    values.only(classic, "with histogram=classic or both", BUCKETS, problems);
    values.require(BUCKETS, Settings::areIncreasing, LEGAL_BUCKETS, problems);
  }

  private static void checkPath(Values values, Problems problems) {
    PathMode mode = values.get(PATH_MODE);
    values.only(
        mode == PathMode.COMPONENTS, "with path-mode=components", PATH_COMPONENTS, problems);
    values.only(
        mode != PathMode.ROUTE, "with path-mode=components or full", STRIP_CONTEXT_PATH, problems);
    values.require(MAX_PATHS, number -> number >= 1, "1 or more", problems);
    if (!isSimpleclient(values)) { // to which less means all of them
      values.require(PATH_COMPONENTS, number -> number >= 1, "1 or more", problems);
    }
  }

  private static List<UrlPattern> urlPatterns(Values values, Problems problems) {
    List<UrlPattern> patterns = new ArrayList<>();
    for (String pattern : values.get(EXCLUDE_PATHS)) {
      try {
        patterns.add(new UrlPattern(pattern));
      } catch (IllegalArgumentException e) {
        problems.add(EXCLUDE_PATHS.name, pattern, UrlPattern.LEGAL);
      }
    }
    return patterns;
  }

  private static void checkMethods(Values values, Problems problems) {
    for (String method : values.get(EXTRA_METHODS)) {
      problems.require(
          TOKENS.test(method) && !method.equals(ExtraLabel.OTHER) && LabelValue.fits(method),
          EXTRA_METHODS.name,
          method,
          "method names, which are tokens of RFC 9110, of "
              + LabelValue.MAX_BYTES
              + " characters at most, but not "
              + ExtraLabel.OTHER);
    }
  }

  /** No two labels of a series may have one name, whoever adds them. */
  private static void checkLabels(
      Schema schema, List<ExtraLabel> extraLabels, Values values, Problems problems) {
    List<String> taken = new ArrayList<>(schema.labelNames());
    taken.addAll(List.of("le", "quantile"));
    for (ExtraLabel label : extraLabels) {
      checkLabelName("label", label.name(), taken, problems);
      problems.require(label.maxValues() >= 1, "label", label.maxValues(), "1 value or more");
    }
    taken.add("cause"); // which a metric of ours has beside the constant labels
    values
        .get(CONST_LABELS)
        .forEach(
            (name, value) -> {
              checkLabelName(CONST_LABELS.name, name, taken, problems);
              problems.require(
                  LabelValue.fits(value),
                  CONST_LABELS.name,
                  name + "=" + value,
                  "values of " + LabelValue.MAX_BYTES + " bytes in UTF-8 at most");
            });
  }

  private static void checkLabelName(
      String setting, String name, List<String> taken, Problems problems) {
    problems.require(
        LABEL_NAMES.test(name) && !taken.contains(name), setting, name, LEGAL_LABEL_NAME);
    taken.add(name);
  }

  private static boolean hasExemplars(Values values) {
    Exemplars when = values.get(EXEMPLARS);
    return !isSimpleclient(values)
        && (when == Exemplars.ON
            || (when == Exemplars.AUTO && SpanContextSupplier.hasSpanContext()));
  }

  private static Labels constLabels(Values values) {
    Map<String, String> labels = values.get(CONST_LABELS);
    return Labels.of(
        labels.keySet().toArray(new String[0]), labels.values().toArray(new String[0]));
  }

  private static boolean areIncreasing(List<Double> bounds) {
    double last = 0;
    for (double bound : bounds) {
      if (!(bound > last) || Double.isInfinite(bound)) {
        return false;
      }
      last = bound;
    }
    return !bounds.isEmpty();
  }

  static List<Double> asList(double[] bounds) {
    return Arrays.stream(bounds).boxed().collect(Collectors.toUnmodifiableList());
  }

  private static List<Double> doubles(String text) {
    return asList(Setting.split(text).stream().mapToDouble(Double::parseDouble).toArray());
  }

  private static Map<String, String> labels(String text) {
    Map<String, String> labels = new LinkedHashMap<>();
    for (String pair : Setting.split(text)) {
      int equals = pair.indexOf('=');
      if (equals < 1) {
        throw new IllegalArgumentException(pair);
      }
      String name = pair.substring(0, equals).trim();
      if (labels.put(name, pair.substring(equals + 1).trim()) != null) {
        throw new Setting.WrongText("has \"" + name + "\" twice");
      }
    }
    return labels;
  }
}
