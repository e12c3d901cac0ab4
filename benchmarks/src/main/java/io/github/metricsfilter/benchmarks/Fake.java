package io.github.metricsfilter.benchmarks;

import jakarta.servlet.FilterConfig;
import jakarta.servlet.FilterRegistration;
import jakarta.servlet.ServletConfig;
import jakarta.servlet.ServletContext;
import java.lang.reflect.Proxy;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The container's objects, as far as they are asked for at start-up. */
final class Fake {

  private Fake() {}

  /** An object of which nothing may be asked. */
  static <T> T of(Class<T> type) {
    return of(type, Map.of());
  }

  /**
   * An object that answers to these methods, whatever the arguments; to an init-param with null.
   */
  static <T> T of(Class<T> type, Map<String, Object> answers) {
    return type.cast(
        Proxy.newProxyInstance(
            type.getClassLoader(),
            new Class<?>[] {type},
            (proxy, method, arguments) -> answer(method.getName(), answers)));
  }

  private static @Nullable Object answer(String method, Map<String, Object> answers) {
    Object answer = answers.get(method);
    if (answer == null && !method.equals("getInitParameter")) {
      throw new UnsupportedOperationException(method);
    }
    return answer;
  }

  /** Of an application at the root whose context has this one attribute, whatever its name. */
  static FilterConfig filterConfig(Object attribute) {
    return of(FilterConfig.class, config("getFilterName", attribute));
  }

  static ServletConfig servletConfig() {
    return of(ServletConfig.class, config("getServletName", "unused"));
  }

  private static Map<String, Object> config(String naming, Object attribute) {
    FilterRegistration mappedToAll =
        of(
            FilterRegistration.class,
            Map.of("getUrlPatternMappings", List.of("/*"), "getServletNameMappings", List.of()));
    ServletContext context =
        of(
            ServletContext.class,
            Map.of(
                "getContextPath",
                "",
                "getAttribute",
                attribute,
                "getServerInfo",
                "benchmark",
                "getFilterRegistration",
                mappedToAll));
    return Map.of(
        naming,
        "benchmark",
        "getServletContext",
        context,
        "getInitParameterNames",
        Collections.emptyEnumeration());
  }
}
