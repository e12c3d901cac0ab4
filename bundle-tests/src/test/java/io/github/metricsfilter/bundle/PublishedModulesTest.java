package io.github.metricsfilter.bundle;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

/** Nothing is published that isn't tested, and nothing by accident. */
class PublishedModulesTest {

  @Test
  void areThoseThatAreTested() {
    List<String> publishing =
        Pom.read(Published.ROOT.resolve("pom.xml")).texts("//modules/module").stream()
            .filter(
                module ->
                    Pom.read(Published.ROOT.resolve(module).resolve("pom.xml"))
                        .texts("//plugin/artifactId")
                        .contains("central-publishing-maven-plugin"))
            .toList();

    assertThat(publishing)
        .containsExactlyElementsOf(Published.all().stream().map(Published::name).toList());
  }

  @Test
  void areBuiltBeforeTheyAreTested() {
    assertThat(
            Pom.read(Published.ROOT.resolve("bundle-tests/pom.xml"))
                .texts("//dependency/artifactId"))
        .containsAll(Published.all().stream().map(Published::name).toList());
  }
}
