package io.github.metricsfilter;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.metricsfilter.PrometheusRequestFilter.Exemplars;
import io.github.metricsfilter.PrometheusRequestFilter.Preset;
import java.util.Map;
import org.junit.jupiter.api.Test;

class SettingsTest {

  private static Map<String, String> shared(PrometheusRequestFilter.Builder builder) {
    return settings(builder).shared();
  }

  private static Settings settings(PrometheusRequestFilter.Builder builder) {
    Problems problems = new Problems();
    Settings settings = new Settings(builder, problems);
    problems.throwIfAny();
    return settings;
  }

  /** This class path has no tracer; the integration tests have one. */
  @Test
  void exemplarsAreOffWithoutATracerUnlessAskedFor() {
    assertThat(shared(PrometheusRequestFilter.builder())).containsEntry("exemplars", "off");
    assertThat(shared(PrometheusRequestFilter.builder().exemplars(Exemplars.AUTO)))
        .containsEntry("exemplars", "off");
    assertThat(shared(PrometheusRequestFilter.builder().exemplars(Exemplars.ON)))
        .containsEntry("exemplars", "on");
  }

  @Test
  void aMetricNameMeansSimpleclient() {
    assertThat(shared(PrometheusRequestFilter.builder().metricName("webapp")))
        .containsEntry("preset", "simpleclient");
  }

  @Test
  void whatIsToldOfASettingThatIsSharedIsItsValueInWebXml() {
    assertThat(
            shared(
                PrometheusRequestFilter.builder()
                    .preset(Preset.OTEL)
                    .constLabels(Map.of("app", "shop"))))
        .containsEntry("preset", "otel")
        .containsEntry("const-labels", "{app=\"shop\"}");
  }

  @Test
  void aBuilderThatGoesOnChangesNothing() {
    PrometheusRequestFilter.Builder builder = PrometheusRequestFilter.builder().maxPaths(7);
    Settings settings = settings(builder);

    builder.maxPaths(8);

    assertThat(settings.shared()).containsEntry("max-paths", "7");
  }
}
