package io.github.metricsfilter.containers;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.github.metricsfilter.containers.Wars.Mapping;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * What holds on each application server: every situation, and a load of all kinds, is counted as
 * its client saw it, and the server's log says nothing of us. In an order, so that the log is read
 * last.
 */
@TestInstance(Lifecycle.PER_CLASS)
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
@SuppressWarnings("NullAway.Init") // JUnit starts the server
abstract class AppServerContract {

  private static final List<String> NO_OPTIONS = List.of();

  /** Those that have the container called once more, or wrap request and response. */
  private static final List<String> ALL_OPTIONS =
      List.of("first-byte", "request-size", "response-size");

  /** One deployment of the situations. */
  enum Deployment {
    REQUEST(Mapping.REQUEST, false, NO_OPTIONS),
    REQUEST_WITH_PAGES(Mapping.REQUEST, true, NO_OPTIONS),
    ALL(Mapping.ALL, false, NO_OPTIONS),
    ALL_WITH_PAGES(Mapping.ALL, true, NO_OPTIONS),
    OPTIONS(Mapping.REQUEST, false, ALL_OPTIONS),
    OPTIONS_WITH_PAGES(Mapping.REQUEST, true, ALL_OPTIONS);

    private final Mapping mapping;
    private final boolean pages;

    @SuppressWarnings("ImmutableEnumChecker") // nobody changes it
    private final List<String> options;

    Deployment(Mapping mapping, boolean pages, List<String> options) {
      this.mapping = mapping;
      this.pages = pages;
      this.options = options;
    }
  }

  private static final String BODY = "x".repeat(1000);

  private static final int CONNECTIONS = 16;
  private static final int SECONDS = Integer.getInteger("load.seconds", 30);
  private static final int REDEPLOYMENTS = Integer.getInteger("redeployments", 20);

  private static final List<String> LOAD =
      List.of(
          "/returned",
          "/error-409",
          "/THROWS/IN_THE_SERVLET",
          "/completed",
          "/dispatched",
          "/forwarded",
          "/run-by-the-server",
          "/none");

  private AppServer server;

  /** What is deployed, by name. */
  private final Set<String> deployed = new HashSet<>();

  abstract AppServer newServer() throws IOException;

  /** Routes, as a pattern, of which the server answers none, or before it calls any filter. */
  abstract String neverAnswered();

  /** Routes, as a pattern, that are counted with another status; docs/containers.md has why. */
  abstract String countedOtherwise();

  /**
   * Routes, as a pattern, whose status isn't in the server's own access log as the client saw it.
   */
  String loggedOtherwise() {
    return "";
  }

  /** Whether the filter is in each application, rather than in the server's configuration. */
  boolean hasFilterInTheWar() {
    return true;
  }

  /** Whether the server itself holds class loaders of applications that it has undeployed. */
  boolean keepsClassLoaders() {
    return false;
  }

  /** Whether the server tells of the first byte of an error page; elsewhere its end counts. */
  boolean tellsFirstByteOfPages() {
    return false;
  }

  /** The status of a JSP that is there. */
  int statusOfPages() {
    return 200;
  }

  /** Whether applications can have JSF beside CDI. */
  boolean hasFaces() {
    return true;
  }

  @BeforeAll
  void startServer() throws IOException {
    server = newServer().start();
  }

  @AfterAll
  void stopServer() {
    server.close();
  }

  private String deploy(String name, Mapping mapping, boolean pages, List<String> options)
      throws IOException {
    boolean own = hasFilterInTheWar();
    deploy(Wars.of(name, own ? mapping : Mapping.NONE, pages, options, own));
    return name;
  }

  private void deploy(Path war) throws IOException {
    deployed.add(AppServer.nameOf(war));
    server.deployAndAwait(war, "/metrics");
  }

  private void undeploy(String name) throws IOException {
    server.undeploy(name);
    deployed.remove(name);
  }

  /** After a failure, too: the class loaders are counted. */
  @AfterEach
  void undeployAll() throws IOException {
    for (String name : List.copyOf(deployed)) {
      undeploy(name);
    }
  }

  private Scrape scrape(String name) throws IOException {
    return Scrape.of(server.port, "/" + name + "/metrics").of("/" + name + "/");
  }

  @ParameterizedTest
  @EnumSource
  @Order(1)
  void everySituationIsCountedAsItsClientSawIt(Deployment deployment) throws Exception {
    assumeTrue(
        hasFilterInTheWar()
            || (deployment.mapping == Mapping.REQUEST && deployment.options.isEmpty()),
        "the server's configuration maps the filter once for all");
    String name =
        deploy(
            deployment.name().toLowerCase(java.util.Locale.ROOT),
            deployment.mapping,
            deployment.pages,
            deployment.options);
    Pattern left = Pattern.compile(neverAnswered());
    List<String> routes = new ArrayList<>(Asked.routes(server.port, name));
    routes.add("/*");
    routes.remove("/routes"); // which has just been asked for
    routes.removeIf(route -> left.matcher(route).matches());
    assertThat(routes).hasSizeGreaterThan(100);

    Map<String, String> statuses = Asked.all(server.port, name, routes);

    Pattern otherwise = Pattern.compile("/" + name + "(" + countedOtherwise() + ") .*");
    statuses.replaceAll((route, status) -> otherwise.matcher(route).matches() ? "" : status);
    statuses.put("/" + name + "/routes GET", "200");
    AppServer.await(
        "all is counted",
        () -> Asked.differences(statuses, scrape(name)).isEmpty(),
        () -> {
          try {
            return String.join("\n", Asked.differences(statuses, scrape(name)));
          } catch (IOException e) {
            return e.toString();
          }
        });
    assertNothingFailed(name);
    Pattern unlike = Pattern.compile("/" + name + "(" + loggedOtherwise() + ") .*");
    statuses.keySet().removeIf(route -> unlike.matcher(route).matches());
    assertThat(accessLogWithout(statuses)).isEmpty();
  }

  /** Those that clients saw answered, of which the server's own access log has no such line. */
  private List<String> accessLogWithout(Map<String, String> statuses) {
    List<String> missing = new ArrayList<>();
    AppServer.await(
        "the access log is written",
        () -> {
          missing.clear();
          String log = AppServer.read(server.accessLog());
          statuses.forEach(
              (route, status) -> {
                String[] words = route.split(" ", -1);
                if (words.length == 2
                    && !words[0].contains("*")
                    && !words[0].contains("named")
                    && !status.isEmpty()
                    && log.lines()
                        .map(line -> line.replace("\"", "").strip())
                        .noneMatch(
                            line ->
                                line.contains(words[1] + " " + words[0])
                                    && line.endsWith(" " + status))) {
                  missing.add(route + ": " + status);
                }
              });
          return missing.isEmpty();
        },
        () -> String.join("\n", missing));
    return missing;
  }

  private void assertNothingFailed(String name) throws IOException {
    assertThat(Client.exchange(server.port, Client.request("GET", "/" + name + "/metrics")).lines())
        .filteredOn(line -> line.startsWith("metrics_filter_failures_total{"))
        .isNotEmpty()
        .allMatch(line -> line.endsWith(" 0.0"));
  }

  /** As docs/routes.md says. */
  @Test
  @Order(2)
  void frameworksHaveTheirRoutes() throws Exception {
    assumeTrue(hasFilterInTheWar(), "Tomcat has none of these frameworks");
    Map<String, Double> expected =
        new TreeMap<>(
            Map.of(
                statusOfPages() + " /frameworks/*.jsp GET",
                1.0,
                "404 /frameworks/*.jsp GET",
                1.0,
                "200 /frameworks/api/users/{id} GET",
                1.0,
                "404 /frameworks/api/users/{id} GET",
                1.0,
                "404 /frameworks/api/* GET",
                1.0));
    List<String> paths =
        new ArrayList<>(
            List.of("/page.jsp", "/none.jsp", "/api/users/1", "/api/users/0", "/api/none"));
    if (hasFaces()) {
      expected.put("200 /frameworks/*.xhtml GET", 1.0);
      expected.put("404 /frameworks/*.xhtml GET", 1.0);
      paths.addAll(List.of("/view.xhtml", "/none.xhtml"));
    }
    deploy(Wars.ofFrameworks("frameworks", hasFaces()));
    for (String path : paths) {
      Client.exchange(server.port, Client.request("GET", "/frameworks" + path));
    }
    AppServer.await(
        "all is counted",
        () -> scrape("frameworks").toString().equals(Scrape.shown(expected)),
        () -> {
          try {
            return scrape("frameworks").toString();
          } catch (IOException e) {
            return e.toString();
          }
        });
  }

  /**
   * What is read, what is written, and the time that the client waits for it. The application goes
   * on only when the client has had the beginning, and some time more.
   */
  @Test
  @Order(2)
  void sizesAndFirstBytesAreThoseThatTheClientHasSeen() throws Exception {
    assumeTrue(hasFilterInTheWar(), "the server's configuration has no options");
    String name = deploy("measured", Mapping.REQUEST, true, ALL_OPTIONS);
    for (String path :
        List.of(
            "/begun/IN_THE_SERVLET",
            "/begun/IN_A_DISPATCH",
            "/begun/IN_A_THREAD",
            "/begun-by-a-forward")) {
      double begun = Asked.begin(server.port, "/" + name + path, BODY);
      String series = "200 /" + name + path + " POST";
      Scrape scrape = scrapeWith(name, series);
      assertFirstByte(scrape, series, begun);
      assertThat(scrape.value("http_request_size_bytes_sum " + series)).isEqualTo(BODY.length());
      assertThat(scrape.value("http_response_size_bytes_sum " + series))
          .isEqualTo("begun".length());
    }

    double begun = Asked.begin(server.port, "/" + name + "/begun-by-the-page", BODY);
    String series = "409 /" + name + "/begun-by-the-page POST";
    Scrape scrape = scrapeWith(name, series);
    if (tellsFirstByteOfPages()) {
      assertFirstByte(scrape, series, begun);
    } else {
      assertThat(scrape.value("http_first_byte_duration_seconds_sum " + series))
          .isEqualTo(scrape.value("http_request_duration_seconds_sum " + series));
    }
  }

  private Scrape scrapeWith(String name, String series) throws IOException {
    AppServer.await(
        series + " is counted",
        () -> {
          Scrape scrape = scrape(name);
          return scrape.requests().containsKey(series) && scrape.inFlight() == 0;
        });
    return scrape(name);
  }

  private static void assertFirstByte(Scrape scrape, String series, double atMost) {
    double firstByte = scrape.value("http_first_byte_duration_seconds_sum " + series);
    assertThat(firstByte).as(series).isBetween(Asked.BEGINS_AFTER, atMost);
    assertThat(scrape.value("http_request_duration_seconds_sum " + series))
        .as(series)
        .isGreaterThan(Asked.BEGINS_AFTER + Asked.GOES_ON_AFTER);
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  @Order(3)
  void mixedLoadIsCountedRequestByRequest(boolean options) throws Exception {
    assumeTrue(hasFilterInTheWar() || !options, "the server's configuration has no options");
    String name =
        deploy("load-" + options, Mapping.REQUEST, false, options ? ALL_OPTIONS : NO_OPTIONS);
    Map<String, Double> expected = Load.of(server.port, "/" + name, LOAD, CONNECTIONS, SECONDS);
    Map<String, Double> counted = new TreeMap<>();
    expected.forEach((series, count) -> counted.put(series.replace("/none ", "/* "), count));
    AppServer.await(
        "all is counted",
        () -> {
          Scrape scrape = scrape(name);
          return scrape.requests().equals(counted) && scrape.inFlight() == 0;
        },
        () -> counted + " expected");
    assertNothingFailed(name);
  }

  @Test
  @Order(4)
  void redeploymentsLeaveNothing() throws Exception {
    AtomicBoolean ended = new AtomicBoolean();
    Thread light =
        new Thread(
            () -> {
              while (!ended.get()) {
                for (String path : LOAD) {
                  try {
                    Client.exchange(server.port, Client.request("GET", "/redeployed" + path));
                  } catch (IOException e) {
                    // as it may be while there is no application
                  }
                }
              }
            });
    light.start();
    try {
      for (int i = 0; i < REDEPLOYMENTS; i++) {
        List<String> options = i % 2 == 0 ? NO_OPTIONS : ALL_OPTIONS;
        String name = deploy("redeployed", Mapping.REQUEST, false, options);
        double before = scrape(name).requests().getOrDefault("200 /" + name + "/streamed GET", 0.0);
        for (int j = 0; j < 5; j++) {
          Client.exchange(server.port, Client.request("GET", "/" + name + "/streamed"));
        }
        AppServer.await(
            "all is counted",
            () ->
                scrape(name).requests().getOrDefault("200 /" + name + "/streamed GET", 0.0)
                    == before + 5);
        assertNothingFailed(name);
        if (i == 0) {
          assertThat(loaders()).as("while there are applications").isNotEmpty();
        }
        undeploy(name);
      }
    } finally {
      ended.set(true);
      light.join();
    }
    if (!keepsClassLoaders()) {
      AppServer.await(
          "no class loader is left", () -> loaders().isEmpty(), () -> loaders().toString());
    }
  }

  /** The class loaders of applications, after a collection. */
  private List<String> loaders() {
    jcmd("GC.run");
    List<String> loaders = new ArrayList<>();
    String loader = "";
    for (String line : jcmd("VM.classloaders", "show-classes=true").lines().toList()) {
      if (line.contains("+-- ")) {
        loader = line.substring(line.indexOf("+-- ") + "+-- ".length());
      } else if (line.endsWith("io.github.metricsfilter.situations.SituationsListener")
          || line.endsWith("io.github.metricsfilter.frameworks.Api")) {
        loaders.add(loader);
      }
    }
    return loaders;
  }

  private String jcmd(String... arguments) {
    List<String> command = new ArrayList<>();
    command.add(System.getProperty("java.home") + "/bin/jcmd");
    command.add(String.valueOf(server.pid()));
    command.addAll(List.of(arguments));
    try {
      Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
      return new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }

  /** But for stack traces, which pass through the filter, as all requests do. */
  @Test
  @Order(5)
  void logSaysNothingOfUs() {
    assertThat(server.log().lines())
        .isNotEmpty()
        .filteredOn(
            line ->
                line.contains("io.github.metricsfilter")
                    && !line.contains("io.github.metricsfilter.situations")
                    && !line.contains("io.github.metricsfilter.frameworks")
                    && !line.strip().startsWith("at ")
                    && !line.contains("\tat "))
        .isEmpty();
    assertThat(server.log()).doesNotContain("NoClassDefFoundError", "ClassNotFoundException");
  }
}
