package io.github.metricsfilter;

import io.prometheus.metrics.model.registry.PrometheusRegistry;
import jakarta.servlet.FilterConfig;
import jakarta.servlet.ServletConfig;
import jakarta.servlet.ServletContext;
import jakarta.servlet.ServletException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Enumeration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.function.Consumer;
import java.util.function.Function;

/**
 * The init-params of a filter or servlet, as strings of web.xml, turned into the settings of a
 * builder. What isn't known or can't be read is refused, all of it in one message.
 */
final class InitParameters {

  private final String owner;
  private final ServletContext context;
  private final Map<String, String> given = new TreeMap<>();
  private final List<String> known = new ArrayList<>();
  private final List<String> problems = new ArrayList<>();

  private InitParameters(
      String owner,
      ServletContext context,
      Enumeration<String> names,
      Function<String, String> valueOf) {
    this.owner = owner;
    this.context = context;
    Collections.list(names).forEach(name -> given.put(name, valueOf.apply(name)));
  }

  /** The settings that a filter's init-params ask for. */
  static PrometheusRequestFilter.Builder read(FilterConfig config) throws ServletException {
    InitParameters parameters =
        new InitParameters(
            "filter " + config.getFilterName(),
            config.getServletContext(),
            config.getInitParameterNames(),
            config::getInitParameter);
    PrometheusRequestFilter.Builder builder = PrometheusRequestFilter.builder();
    parameters.registry(builder::registry);
    parameters.refuseOthers();
    return builder;
  }

  /** The settings that a servlet's init-params ask for. */
  static MetricsServlet.Builder read(ServletConfig config) throws ServletException {
    InitParameters parameters =
        new InitParameters(
            "servlet " + config.getServletName(),
            config.getServletContext(),
            config.getInitParameterNames(),
            config::getInitParameter);
    MetricsServlet.Builder builder = MetricsServlet.builder();
    parameters.registry(builder::registry);
    parameters.read("jvm-metrics", "true or false", InitParameters::bool, builder::jvmMetrics);
    parameters.refuseOthers();
    return builder;
  }

  private void registry(Consumer<PrometheusRegistry> setting) {
    read(
        "registry-attribute",
        "the name of a ServletContext attribute that holds a PrometheusRegistry",
        name -> (PrometheusRegistry) Objects.requireNonNull(context.getAttribute(name)),
        setting);
  }

  private static boolean bool(String value) {
    if (value.equals("true") || value.equals("false")) {
      return value.equals("true");
    }
    throw new IllegalArgumentException(value);
  }

  private <T> void read(
      String name, String legal, Function<String, T> parser, Consumer<T> setting) {
    known.add(name);
    String value = given.get(name);
    if (value == null) {
      return;
    }
    T parsed;
    try {
      parsed = parser.apply(value.trim());
    } catch (RuntimeException e) {
      problems.add(name + "=\"" + value + "\": legal is " + legal);
      return;
    }
    setting.accept(parsed);
  }

  private void refuseOthers() throws ServletException {
    for (String name : given.keySet()) {
      if (!known.contains(name)) {
        problems.add(name + " is not a parameter; legal are " + String.join(", ", known));
      }
    }
    if (!problems.isEmpty()) {
      throw new ServletException(owner + ": " + String.join("; ", problems));
    }
  }
}
