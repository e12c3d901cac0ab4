package io.github.metricsfilter;

import io.github.metricsfilter.MetricsServlet.ContainerMetrics;
import io.github.metricsfilter.internal.scrape.FamilyNames;
import io.github.metricsfilter.internal.scrape.ScrapeEndpoint;
import io.github.metricsfilter.internal.scrape.ScrapeSettings;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import jakarta.servlet.ServletConfig;
import jakarta.servlet.ServletException;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** The settings of {@link MetricsServlet}, and what one builder has set them to. */
final class ServletSettings {

  static final Setting<Boolean> JVM_METRICS = Setting.flag("jvm-metrics", true);
  static final Setting<ContainerMetrics> CONTAINER_METRICS =
      Setting.constant("container-metrics", ContainerMetrics.AUTO);
  static final Setting<Integer> MAX_CONCURRENT_SCRAPES =
      Setting.wholeNumber("max-concurrent-scrapes", "a whole number, 1 or more", 4);
  static final Setting<List<String>> NAME_MUST_BE_EQUAL_TO = names("name-must-be-equal-to", "all");
  static final Setting<List<String>> NAME_MUST_NOT_BE_EQUAL_TO =
      names("name-must-not-be-equal-to", "none");
  static final Setting<List<String>> NAME_MUST_START_WITH = names("name-must-start-with", "all");
  static final Setting<List<String>> NAME_MUST_NOT_START_WITH =
      names("name-must-not-start-with", "none");

  static final List<Setting<?>> ALL =
      List.of(
          Setting.REGISTRY_ATTRIBUTE,
          JVM_METRICS,
          CONTAINER_METRICS,
          MAX_CONCURRENT_SCRAPES,
          NAME_MUST_BE_EQUAL_TO,
          NAME_MUST_NOT_BE_EQUAL_TO,
          NAME_MUST_START_WITH,
          NAME_MUST_NOT_START_WITH);

  private final @Nullable PrometheusRegistry registry;
  private final @Nullable String registryAttribute;
  private final ScrapeSettings ofScrapes;

  /** Adds to the problems whatever is wrong. */
  ServletSettings(MetricsServlet.Builder builder, Problems problems) {
    Values values = builder.values;
    values.require(MAX_CONCURRENT_SCRAPES, number -> number >= 1, "1 or more", problems);
    registry = builder.registry;
    registryAttribute = values.given(Setting.REGISTRY_ATTRIBUTE);
    values.only(registry == null, "without registry", Setting.REGISTRY_ATTRIBUTE, problems);
    ofScrapes =
        new ScrapeSettings(
            values.get(JVM_METRICS),
            values.get(CONTAINER_METRICS) == ContainerMetrics.AUTO,
            values.get(MAX_CONCURRENT_SCRAPES),
            new FamilyNames(
                values.get(NAME_MUST_BE_EQUAL_TO),
                values.get(NAME_MUST_NOT_BE_EQUAL_TO),
                values.get(NAME_MUST_START_WITH),
                values.get(NAME_MUST_NOT_START_WITH)),
            builder.properties,
            builder.threads);
  }

  ScrapeEndpoint open(ServletConfig config) throws ServletException {
    return ScrapeEndpoint.open(
        registry == null
            ? InitParameters.registry(config.getServletContext(), registryAttribute)
            : registry,
        config.getServletName(),
        ofScrapes);
  }

  private static Setting<List<String>> names(String name, String defaultInWords) {
    return new Setting<>(
        name,
        "one or more names, separated by commas or spaces",
        ServletSettings::words,
        values -> List.of(),
        defaultInWords);
  }

  /** As simpleclient's servlet separated them. */
  private static List<String> words(String text) {
    List<String> words =
        Pattern.compile("[,;\\s]+")
            .splitAsStream(text)
            .filter(word -> !word.isEmpty())
            .collect(Collectors.toUnmodifiableList());
    if (words.isEmpty()) {
      throw new IllegalArgumentException(text);
    }
    return words;
  }
}
