package io.github.metricsfilter.example;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.stream.Collectors.joining;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.github.metricsfilter.fixtures.Installed;
import java.io.IOException;
import java.net.ServerSocket;
import java.nio.file.FileSystem;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * docs/tutorial.md, word for word: runs its commands in two terminals, compares what they print
 * with what it says, and its code with the example's. Only the ports differ, and how long it takes.
 */
class TutorialIT {

  private static final Path ROOT = Path.of("..").toAbsolutePath().normalize();

  /** A block, and the comment before it that says what it is. */
  private static final Pattern BLOCK =
      Pattern.compile("(?ms)^(?:<!-- ([^>]*) -->\n)?```(\\w+)\n(.*?)^```$");

  /** A row of the table of queries. */
  private static final Pattern QUERY = Pattern.compile("(?m)^\\| [^|]+ \\| `([^`]+)` \\|$");

  /** A variable that is set before a command, or in .env.example, commented out or not. */
  private static final Pattern ASSIGNMENT = Pattern.compile("(?m)(?:^#?|(?<= ))([A-Z][A-Z_]+)=");

  private static final Duration PATIENCE = Duration.ofSeconds(60);

  /** A command that was run, and where it prints to: a server may not have printed all of it. */
  private record Run(String command, Path output) {

    /** What is asked for at the end; the answer may come a moment later than a reader's would. */
    String question() {
      return command.startsWith("promtool") ? command : command.lines().reduce("", (a, b) -> b);
    }

    /**
     * Whether it can be asked again: grep finds nothing before the container has ended a request.
     */
    boolean isQuestion() {
      return question().startsWith("promtool") || question().contains("/metrics | grep ");
    }
  }

  /** In the document, and here. */
  private final Map<String, String> ports = new TreeMap<>();

  private @Nullable Process firstTerminal;
  private int commands;
  private Path war = Path.of(System.getProperty("exec.war"));

  @TempDir Path directory;

  /** Not in the former: it has a link to the rules. */
  private Path data = Path.of("target");

  @AfterEach
  void stop() throws InterruptedException {
    Process running = firstTerminal;
    if (running != null) {
      running.destroy();
      assertThat(running.waitFor(PATIENCE.toSeconds(), TimeUnit.SECONDS)).as("it ends").isTrue();
    }
  }

  @Test
  void theTutorialIsTrue() throws Exception {
    Installed.assume("prometheus");
    Installed.assume("wrk");
    AlertmanagerServer.assumeInstalled();
    freePorts("8000", "9090", "9093");
    data = Files.createTempDirectory(Path.of("target").toAbsolutePath(), "tutorial");
    String document = Files.readString(ROOT.resolve("docs/tutorial.md"));

    Run last = null; // null if it isn't for a test
    Matcher block = BLOCK.matcher(document);
    while (block.find()) {
      String comment = block.group(1) == null ? "" : block.group(1);
      String text = block.group(3);
      switch (block.group(2)) {
        case "sh" -> last = comment.startsWith("by hand: ") ? null : run(comment, here(text));
        case "text" -> {
          if (last != null) {
            assertPrinted(last, here(text));
          }
        }
        default -> {
          if (comment.equals("into web.xml")) {
            war = withInitParam(text);
          } else {
            assertThat(comment).startsWith("from ");
            assertIsIn(comment.substring("from ".length()), text);
          }
        }
      }
    }
    assertThat(commands).isGreaterThan(20);
    assertQueriesAreAnswered(document);
  }

  /** The document says that compose takes the place of monitoring/run, with the same settings. */
  @Test
  void composePassesEachSettingOfTheTutorialAndOfEnvExample() throws IOException {
    Set<String> settings = new TreeSet<>();
    Matcher block = BLOCK.matcher(Files.readString(ROOT.resolve("docs/tutorial.md")));
    while (block.find()) {
      if ("first terminal".equals(block.group(1))) {
        ASSIGNMENT.matcher(block.group(3)).results().map(m -> m.group(1)).forEach(settings::add);
      }
    }
    assertThat(settings).contains("JVM_METRICS", "DELAY_MAX", "POSTS_QUANTILES");
    String example = Files.readString(ROOT.resolve(".env.example"));
    ASSIGNMENT.matcher(example).results().map(m -> m.group(1)).forEach(settings::add);
    assertThat(settings).contains("PORT", "POSTS_TIMEOUT");

    String compose = Files.readString(ROOT.resolve("compose.yaml"));
    settings.remove("PORT"); // it is another one outside the container
    assertThat(compose).contains("- \"${PORT:-8000}:8000\"");
    assertThat(settings)
        .allSatisfy(name -> assertThat(compose).contains("\n      " + name + ": ${" + name + ":-"));
  }

  private Run run(String comment, String command) throws Exception {
    commands++;
    Run run = new Run(command, directory.resolve("output" + commands));
    if (comment.equals("first terminal")) {
      stop();
      String server =
          command
              .replace("./mvnw -q -Prun", "java -jar " + war)
              .replace("monitoring/run", "monitoring/run " + war);
      firstTerminal = bash("exec env " + server, run.output());
      String ready = command.contains("monitoring/run") ? "Alertmanager " : "Listening on ";
      await(command)
          .atMost(PATIENCE.multipliedBy(2))
          .untilAsserted(() -> assertThat(Files.readString(run.output())).contains(ready));
    } else {
      assertThat(comment).isEmpty();
      int status = bash(command, run.output()).waitFor();
      assertThat(status).as(command).isIn(run.isQuestion() ? List.of(0, 1) : List.of(0));
    }
    return run;
  }

  private void assertPrinted(Run run, String expected) {
    await(run.command())
        .atMost(PATIENCE)
        .untilAsserted(
            () -> {
              if (!pattern(expected).matcher(Files.readString(run.output())).matches()
                  && run.isQuestion()) {
                assertThat(bash(run.question(), run.output()).waitFor()).isZero();
              }
              assertThat(Files.readString(run.output())).matches(pattern(expected));
            });
  }

  /** A line of "…" stands for any lines, elsewhere it stands for anything in a line. */
  private static Pattern pattern(String expected) {
    return Pattern.compile(
        expected
            .lines()
            .map(
                line ->
                    line.equals("…")
                        ? "(.*\n)*"
                        : Stream.of(line.split("…", -1)).map(Pattern::quote).collect(joining(".*"))
                            + "\n")
            .collect(joining()));
  }

  private String here(String text) {
    String here =
        text.replace("1m ", "8s ").replace("10s ", "3s ").replace("sleep 1;", "sleep 0.2;");
    for (Map.Entry<String, String> port : ports.entrySet()) {
      here = here.replace("localhost:" + port.getKey(), "localhost:" + port.getValue());
    }
    return here;
  }

  private Process bash(String command, Path output) throws IOException {
    ProcessBuilder builder =
        new ProcessBuilder("bash", "-c", command)
            .directory(ROOT.toFile())
            .redirectErrorStream(true)
            .redirectOutput(output.toFile());
    builder.environment().put("PORT", port("8000"));
    builder.environment().put("PROMETHEUS_PORT", port("9090"));
    builder.environment().put("ALERTMANAGER_PORT", port("9093"));
    builder.environment().put("INTERVAL", "1s");
    builder.environment().put("DATA", data.toString());
    return builder.start();
  }

  private String port(String inTheDocument) {
    return ports.getOrDefault(inTheDocument, inTheDocument);
  }

  private void freePorts(String... inTheDocument) throws IOException {
    List<ServerSocket> sockets = new ArrayList<>();
    for (String port : inTheDocument) {
      ServerSocket socket = new ServerSocket(0);
      sockets.add(socket);
      ports.put(port, String.valueOf(socket.getLocalPort()));
    }
    for (ServerSocket socket : sockets) {
      socket.close();
    }
  }

  /** Line for line, however it is indented there. */
  private static void assertIsIn(String name, String text) throws IOException {
    List<Path> found = new ArrayList<>();
    for (String root : List.of("example-webapp/src/main", "monitoring/rules", "prometheus.yml")) {
      try (Stream<Path> files = Files.walk(ROOT.resolve(root))) {
        files.filter(file -> file.endsWith(name)).forEach(found::add);
      }
    }
    assertThat(found).as(name).hasSize(1);
    assertThat(stripped(Files.readString(found.get(0)))).as(name).contains(stripped(text));
  }

  private static String stripped(String text) {
    return text.lines().map(String::strip).collect(joining("\n"));
  }

  /** The executable WAR whose web.xml has this, too, where the document says that it belongs. */
  private Path withInitParam(String initParam) throws IOException {
    Path changed = directory.resolve("changed-exec.war");
    Path inner = directory.resolve("inner.war");
    Files.copy(war, changed);
    try (FileSystem executable = FileSystems.newFileSystem(changed)) {
      Files.copy(executable.getPath("/example.war"), inner);
      try (FileSystem plain = FileSystems.newFileSystem(inner)) {
        Path webXml = plain.getPath("/WEB-INF/web.xml");
        String original = Files.readString(webXml, UTF_8);
        String end = "</init-param>\n"; // the first is the filter's
        int place = original.indexOf(end) + end.length();
        Files.writeString(
            webXml, original.substring(0, place) + initParam + original.substring(place), UTF_8);
      }
      Files.copy(inner, executable.getPath("/example.war"), StandardCopyOption.REPLACE_EXISTING);
    }
    return changed;
  }

  /** Of the last chapters, in which the posts fail. */
  private void assertQueriesAreAnswered(String document) throws Exception {
    List<String> queries = QUERY.matcher(document).results().map(row -> row.group(1)).toList();
    assertThat(queries).hasSize(11);
    Path output = directory.resolve("answer");
    for (String query : queries) {
      await(query)
          .atMost(PATIENCE)
          .untilAsserted(
              () -> {
                String command =
                    "curl -s http://localhost:8000/posts > /dev/null; "
                        + "promtool query instant http://localhost:9090 '%s'".formatted(query);
                assertThat(bash(here(command), output).waitFor()).isZero();
                if (!query.contains("offset")) { // there is no quarter of an hour ago
                  assertThat(Files.readString(output)).contains("=>");
                }
              });
    }
  }
}
