package io.github.metricsfilter;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.metricsfilter.fixtures.Documentation;
import jakarta.servlet.FilterConfig;
import jakarta.servlet.ServletConfig;
import jakarta.servlet.ServletContext;
import jakarta.servlet.ServletException;
import java.io.IOException;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** The filter and the servlet in a class loader of their own, with other jars of client_java. */
@Tag("current-client-java") // the class path has those of the lowest version else
class ClientJavaVersionTest {

  private static final String FILTER = "io.github.metricsfilter.PrometheusRequestFilter";
  private static final String SERVLET = "io.github.metricsfilter.MetricsServlet";

  private static final List<String> ADVICE =
      List.of("prometheus-metrics-bom", "prometheus-client.version");

  /** Knows the Servlet API and the JDK; everything else is in its jars. */
  private static final class Application extends URLClassLoader {

    Application(List<URL> jars) {
      super(jars.toArray(new URL[0]), new OnlyTheServletApi());
    }

    void init(String type) throws Exception {
      Object instance = loadClass(type).getConstructor().newInstance();
      Class<?> config = type.equals(FILTER) ? FilterConfig.class : ServletConfig.class;
      call(() -> instance.getClass().getMethod("init", config).invoke(instance, config(config)));
    }

    void builder(String type) throws Exception {
      call(() -> loadClass(type).getMethod("builder").invoke(null));
    }

    private static void call(Call call) throws Exception {
      try {
        call.call();
      } catch (InvocationTargetException e) {
        if (e.getCause() instanceof Exception) {
          throw (Exception) e.getCause();
        }
        throw (Error) e.getCause();
      }
    }
  }

  private interface Call {
    void call() throws Exception;
  }

  private static final class OnlyTheServletApi extends ClassLoader {

    OnlyTheServletApi() {
      super(ClassLoader.getPlatformClassLoader());
    }

    @Override
    protected Class<?> findClass(String name) throws ClassNotFoundException {
      if (name.startsWith("jakarta.servlet.") || name.startsWith("org.jspecify.")) {
        return Class.forName(name, false, ClientJavaVersionTest.class.getClassLoader());
      }
      throw new ClassNotFoundException(name);
    }
  }

  /** A FilterConfig or ServletConfig without parameters. */
  private static Object config(Class<?> type) {
    return Proxy.newProxyInstance(
        type.getClassLoader(),
        new Class<?>[] {type},
        (proxy, method, arguments) -> {
          if (method.getReturnType() == String.class) {
            return "metrics";
          } else if (method.getReturnType() == ServletContext.class) {
            return config(ServletContext.class);
          }
          return method.getName().equals("getInitParameterNames")
              ? Collections.emptyEnumeration()
              : null;
        });
  }

  private static Application application(Stream<Path> jars) throws IOException {
    List<URL> urls = new ArrayList<>(List.of(Path.of("target/classes").toUri().toURL()));
    for (Path jar : jars.toList()) {
      urls.add(jar.toUri().toURL());
    }
    return new Application(urls);
  }

  private static Stream<Path> jars(String version) throws IOException {
    try (Stream<Path> jars = Files.list(Path.of("target/client-java-" + version))) {
      return jars.toList().stream();
    }
  }

  private static Stream<Path> presentJars() {
    return Stream.of(System.getProperty("java.class.path").split(":"))
        .filter(entry -> entry.contains("prometheus-metrics-"))
        .map(Path::of);
  }

  @Test
  void startWithTheOneOfThePom() throws Exception {
    try (Application application = application(presentJars())) {
      application.builder(FILTER);
      application.builder(SERVLET);
      application.init(FILTER);
      application.init(SERVLET);
    }
  }

  @Test
  void anOlderOneIsNamedWithWhatHelps() throws Exception {
    try (Application application = application(jars("old"))) {
      for (String type : List.of(FILTER, SERVLET)) {
        assertThatThrownBy(() -> application.init(type))
            .isInstanceOf(ServletException.class)
            .hasMessageStartingWith(
                "metrics: needs client_java (prometheus-metrics) 1.3.6 or later")
            .hasMessageContainingAll(
                "prometheus-metrics-model 1.2.1", "prometheus-metrics-core 1.2.1")
            .hasMessageContainingAll(ADVICE.toArray(new String[0]));
        assertThatThrownBy(() -> application.builder(type))
            .isInstanceOf(IllegalStateException.class)
            .hasMessageContaining("prometheus-metrics-model 1.2.1")
            .hasMessageContainingAll(ADVICE.toArray(new String[0]));
      }
    }
  }

  /** As where one module's version is managed, and the others' is not. */
  @Test
  void oneOldJarIsEnough() throws Exception {
    Stream<Path> mixed =
        Stream.concat(
            presentJars().filter(jar -> !jar.toString().contains("prometheus-metrics-core")),
            jars("old").filter(jar -> jar.toString().contains("prometheus-metrics-core")));
    try (Application application = application(mixed)) {
      assertThatThrownBy(() -> application.init(FILTER))
          .isInstanceOf(ServletException.class)
          .hasMessageContaining("prometheus-metrics-core 1.2.1");
    }
  }

  @Test
  void jarsThatDontFitAreNamed() throws Exception {
    Stream<Path> mixed =
        Stream.concat(
            presentJars().filter(jar -> !jar.toString().contains("textformats")),
            jars("lowest").filter(jar -> jar.toString().contains("textformats")));
    try (Application application = application(mixed)) {
      assertThatThrownBy(() -> application.init(SERVLET))
          .isInstanceOf(ServletException.class)
          .hasMessageStartingWith("metrics: the jars of client_java are incomplete or don't fit")
          .hasMessageContainingAll("prometheus-metrics-exposition-textformats 1.3.6")
          .hasMessageContainingAll(ADVICE.toArray(new String[0]))
          .hasCauseInstanceOf(LinkageError.class);
    }
  }

  @Test
  void thatItIsMissingIsSaid() throws Exception {
    try (Application application = application(Stream.of())) {
      for (String type : List.of(FILTER, SERVLET)) {
        assertThatThrownBy(() -> application.init(type))
            .isInstanceOf(ServletException.class)
            .hasMessageContaining("prometheus-metrics-model missing");
        assertThatThrownBy(() -> application.builder(type))
            .isInstanceOf(IllegalStateException.class)
            .hasMessageContaining("prometheus-metrics-model missing");
      }
    }
  }

  @Test
  void theLowestIsTheOneThatTheTestsRunWith() throws IOException {
    assertThat(Documentation.read("pom.xml"))
        .contains(
            "<prometheus-metrics.lowest>"
                + ClientJavaVersion.LOWEST
                + "</prometheus-metrics.lowest>");
  }
}
