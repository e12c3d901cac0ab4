package io.github.metricsfilter.bundle;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;

/** The file that is uploaded to Maven Central; {@code .ci/bundle} makes one and signs it. */
@EnabledIfSystemProperty(
    named = "central.bundle",
    matches = ".+",
    disabledReason = "only .ci/bundle makes the file that is uploaded")
class CentralBundleTest {

  private static final Map<String, String> CHECKSUMS =
      Map.of("md5", "MD5", "sha1", "SHA-1", "sha256", "SHA-256", "sha512", "SHA-512");

  private static final List<String> PUBLISHED =
      List.of(".pom", ".jar", "-sources.jar", "-javadoc.jar", "-cyclonedx.json", "-cyclonedx.xml");

  private final Archive bundle = Archive.read(Path.of(System.getProperty("central.bundle")));

  @Test
  void hasEachFileWithItsSignatureAndChecksums() {
    List<String> files = Published.all().stream().flatMap(CentralBundleTest::files).toList();

    assertThat(bundle.files().keySet())
        .containsExactlyInAnyOrderElementsOf(
            files.stream()
                .flatMap(
                    file ->
                        Stream.concat(
                            Stream.of(file, file + ".asc"),
                            CHECKSUMS.keySet().stream().map(suffix -> file + "." + suffix)))
                .toList());
  }

  @Test
  void isSigned() {
    for (String file : Published.all().stream().flatMap(CentralBundleTest::files).toList()) {
      assertThat(new String(bundle.bytes(file + ".asc"), US_ASCII))
          .as(file)
          .startsWith("-----BEGIN PGP SIGNATURE-----");
    }
  }

  @Test
  void hasTheRightChecksums() throws NoSuchAlgorithmException {
    for (String file : Published.all().stream().flatMap(CentralBundleTest::files).toList()) {
      for (Map.Entry<String, String> checksum : CHECKSUMS.entrySet()) {
        byte[] digest = MessageDigest.getInstance(checksum.getValue()).digest(bundle.bytes(file));
        assertThat(new String(bundle.bytes(file + "." + checksum.getKey()), US_ASCII))
            .as(file + "." + checksum.getKey())
            .isEqualTo(HexFormat.of().formatHex(digest));
      }
    }
  }

  @Test
  void isOfARelease() {
    assertThat(bundle.files().keySet()).noneMatch(name -> name.contains("SNAPSHOT"));
  }

  private static Stream<String> files(Published module) {
    String version = module.consumerPom().text("/project/version");
    return PUBLISHED.stream()
        .map(
            suffix ->
                "io/github/metricsfilter/%s/%s/%s-%s%s"
                    .formatted(module.name(), version, module.name(), version, suffix));
  }
}
