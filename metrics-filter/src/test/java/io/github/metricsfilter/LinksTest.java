package io.github.metricsfilter;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.URI;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Where the links of the project's documents lead: to files, pictures and headings that exist. */
class LinksTest {

  private static final Path ROOT = Path.of("..").toAbsolutePath().normalize();

  /** Folders of tools, not of the project. */
  private static final Set<String> SKIPPED = Set.of(".git", "target", "node_modules");

  private static final Pattern CODE_BLOCK = Pattern.compile("(?ms)^ *```.*?^ *```$");
  private static final Pattern CODE = Pattern.compile("`[^`\n]*`");
  private static final Pattern LINK = Pattern.compile("\\[[^\\]]*\\]\\(([^()\\s]+)\\)");
  private static final Pattern HEADING = Pattern.compile("(?m)^#+ (.+)$");

  private static final Map<Path, String> DOCUMENTS = new LinkedHashMap<>();

  @BeforeAll
  static void read() throws IOException {
    Files.walkFileTree(
        ROOT,
        new SimpleFileVisitor<>() {
          @Override
          public FileVisitResult preVisitDirectory(Path folder, BasicFileAttributes attributes) {
            return SKIPPED.contains(folder.getFileName().toString())
                ? FileVisitResult.SKIP_SUBTREE
                : FileVisitResult.CONTINUE;
          }

          @Override
          public FileVisitResult visitFile(Path file, BasicFileAttributes attributes)
              throws IOException {
            if (file.toString().endsWith(".md")) {
              DOCUMENTS.put(file, CODE_BLOCK.matcher(Files.readString(file)).replaceAll(""));
            }
            return FileVisitResult.CONTINUE;
          }
        });
  }

  @Test
  void eachLinkLeadsSomewhere() {
    List<String> broken = new ArrayList<>();
    DOCUMENTS.forEach(
        (document, text) ->
            links(text)
                .filter(link -> !exists(document, link))
                .forEach(link -> broken.add(ROOT.relativize(document) + ": " + link)));

    assertThat(broken).isEmpty();
    assertThat(DOCUMENTS.keySet()).contains(ROOT.resolve("README.md"));
  }

  private static boolean exists(Path document, String link) {
    URI uri = URI.create(link);
    if (uri.getScheme() != null) { // of another site: nobody is asked here
      return uri.getHost() != null && (uri.getScheme().equals("https") || local(uri));
    }
    Path target =
        uri.getPath().isEmpty() ? document : document.resolveSibling(uri.getPath()).normalize();
    return Files.exists(target)
        && (uri.getFragment() == null || anchors(target).contains(uri.getFragment()));
  }

  private static boolean local(URI uri) {
    return uri.getHost().equals("localhost") && uri.getScheme().equals("http");
  }

  /** As GitHub makes them of headings. */
  private static Set<String> anchors(Path document) {
    Set<String> anchors = new HashSet<>();
    Matcher heading = HEADING.matcher(DOCUMENTS.getOrDefault(document, ""));
    while (heading.find()) {
      anchors.add(
          heading
              .group(1)
              .replaceAll("\\[([^\\]]*)\\]\\([^)]*\\)", "$1")
              .toLowerCase(Locale.ROOT)
              .replaceAll("[^\\p{L}\\p{N}_ -]", "")
              .replace(' ', '-'));
    }
    return anchors;
  }

  private static Stream<String> links(String text) {
    return LINK.matcher(CODE.matcher(text).replaceAll("code")).results().map(link -> link.group(1));
  }

  @Test
  void theIndexLeadsToEachDocument() throws IOException {
    Path docs = ROOT.resolve("docs");
    Set<Path> linked =
        links(DOCUMENTS.getOrDefault(docs.resolve("index.md"), ""))
            .map(link -> docs.resolve(link.replaceAll("#.*", "")).normalize())
            .collect(Collectors.toSet());
    try (Stream<Path> files = Files.list(docs)) {
      assertThat(linked)
          .containsAll(
              files
                  .filter(file -> file.toString().endsWith(".md"))
                  .filter(file -> !file.endsWith("index.md"))
                  .collect(Collectors.toList()));
    }
  }

  @Test
  void eachPictureIsShown() throws IOException {
    String all = String.join("\n", DOCUMENTS.values());
    try (Stream<Path> files = Files.walk(ROOT.resolve("docs"))) {
      assertThat(files.map(Path::toString).filter(file -> file.matches(".*\\.(png|svg)")))
          .isNotEmpty()
          .allSatisfy(file -> assertThat(all).contains(Path.of(file).getFileName() + ")"));
    }
  }
}
