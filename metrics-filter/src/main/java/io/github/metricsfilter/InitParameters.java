package io.github.metricsfilter;

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
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** The init-params of web.xml. What isn't known or can't be read is a problem, never ignored. */
final class InitParameters {

  private InitParameters() {}

  /** Sets what web.xml gives of these settings, and adds to the problems what is wrong. */
  static void read(
      Map<String, String> given, List<Setting<?>> settings, Values values, Problems problems) {
    Map<String, Setting<?>> known = new LinkedHashMap<>();
    settings.forEach(setting -> known.put(setting.name, setting));
    given.forEach(
        (name, text) -> {
          Setting<?> setting = known.get(name);
          if (setting == null) {
            String meant = nearest(name, known.keySet());
            problems.addText(
                name, "=\"" + text + "\" is no parameter; did you mean " + meant + "?");
          } else {
            values.read(setting, text, problems);
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
          owner + ": has init-params, but is configured in code by the builder: " + told(given));
    }
  }

  private static String told(Map<String, String> given) {
    return given.entrySet().stream()
        .map(parameter -> parameter.getKey() + "=\"" + parameter.getValue() + "\"")
        .collect(Collectors.joining(", "));
  }

  /** Not every container returns an empty enumeration where there are none, as it should. */
  private static Map<String, String> toMap(
      @Nullable Enumeration<String> names, Function<String, String> valueOf) {
    Map<String, String> given = new TreeMap<>();
    if (names != null) {
      Collections.list(names).forEach(name -> given.put(name, valueOf.apply(name)));
    }
    return given;
  }

  /** The known name that the fewest changes of a letter make of this one. */
  private static String nearest(String name, Set<String> known) {
    return Collections.min(known, Comparator.comparingInt(other -> distance(name, other)));
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
        Setting.REGISTRY_ATTRIBUTE.name
            + "=\""
            + attribute
            + "\": the ServletContext attribute of this name must hold a PrometheusRegistry when"
            + " the application starts, but it holds "
            + (value == null ? "nothing" : "a " + value.getClass().getName()));
  }
}
