package io.github.metricsfilter;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.metricsfilter.PrometheusRequestFilter.Exemplars;
import io.github.metricsfilter.PrometheusRequestFilter.Preset;
import java.util.Map;
import org.junit.jupiter.api.Test;

class SettingsTest {

  private static Settings settings(PrometheusRequestFilter.Builder builder) {
    Problems problems = new Problems();
    Settings settings = new Settings(builder, problems);
    problems.throwIfAny();
    return settings;
  }

  /** This class path has no tracer; the integration tests have one. */
  @Test
  void exemplarsAreOffWithoutATracerUnlessAskedFor() {
    assertThat(settings(PrometheusRequestFilter.builder()).exemplars).isFalse();
    assertThat(settings(PrometheusRequestFilter.builder().exemplars(Exemplars.AUTO)).exemplars)
        .isFalse();
    assertThat(settings(PrometheusRequestFilter.builder().exemplars(Exemplars.ON)).exemplars)
        .isTrue();
  }

  @Test
  void aMetricNameMeansSimpleclient() {
    assertThat(settings(PrometheusRequestFilter.builder().metricName("webapp")).preset)
        .isEqualTo(Preset.SIMPLECLIENT);
  }

  @Test
  void whatIsToldOfASettingThatIsSharedIsItsValueInWebXml() {
    assertThat(
            settings(
                    PrometheusRequestFilter.builder()
                        .preset(Preset.OTEL)
                        .constLabels(Map.of("app", "shop")))
                .shared())
        .containsEntry("preset", "otel")
        .containsEntry("const-labels", "{app=\"shop\"}")
        .containsEntry("exemplars", "off");
  }
}
