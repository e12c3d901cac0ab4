package io.github.metricsfilter.containers;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;

/** The WARs of the situations, as a user would write them. */
final class Wars {

  /** How the filter is mapped in web.xml, if it is there at all. */
  enum Mapping {
    NONE,
    REQUEST,
    ALL
  }

  private static final Path TARGET = Path.of(System.getProperty("target", "target"));

  private static final String PACKAGE = "io/github/metricsfilter/";

  private static final String CLASSES = "WEB-INF/classes/" + PACKAGE;

  private static final String FACES =
      """
        <servlet>
          <servlet-name>faces</servlet-name>
          <servlet-class>jakarta.faces.webapp.FacesServlet</servlet-class>
        </servlet>
        <servlet-mapping>
          <servlet-name>faces</servlet-name>
          <url-pattern>*.xhtml</url-pattern>
        </servlet-mapping>
      """;

  private Wars() {}

  /** A WAR whose name is its context path; with the library, or without it if nobody needs it. */
  static Path of(String name, Mapping mapping, boolean pages, List<String> options, boolean library)
      throws IOException {
    Path war = Files.createDirectories(TARGET.resolve("wars")).resolve(name + ".war");
    try (ZipOutputStream zip = new ZipOutputStream(Files.newOutputStream(war))) {
      add(zip, "WEB-INF/web.xml", webXml(mapping, pages, options));
      addAll(
          zip, CLASSES + "situations/", TARGET.resolve("classes").resolve(PACKAGE + "situations"));
      if (library) {
        addAll(zip, "WEB-INF/lib/", TARGET.resolve("war-lib"));
      }
    }
    return war;
  }

  /** A WAR with JSP, JAX-RS and CDI, and perhaps JSF. */
  static Path ofFrameworks(String name, boolean faces) throws IOException {
    Path war = Files.createDirectories(TARGET.resolve("wars")).resolve(name + ".war");
    try (ZipOutputStream zip = new ZipOutputStream(Files.newOutputStream(war))) {
      add(
          zip,
          "WEB-INF/web.xml",
          webXml(filterAndServlet(List.of(), List.of()) + (faces ? FACES : "")));
      addAll(zip, "", Path.of("src/main/webapp"));
      addAll(
          zip, CLASSES + "frameworks/", TARGET.resolve("classes").resolve(PACKAGE + "frameworks"));
      addAll(zip, "WEB-INF/lib/", TARGET.resolve("war-lib"));
    }
    return war;
  }

  private static void addAll(ZipOutputStream zip, String prefix, Path folder) throws IOException {
    try (Stream<Path> files = Files.walk(folder)) {
      for (Path file : (Iterable<Path>) files.filter(Files::isRegularFile).sorted()::iterator) {
        zip.putNextEntry(
            new ZipEntry(prefix + folder.relativize(file).toString().replace('\\', '/')));
        Files.copy(file, (OutputStream) zip);
        zip.closeEntry();
      }
    }
  }

  private static void add(ZipOutputStream zip, String name, String text) throws IOException {
    zip.putNextEntry(new ZipEntry(name));
    zip.write(text.getBytes(UTF_8));
    zip.closeEntry();
  }

  /** The elements of the filter, with these settings on, and of the servlet, as README has them. */
  static String filterAndServlet(List<String> dispatchers, List<String> options) {
    StringBuilder xml =
        new StringBuilder(
            """
              <filter>
                <filter-name>metrics</filter-name>
                <filter-class>io.github.metricsfilter.PrometheusRequestFilter</filter-class>
                <async-supported>true</async-supported>
                <init-param>
                  <param-name>exclude-paths</param-name>
                  <param-value>/metrics</param-value>
                </init-param>
                <init-param>
                  <param-name>max-paths</param-name>
                  <param-value>2000</param-value>
                </init-param>
            """);
    options.forEach(
        option ->
            xml.append("<init-param><param-name>")
                .append(option)
                .append("</param-name><param-value>true</param-value></init-param>\n"));
    xml.append(
        """
              </filter>
              <filter-mapping>
                <filter-name>metrics</filter-name>
                <url-pattern>/*</url-pattern>
            """);
    dispatchers.forEach(d -> xml.append("<dispatcher>").append(d).append("</dispatcher>\n"));
    return xml.append(
            """
              </filter-mapping>
              <servlet>
                <servlet-name>metrics</servlet-name>
                <servlet-class>io.github.metricsfilter.MetricsServlet</servlet-class>
                <load-on-startup>1</load-on-startup>
              </servlet>
              <servlet-mapping>
                <servlet-name>metrics</servlet-name>
                <url-pattern>/metrics</url-pattern>
              </servlet-mapping>
            """)
        .toString();
  }

  static String webXml(String elements) {
    return "<web-app xmlns=\"https://jakarta.ee/xml/ns/jakartaee\" version=\"6.0\">\n"
        + elements
        + "</web-app>\n";
  }

  private static String webXml(Mapping mapping, boolean pages, List<String> options) {
    StringBuilder xml = new StringBuilder();
    xml.append(
        """
          <context-param>
            <param-name>pages</param-name>
            <param-value>%s</param-value>
          </context-param>
        """
            .formatted(pages));
    if (mapping != Mapping.NONE) {
      xml.append(
          filterAndServlet(
              mapping == Mapping.REQUEST
                  ? List.of()
                  : List.of("REQUEST", "ASYNC", "ERROR", "FORWARD", "INCLUDE"),
              options));
    }
    xml.append(
        """
          <listener>
            <listener-class>io.github.metricsfilter.situations.SituationsListener</listener-class>
          </listener>
        """);
    if (pages) {
      for (int status : new int[] {404, 409, 500, 503}) {
        xml.append(
            """
              <error-page>
                <error-code>%d</error-code>
                <location>/page</location>
              </error-page>
            """
                .formatted(status));
      }
    }
    return webXml(xml.toString());
  }
}
