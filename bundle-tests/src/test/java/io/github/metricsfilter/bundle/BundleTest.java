package io.github.metricsfilter.bundle;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.lang.module.ModuleDescriptor;
import java.lang.module.ModuleFinder;
import java.lang.module.ModuleReference;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.jar.Attributes;
import java.util.jar.Manifest;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.MethodSource;

/** What is published, held to what Maven Central demands and to what users rely on. */
@ParameterizedClass
@MethodSource("io.github.metricsfilter.bundle.Published#all")
class BundleTest {

  private static final String PROJECT = "https://github.com/metricsfilter/metrics-filter";

  /** Java 11's. */
  private static final int CLASS_VERSION = 55;

  private static final int CLASS_MAGIC = 0xCAFEBABE;

  /** A clause of an OSGi header; commas within quotes don't end it. */
  private static final Pattern CLAUSE = Pattern.compile("(?:[^,\"]|\"[^\"]*\")+");

  private final Published module;

  BundleTest(Published module) {
    this.module = module;
  }

  @Test
  void thePomSaysWhatCentralAsks() {
    Pom pom = module.consumerPom();

    assertThat(pom.text("/project/modelVersion")).isEqualTo("4.0.0");
    assertThat(pom.text("/project/groupId")).isEqualTo("io.github.metricsfilter");
    assertThat(pom.text("/project/artifactId")).isEqualTo(module.name());
    assertThat(pom.text("/project/version")).matches("\\d+\\.\\d+\\.\\d+(-SNAPSHOT)?");
    assertThat(pom.text("/project/name")).isEqualTo(module.name());
    assertThat(pom.text("/project/description")).isNotEmpty();
    assertThat(pom.text("/project/url")).isEqualTo(PROJECT);
    assertThat(pom.texts("/project/licenses/license/name")).containsExactly("Apache-2.0");
    assertThat(pom.texts("/project/licenses/license/url"))
        .containsExactly("https://www.apache.org/licenses/LICENSE-2.0.txt");
    assertThat(pom.text("/project/developers/developer/name"))
        .isEqualTo("The metrics-filter contributors");
    assertThat(pom.text("/project/developers/developer/url")).isEqualTo(PROJECT);
    assertThat(pom.text("/project/scm/url")).isEqualTo(PROJECT);
    assertThat(pom.text("/project/scm/connection")).isEqualTo("scm:git:" + PROJECT + ".git");
  }

  @Test
  void thePomHasNothingOfTheBuild() throws IOException {
    assertThat(module.consumerPom().elements())
        .isSubsetOf(
            "modelVersion",
            "groupId",
            "artifactId",
            "version",
            "name",
            "description",
            "url",
            "inceptionYear",
            "licenses",
            "developers",
            "scm",
            "dependencies");
    assertThat(
            Files.readString(
                Published.ROOT.resolve(module.name()).resolve("target/consumer-pom.xml")))
        .doesNotContain("${");
  }

  @Test
  void theDependenciesAreThoseOfTheCode() {
    String needed = "/project/dependencies/dependency[not(scope='test')]/artifactId";
    Pom pom = module.consumerPom();

    assertThat(pom.texts("/project/dependencies/dependency/artifactId"))
        .containsExactlyElementsOf(module.ownPom().texts(needed));
    assertThat(pom.texts("/project/dependencies/dependency/scope"))
        .isSubsetOf("compile", "provided")
        .hasSameSizeAs(module.ownPom().texts(needed));
    assertThat(pom.texts("/project/dependencies/dependency/version"))
        .hasSameSizeAs(module.ownPom().texts(needed))
        .noneMatch(version -> version.endsWith("-SNAPSHOT"))
        .noneMatch(version -> version.startsWith("[") || version.startsWith("("));
  }

  @Test
  void eachJarHasLicenceAndNotice() throws IOException {
    for (Archive jar : List.of(module.jar(), module.sources(), module.javadoc())) {
      for (String name : List.of("LICENSE", "NOTICE")) {
        assertThat(jar.bytes("META-INF/" + name))
            .isEqualTo(Files.readAllBytes(Published.ROOT.resolve(name)));
      }
    }
  }

  @Test
  void theJarHasOnlyOurClassesForJava11() {
    Map<String, byte[]> files = module.jar().files();

    assertThat(files.keySet())
        .allMatch(
            name -> name.startsWith("io/github/metricsfilter/") || name.startsWith("META-INF/"))
        .noneMatch(name -> name.startsWith("META-INF/versions/"));
    assertThat(classes(files)).isNotEmpty();
    for (String name : classes(files)) {
      ByteBuffer header = ByteBuffer.wrap(module.jar().bytes(name));
      assertThat(header.getInt()).as(name).isEqualTo(CLASS_MAGIC);
      assertThat(header.getShort()).as("minor version of " + name).isZero();
      assertThat(header.getShort()).as("version of " + name).isEqualTo((short) CLASS_VERSION);
    }
  }

  @Test
  void theSourcesAreThoseOfTheClasses() {
    // package-info has a class only if an annotation says so at run time.
    List<String> sources =
        module.sources().files().keySet().stream()
            .filter(name -> name.endsWith(".java") && !name.endsWith("package-info.java"))
            .map(name -> name.replace(".java", ".class"))
            .toList();

    assertThat(classes(module.jar().files()))
        .filteredOn(name -> !name.contains("$") && !name.endsWith("package-info.class"))
        .containsExactlyInAnyOrderElementsOf(sources);
  }

  @Test
  void theJavadocIsThatOfThePublicApi() {
    List<String> pages =
        module.javadoc().files().keySet().stream()
            .filter(name -> name.startsWith("io/") && name.endsWith(".html"))
            .filter(name -> !name.contains("/class-use/"))
            .filter(name -> !name.contains("/package-"))
            .toList();

    assertThat(module.javadoc().files()).containsKey("index.html");
    assertThat(pages)
        .contains(
            "io/github/metricsfilter/PrometheusRequestFilter.html",
            "io/github/metricsfilter/MetricsServlet.html",
            "io/github/metricsfilter/RouteResolver.html",
            "io/github/metricsfilter/jaxrs/JaxRsRoutes.html")
        .noneMatch(page -> page.contains("/internal/"));
  }

  @Test
  void theModuleIsRequiredByItsName() {
    ModuleDescriptor descriptor =
        ModuleFinder.of(module.file(".jar"))
            .find("io.github.metricsfilter")
            .map(ModuleReference::descriptor)
            .orElseThrow();

    assertThat(descriptor.packages())
        .contains("io.github.metricsfilter", "io.github.metricsfilter.jaxrs");
  }

  @Test
  void osgiGetsThePublicPackagesAlone() throws IOException {
    Attributes manifest = manifest();

    assertThat(manifest.getValue("Bundle-ManifestVersion")).isEqualTo("2");
    assertThat(manifest.getValue("Bundle-SymbolicName"))
        .isEqualTo("io.github.metricsfilter." + module.name());
    assertThat(manifest.getValue("Bundle-Version"))
        .isEqualTo(module.consumerPom().text("/project/version").replace('-', '.'));
    assertThat(clauses(manifest.getValue("Export-Package")))
        .containsOnlyKeys("io.github.metricsfilter", "io.github.metricsfilter.jaxrs");
    assertThat(manifest.getValue("Require-Capability")).contains("(version=11)");
  }

  @Test
  void osgiIsAskedForWhatTheCodeNeeds() throws IOException {
    Map<String, String> imports = clauses(manifest().getValue("Import-Package"));
    List<String> prefixes = new ArrayList<>(List.of("java.", "javax.management", "com.sun."));

    assertThat(imports)
        .containsEntry(module.servletPackage(), "version=\"" + module.servletRange() + "\"")
        .containsEntry(
            module.servletPackage() + ".http", "version=\"" + module.servletRange() + "\"");
    prefixes.add(module.servletPackage());

    assertThat(imports).containsKey(module.jaxrsPackage() + ".container");
    assertThat(ofPackage(imports, module.jaxrsPackage()))
        .allMatch(
            attributes ->
                attributes.equals("version=\"" + module.jaxrsRange() + "\";resolution:=optional"));
    prefixes.add(module.jaxrsPackage());

    assertThat(imports).containsKey("io.prometheus.metrics.model.registry");
    assertThat(ofPackage(imports, "io.prometheus.metrics"))
        .allMatch(attributes -> attributes.matches("version=\"\\[1\\.\\d+,2\\)\""));
    prefixes.add("io.prometheus.metrics.");

    assertThat(ofPackage(imports, "org.jspecify"))
        .allMatch(attributes -> attributes.endsWith(";resolution:=optional"));
    prefixes.add("org.jspecify.");

    assertThat(imports.keySet())
        .as("and nothing else, such as a container's classes")
        .allMatch(name -> prefixes.stream().anyMatch(name::startsWith));
  }

  @Test
  void theBillOfMaterialsNamesTheDependencies() throws IOException {
    JsonNode bill = new ObjectMapper().readTree(module.file("-cyclonedx.json").toFile());
    Pom pom = module.consumerPom();
    String needed = "/project/dependencies/dependency[scope='compile']";

    assertThat(module.file("-cyclonedx.xml")).exists();
    assertThat(bill.path("bomFormat").asText()).isEqualTo("CycloneDX");
    assertThat(bill.at("/metadata/component/purl").asText())
        .isEqualTo(
            "pkg:maven/io.github.metricsfilter/%s@%s?type=jar"
                .formatted(module.name(), pom.text("/project/version")));
    assertThat(elements(bill.path("components")).map(component -> component.path("name").asText()))
        .containsAll(pom.texts(needed + "/artifactId"))
        .noneMatch(name -> name.contains("junit") || name.contains("jetty"));
    assertThat(elements(bill.path("components")))
        .allMatch(component -> component.path("licenses").size() > 0);
  }

  private Attributes manifest() throws IOException {
    return new Manifest(new ByteArrayInputStream(module.jar().bytes("META-INF/MANIFEST.MF")))
        .getMainAttributes();
  }

  /** The clauses of an OSGi header: what each says, by the package that it says it of. */
  private static Map<String, String> clauses(String header) {
    Map<String, String> clauses = new LinkedHashMap<>();
    for (String clause : CLAUSE.matcher(header).results().map(MatchResult::group).toList()) {
      int end = clause.indexOf(';');
      clauses.put(
          end < 0 ? clause : clause.substring(0, end), end < 0 ? "" : clause.substring(end + 1));
    }
    return clauses;
  }

  private static List<String> ofPackage(Map<String, String> clauses, String prefix) {
    return clauses.entrySet().stream()
        .filter(clause -> clause.getKey().startsWith(prefix))
        .map(Map.Entry::getValue)
        .toList();
  }

  private static List<String> classes(Map<String, byte[]> files) {
    return files.keySet().stream().filter(name -> name.endsWith(".class")).toList();
  }

  private static Stream<JsonNode> elements(JsonNode array) {
    List<JsonNode> elements = new ArrayList<>();
    array.forEach(elements::add);
    return elements.stream();
  }
}
