package io.github.metricsfilter;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What the documents show is what the tests compile and run. */
class DocumentationTest {

  @ParameterizedTest
  @CsvSource({
    "docs/securing.md, java,"
        + " metrics-filter/src/test/java/io/github/metricsfilter/SecurityTest.java, jetty-basic",
    "docs/securing.md, java,"
        + " metrics-filter/src/test/java/io/github/metricsfilter/SecurityTest.java, metrics-port",
    "docs/securing.md, xml, example-webapp/src/test/resources/secured-web.xml, tomcat-basic",
    "docs/spring-boot.md, java, consumers/spring-boot/src/main/java/com/example/Shop.java, beans",
    "README.md, xml, consumers/war/src/main/webapp/WEB-INF/web.xml, web-xml",
  })
  void showsTheRegion(String document, String language, String source, String region) {
    assertThat(Documentation.blocks(document, language))
        .contains(Documentation.region(source, region));
  }

  @ParameterizedTest
  @ValueSource(strings = {"docs/reliability.md", "SECURITY.md"})
  void eachPromiseNamesTestsThatExist(String document) throws IOException {
    List<String> names = Documentation.tests(document);

    assertThat(names)
        .isNotEmpty()
        .allSatisfy(
            name -> {
              String[] parts = name.split("\\.", 2);
              String source = Documentation.source(parts[0]);
              assertThat(source).as(name).contains(parts.length == 1 ? "" : parts[1] + "(");
            });
  }
}
