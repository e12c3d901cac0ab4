package io.github.metricsfilter;

import io.github.metricsfilter.PrometheusRequestFilter.Exemplars;
import io.github.metricsfilter.PrometheusRequestFilter.HistogramKind;
import io.github.metricsfilter.PrometheusRequestFilter.PathMode;
import io.github.metricsfilter.PrometheusRequestFilter.Preset;
import io.github.metricsfilter.internal.request.UrlPattern;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import jakarta.servlet.FilterConfig;
import jakarta.servlet.ServletConfig;
import jakarta.servlet.ServletContext;
import jakarta.servlet.ServletException;
import java.util.Arrays;
import java.util.Collections;
import java.util.Comparator;
import java.util.Enumeration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.BiConsumer;
import java.util.function.Function;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * The init-params of web.xml: what each is called, what is legal, and which call of a builder it
 * stands for. What isn't known or can't be read is a problem, never ignored.
 *
 * @param <B> the builder
 */
final class InitParameters<B> {

  private static final String BOOLEAN = "true or false";
  private static final String REGISTRY_ATTRIBUTE = "registry-attribute";
  private static final String NAME = "the name of a ServletContext attribute";
  private static final String METRIC_NAMES = "one or more names, separated by commas or spaces";

  /** Those of {@link PrometheusRequestFilter}. */
  static final InitParameters<PrometheusRequestFilter.Builder> FILTER =
      new InitParameters<PrometheusRequestFilter.Builder>()
          .with("preset", names(Preset.class), (b, v) -> b.preset(constant(Preset.class, v)))
          .with("metric-prefix", "the start of a metric name", (b, v) -> b.metricPrefix(v))
          .with("metric-name", "a metric name", (b, v) -> b.metricName(v))
          .with("help", "any text", (b, v) -> b.help(v))
          .with(
              "buckets",
              "finite, positive, increasing numbers of seconds, comma-separated",
              (b, v) -> b.buckets(doubles(v)))
          .with(
              "histogram",
              names(HistogramKind.class),
              (b, v) -> b.histogram(constant(HistogramKind.class, v)))
          .with(
              "exemplars",
              names(Exemplars.class),
              (b, v) -> b.exemplars(constant(Exemplars.class, v)))
          .with(
              "path-mode", names(PathMode.class), (b, v) -> b.pathMode(constant(PathMode.class, v)))
          .with(
              "path-components", "a whole number", (b, v) -> b.pathComponents(Integer.parseInt(v)))
          .with("strip-context-path", BOOLEAN, (b, v) -> b.stripContextPath(bool(v)))
          .with("max-paths", "a whole number, 1 or more", (b, v) -> b.maxPaths(Integer.parseInt(v)))
          .with(
              "exclude-paths",
              UrlPattern.LEGAL + ", comma-separated",
              (b, v) -> b.excludePaths(list(v)))
          .with("extra-methods", "method names, comma-separated", (b, v) -> b.extraMethods(list(v)))
          .with("request-size", BOOLEAN, (b, v) -> b.requestSize(bool(v)))
          .with("response-size", BOOLEAN, (b, v) -> b.responseSize(bool(v)))
          .with("const-labels", "name=value, comma-separated", (b, v) -> b.constLabels(labels(v)))
          .with(REGISTRY_ATTRIBUTE, NAME, (b, v) -> b.registryAttribute(v));

  /** Those of {@link MetricsServlet}. */
  static final InitParameters<MetricsServlet.Builder> SERVLET =
      new InitParameters<MetricsServlet.Builder>()
          .with(REGISTRY_ATTRIBUTE, NAME, (b, v) -> b.registryAttribute(v))
          .with("jvm-metrics", BOOLEAN, (b, v) -> b.jvmMetrics(bool(v)))
          .with(
              "max-concurrent-scrapes",
              "a whole number, 1 or more",
              (b, v) -> b.maxConcurrentScrapes(Integer.parseInt(v)))
          .with("name-must-be-equal-to", METRIC_NAMES, (b, v) -> b.nameMustBeEqualTo(words(v)))
          .with(
              "name-must-not-be-equal-to", METRIC_NAMES, (b, v) -> b.nameMustNotBeEqualTo(words(v)))
          .with("name-must-start-with", METRIC_NAMES, (b, v) -> b.nameMustStartWith(words(v)))
          .with(
              "name-must-not-start-with", METRIC_NAMES, (b, v) -> b.nameMustNotStartWith(words(v)));

  private static final class Parameter<B> {
    final String legal;
    final BiConsumer<B, String> setting;

    Parameter(String legal, BiConsumer<B, String> setting) {
      this.legal = legal;
      this.setting = setting;
    }
  }

  private final Map<String, Parameter<B>> parameters = new LinkedHashMap<>();

  private InitParameters() {}

  private InitParameters<B> with(String name, String legal, BiConsumer<B, String> setting) {
    parameters.put(name, new Parameter<>(legal, setting));
    return this;
  }

  Set<String> names() {
    return parameters.keySet();
  }

  /** Reads what web.xml gives into the builder, and adds to the problems what is wrong. */
  void read(Map<String, String> given, B builder, Problems problems) {
    given.forEach(
        (name, value) -> {
          Parameter<B> parameter = parameters.get(name);
          if (parameter == null) {
            problems.addText(name, " is no parameter; did you mean " + nearest(name) + "?");
            return;
          }
          try {
            parameter.setting.accept(builder, value.trim());
          } catch (IllegalArgumentException e) {
            problems.add(name, value, parameter.legal);
          }
        });
  }

  static Map<String, String> of(FilterConfig config) {
    return toMap(config.getInitParameterNames(), config::getInitParameter);
  }

  static Map<String, String> of(ServletConfig config) {
    return toMap(config.getInitParameterNames(), config::getInitParameter);
  }

  /**
   * What is configured in code has no init-params.
   *
   * @param owner the name of the filter or servlet
   * @throws ServletException if some are given
   */
  static void requireNone(String owner, Map<String, String> given) throws ServletException {
    if (!given.isEmpty()) {
      throw new ServletException(
          owner + ": has init-params, but is configured in code by the builder");
    }
  }

  private static Map<String, String> toMap(
      Enumeration<String> names, Function<String, String> valueOf) {
    Map<String, String> given = new TreeMap<>();
    Collections.list(names).forEach(name -> given.put(name, valueOf.apply(name)));
    return given;
  }

  /** The known name that the fewest changes of a letter make of this one. */
  private String nearest(String name) {
    return Collections.min(
        parameters.keySet(), Comparator.comparingInt(known -> distance(name, known)));
  }

  /** Levenshtein's distance. */
  private static int distance(String a, String b) {
    int[] row = new int[b.length() + 1];
    Arrays.setAll(row, j -> j);
    for (int i = 1; i <= a.length(); i++) {
      int diagonal = row[0];
      row[0] = i;
      for (int j = 1; j <= b.length(); j++) {
        int change = a.charAt(i - 1) == b.charAt(j - 1) ? diagonal : diagonal + 1;
        diagonal = row[j];
        row[j] = Math.min(change, 1 + Math.min(row[j], row[j - 1]));
      }
    }
    return row[b.length()];
  }

  /**
   * The registry that the attribute holds, or else the default one.
   *
   * @throws ServletException if the attribute is named and holds none
   */
  static PrometheusRegistry registry(ServletContext context, @Nullable String attribute)
      throws ServletException {
    if (attribute == null) {
      return PrometheusRegistry.defaultRegistry;
    }
    Object value = context.getAttribute(attribute);
    if (value instanceof PrometheusRegistry) {
      return (PrometheusRegistry) value;
    }
    throw new ServletException(
        REGISTRY_ATTRIBUTE
            + "=\""
            + attribute
            + "\": the ServletContext attribute of this name must hold a PrometheusRegistry when"
            + " the application starts, but it holds "
            + (value == null ? "nothing" : "a " + value.getClass().getName()));
  }

  private static boolean bool(String value) {
    if (value.equals("true") || value.equals("false")) {
      return value.equals("true");
    }
    throw new IllegalArgumentException(value);
  }

  private static <E extends Enum<E>> String names(Class<E> type) {
    return Arrays.stream(type.getEnumConstants())
        .map(Object::toString)
        .collect(Collectors.joining(", "));
  }

  private static <E extends Enum<E>> E constant(Class<E> type, String value) {
    for (E constant : type.getEnumConstants()) {
      if (constant.toString().equals(value)) {
        return constant;
      }
    }
    throw new IllegalArgumentException(value);
  }

  private static String[] list(String value) {
    return Pattern.compile(",").splitAsStream(value).map(String::trim).toArray(String[]::new);
  }

  /** As simpleclient's servlet separated them. */
  private static String[] words(String value) {
    String[] words =
        Pattern.compile("[,;\\s]+")
            .splitAsStream(value)
            .filter(word -> !word.isEmpty())
            .toArray(String[]::new);
    if (words.length == 0) {
      throw new IllegalArgumentException(value);
    }
    return words;
  }

  private static double[] doubles(String value) {
    return Arrays.stream(list(value)).mapToDouble(Double::parseDouble).toArray();
  }

  private static Map<String, String> labels(String value) {
    Map<String, String> labels = new LinkedHashMap<>();
    for (String pair : list(value)) {
      int equals = pair.indexOf('=');
      if (equals < 1
          || labels.put(pair.substring(0, equals).trim(), pair.substring(equals + 1).trim())
              != null) {
        throw new IllegalArgumentException(pair);
      }
    }
    return labels;
  }
}
