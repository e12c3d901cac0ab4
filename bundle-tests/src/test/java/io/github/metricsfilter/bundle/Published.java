package io.github.metricsfilter.bundle;

import java.nio.file.Path;
import java.util.List;

/**
 * A module whose jars go to Maven Central.
 *
 * @param name the module's folder, and its artifact's name
 * @param servletPackage the package of the Servlet API that it is compiled with
 * @param servletRange the versions of that package that it works with
 * @param jaxrsPackage likewise of JAX-RS, which may be missing
 * @param jaxrsRange likewise
 */
record Published(
    String name,
    String servletPackage,
    String servletRange,
    String jaxrsPackage,
    String jaxrsRange) {

  /** The folder of the whole project. */
  static final Path ROOT = Path.of("..");

  static List<Published> all() {
    return List.of(
        new Published("metrics-filter", "jakarta.servlet", "[6.0,7)", "jakarta.ws.rs", "[3.1,5)"),
        new Published(
            "metrics-filter-javax", "javax.servlet", "[4.0,5)", "javax.ws.rs", "[2.1,3)"));
  }

  /** The POM that users get. */
  Pom consumerPom() {
    return Pom.read(target().resolve("consumer-pom.xml"));
  }

  /** The POM that builds it. */
  Pom ownPom() {
    return Pom.read(ROOT.resolve(name).resolve("pom.xml"));
  }

  Archive jar() {
    return Archive.read(file(".jar"));
  }

  Archive sources() {
    return Archive.read(file("-sources.jar"));
  }

  Archive javadoc() {
    return Archive.read(file("-javadoc.jar"));
  }

  /**
   * A file that is published.
   *
   * @param suffix what follows name and version
   */
  Path file(String suffix) {
    return target().resolve(name + "-" + consumerPom().text("/project/version") + suffix);
  }

  private Path target() {
    return ROOT.resolve(name).resolve("target");
  }

  @Override
  public String toString() {
    return name;
  }
}
