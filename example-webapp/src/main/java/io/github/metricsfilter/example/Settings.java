package io.github.metricsfilter.example;

import io.github.cdimascio.dotenv.Dotenv;
import io.github.cdimascio.dotenv.DotenvException;
import java.math.BigDecimal;
import java.net.URI;
import java.net.URISyntaxException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * What the environment, or else the file {@code .env} in the working directory, says. A setting
 * that is absent or blank has its default; {@code .env.example} lists them all.
 *
 * @param port where the {@code -exec} WAR listens; 0 for any free port
 * @param postsUrl where {@code /posts} fetches from; null for the service that the example carries
 * @param postsConnectTimeout how long a connection to it may take
 * @param postsTimeout how long the whole call may take, from the connection to the last byte
 * @param postsQuantiles what the Summary of these calls shows
 * @param delayMin the least time that the greeting takes
 * @param delayMax the most
 * @param jvmMetrics whether {@code /metrics} shows the JVM's metrics beside the example's own
 */
record Settings(
    int port,
    @Nullable URI postsUrl,
    Duration postsConnectTimeout,
    Duration postsTimeout,
    List<Quantile> postsQuantiles,
    Duration delayMin,
    Duration delayMax,
    boolean jvmMetrics) {

  /** A quantile of a Summary and by how much its rank may be off. */
  record Quantile(double quantile, double error) {}

  private static final int MAX_PORT = 65_535;
  private static final BigDecimal MAX_SECONDS = BigDecimal.valueOf(3600);

  /**
   * Reads the environment and {@code .env}.
   *
   * @throws SettingException if a value is not legal
   */
  static Settings load() {
    Dotenv dotenv;
    try {
      dotenv = Dotenv.configure().ignoreIfMissing().load();
    } catch (DotenvException e) {
      throw new SettingException(".env: must be lines of NAME=value; " + e.getMessage());
    }
    return from(dotenv::get);
  }

  /** Reads the settings that the function gives by name, null or blank for those not set. */
  static Settings from(Function<String, @Nullable String> values) {
    Reader reader = new Reader(values);
    int port = reader.read("PORT", "8000", "a whole number from 0 to 65535", Settings::port);
    URI postsUrl =
        reader.readOptional(
            "POSTS_URL", "an absolute http or https URL, as http://host/posts", Settings::url);
    Duration postsConnectTimeout = reader.seconds("POSTS_CONNECT_TIMEOUT", "2", "0.001");
    Duration postsTimeout = reader.seconds("POSTS_TIMEOUT", "5", "0.001");
    List<Quantile> postsQuantiles =
        reader.read(
            "POSTS_QUANTILES",
            "0.5:0.05, 0.9:0.01, 0.99:0.001",
            "different quantiles with their errors, as 0.5:0.05,0.9:0.01, each between 0 and 1",
            Settings::quantiles);
    Duration delayMin = reader.seconds("DELAY_MIN", "0", "0");
    Duration delayMax = reader.seconds("DELAY_MAX", reader.orElse("DELAY_MIN", "0"), "0");
    if (delayMin.compareTo(delayMax) > 0) {
      throw new SettingException(
          "DELAY_MIN",
          reader.orElse("DELAY_MIN", "0"),
          "no more than DELAY_MAX=" + reader.orElse("DELAY_MAX", "0"));
    }
    boolean jvmMetrics = reader.read("JVM_METRICS", "true", "true or false", Settings::bool);
    return new Settings(
        port,
        postsUrl,
        postsConnectTimeout,
        postsTimeout,
        postsQuantiles,
        delayMin,
        delayMax,
        jvmMetrics);
  }

  private static int port(String value) {
    int port = Integer.parseInt(value);
    require(port >= 0 && port <= MAX_PORT);
    return port;
  }

  private static URI url(String value) {
    try {
      URI url = new URI(value).parseServerAuthority();
      require(
          "http".equalsIgnoreCase(url.getScheme()) || "https".equalsIgnoreCase(url.getScheme()));
      require(url.getHost() != null && url.getPort() != 0 && url.getPort() <= MAX_PORT);
      return url;
    } catch (URISyntaxException e) {
      throw new IllegalArgumentException(e);
    }
  }

  private static List<Quantile> quantiles(String value) {
    List<Quantile> quantiles = new ArrayList<>();
    Set<Double> seen = new HashSet<>();
    for (String pair : value.split(",", -1)) {
      String[] parts = pair.split(":", -1);
      require(parts.length == 2);
      Quantile quantile = new Quantile(fraction(parts[0]), fraction(parts[1]));
      require(seen.add(quantile.quantile()));
      quantiles.add(quantile);
    }
    return List.copyOf(quantiles);
  }

  private static double fraction(String value) {
    double fraction = new BigDecimal(value.trim()).doubleValue();
    require(fraction > 0 && fraction < 1);
    return fraction;
  }

  private static boolean bool(String value) {
    require(value.equals("true") || value.equals("false"));
    return value.equals("true");
  }

  /** For the parsers above: all that is wrong with a value is an IllegalArgumentException. */
  private static void require(boolean legal) {
    if (!legal) {
      throw new IllegalArgumentException();
    }
  }

  private record Reader(Function<String, @Nullable String> values) {

    @Nullable String find(String name) {
      String value = values.apply(name);
      return value == null || value.isBlank() ? null : value.trim();
    }

    String orElse(String name, String byDefault) {
      String value = find(name);
      return value == null ? byDefault : value;
    }

    <T> @Nullable T readOptional(String name, String legal, Function<String, T> parser) {
      String value = find(name);
      return value == null ? null : parse(name, value, legal, parser);
    }

    <T> T read(String name, String byDefault, String legal, Function<String, T> parser) {
      return parse(name, orElse(name, byDefault), legal, parser);
    }

    Duration seconds(String name, String byDefault, String least) {
      return read(
          name,
          byDefault,
          "a number of seconds from " + least + " to " + MAX_SECONDS,
          value -> {
            BigDecimal seconds = new BigDecimal(value);
            require(seconds.compareTo(new BigDecimal(least)) >= 0);
            require(seconds.compareTo(MAX_SECONDS) <= 0);
            return Duration.ofNanos(seconds.movePointRight(9).longValue());
          });
    }

    private static <T> T parse(
        String name, String value, String legal, Function<String, T> parser) {
      try {
        return parser.apply(value);
      } catch (IllegalArgumentException e) {
        throw new SettingException(name, value, legal);
      }
    }
  }
}
