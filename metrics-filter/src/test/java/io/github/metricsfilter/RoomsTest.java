package io.github.metricsfilter;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** No package knows one that is above it. */
class RoomsTest {

  private static final String ROOT = "io.github.metricsfilter";

  /** The folders of {@code internal}, and which of the others each may know. */
  private static final Map<String, List<String>> MAY_KNOW =
      Map.of(
          "request",
          List.of("series"),
          "scrape",
          List.of("series", "exposition", "pools"),
          "pools",
          List.of("series"),
          "series",
          List.of(),
          "exposition",
          List.of());

  private static final Pattern OURS =
      Pattern.compile("io\\.github\\.metricsfilter(\\.[a-z]+)*(?=\\.[A-Z*])");

  private static final Path SOURCES = Path.of("src/main/java/io/github/metricsfilter/internal");

  @Test
  void eachKnowsOnlyThoseBelow() throws IOException {
    for (String room : MAY_KNOW.keySet()) {
      List<String> known = known(SOURCES.resolve(room));

      assertThat(known)
          .as(room)
          .isSubsetOf(
              Stream.concat(Stream.of(room), MAY_KNOW.get(room).stream())
                  .map(name -> ROOT + ".internal." + name)
                  .toList());
    }
  }

  @Test
  void allAreListed() throws IOException {
    try (Stream<Path> rooms = Files.list(SOURCES)) {
      assertThat(rooms.map(room -> room.getFileName().toString()))
          .containsExactlyInAnyOrderElementsOf(MAY_KNOW.keySet());
    }
  }

  private static List<String> known(Path room) throws IOException {
    try (Stream<Path> files = Files.walk(room)) {
      return files
          .filter(Files::isRegularFile)
          .flatMap(file -> OURS.matcher(read(file)).results())
          .map(found -> found.group())
          .distinct()
          .toList();
    }
  }

  private static String read(Path file) {
    try {
      return Files.readString(file);
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }
}
