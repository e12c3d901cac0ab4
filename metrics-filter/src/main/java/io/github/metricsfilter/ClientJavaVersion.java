package io.github.metricsfilter;

import jakarta.servlet.ServletException;
import java.io.IOException;
import java.io.InputStream;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Properties;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * Whether client_java is there as this library needs it. Frameworks manage versions of it, and
 * Maven can mix them. So what is wrong is said when the application starts, instead of failing with
 * a NoClassDefFoundError somewhere.
 */
final class ClientJavaVersion {

  /** The tests run with this one, too. */
  static final String LOWEST = "1.3.6";

  private static final String ADVICE =
      "Import io.prometheus:prometheus-metrics-bom in the build, so that all its jars have one"
          + " version; with Spring Boot, set the property prometheus-client.version.";

  /** The modules, and a class of each. */
  private static final Map<String, String> MODULES = new LinkedHashMap<>();

  static {
    MODULES.put("model", "model.registry.PrometheusRegistry");
    MODULES.put("config", "config.PrometheusProperties");
    MODULES.put("core", "core.metrics.Histogram");
    MODULES.put("exposition-textformats", "expositionformats.ExpositionFormats");
    MODULES.put("exporter-common", "exporter.common.PrometheusScrapeHandler");
    MODULES.put("instrumentation-jvm", "instrumentation.jvm.JvmThreadsMetrics");
    MODULES.put("tracer-common", "tracer.common.SpanContext");
    MODULES.put("tracer-initializer", "tracer.initializer.SpanContextSupplier");
  }

  private static final Pattern NUMBERS = Pattern.compile("(\\d{1,9})\\.(\\d{1,9})\\.(\\d{1,9})");

  private static final String MISSING = "missing";
  private static final String UNKNOWN = "of unknown version";

  /** Found out once: builders ask, and then what they have built. Null if there is none. */
  private static final @Nullable String PROBLEM = problem();

  private ClientJavaVersion() {}

  /**
   * @throws IllegalStateException if client_java isn't there, or a module of it is too old
   */
  static void require() {
    if (PROBLEM != null) {
      throw new IllegalStateException(PROBLEM);
    }
  }

  /**
   * @param filterOrServlet its name
   * @throws ServletException if client_java isn't there, or a module of it is too old
   */
  static void require(String filterOrServlet) throws ServletException {
    if (PROBLEM != null) {
      throw new ServletException(filterOrServlet + ": " + PROBLEM);
    }
  }

  /** What comes of modules that are missing, or that are new enough but don't fit each other. */
  static ServletException unfit(String filterOrServlet, LinkageError e) {
    return new ServletException(
        filterOrServlet
            + ": the jars of client_java are incomplete or don't fit each other: "
            + tell(versions())
            + ". "
            + ADVICE,
        e);
  }

  private static @Nullable String problem() {
    Map<String, String> versions = versions();
    return isThere(versions) && versions.values().stream().noneMatch(ClientJavaVersion::isTooOld)
        ? null
        : "needs client_java (prometheus-metrics) "
            + LOWEST
            + " or later, but finds "
            + tell(versions)
            + ". "
            + ADVICE;
  }

  private static String tell(Map<String, String> versions) {
    return versions.entrySet().stream()
        .map(module -> "prometheus-metrics-" + module.getKey() + " " + module.getValue())
        .collect(Collectors.joining(", "));
  }

  private static Map<String, String> versions() {
    Map<String, String> versions = new LinkedHashMap<>();
    MODULES.forEach((module, type) -> versions.put(module, version(module, type)));
    return versions;
  }

  private static String version(String module, String type) {
    ClassLoader loader;
    try {
      loader =
          Class.forName(
                  "io.prometheus.metrics." + type, false, ClientJavaVersion.class.getClassLoader())
              .getClassLoader();
    } catch (ClassNotFoundException e) {
      return MISSING;
    }
    String path = "META-INF/maven/io.prometheus/prometheus-metrics-" + module + "/pom.properties";
    Properties maven = new Properties();
    try (InputStream in = loader == null ? null : loader.getResourceAsStream(path)) {
      if (in != null) {
        maven.load(in);
      }
    } catch (IOException | IllegalArgumentException e) {
      return UNKNOWN;
    }
    return maven.getProperty("version", UNKNOWN);
  }

  /** What nothing works without. Applications leave out others that they don't need. */
  private static boolean isThere(Map<String, String> versions) {
    return !MISSING.equals(versions.get("model")) && !MISSING.equals(versions.get("config"));
  }

  /** An unknown version may work: jars that were put together to one often lose it. */
  private static boolean isTooOld(String version) {
    int[] numbers = numbers(version);
    return numbers.length > 0 && Arrays.compare(numbers, numbers(LOWEST)) < 0;
  }

  private static int[] numbers(String version) {
    Matcher numbers = NUMBERS.matcher(version);
    return numbers.lookingAt()
        ? IntStream.rangeClosed(1, 3).map(i -> Integer.parseInt(numbers.group(i))).toArray()
        : new int[0];
  }
}
