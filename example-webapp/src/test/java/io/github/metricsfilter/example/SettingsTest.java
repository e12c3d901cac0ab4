package io.github.metricsfilter.example;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.metricsfilter.example.Settings.Quantile;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SettingsTest {

  @Test
  void whatIsNotSetOrBlankHasItsDefault() {
    Settings defaults =
        new Settings(
            8000,
            null,
            Duration.ofSeconds(2),
            Duration.ofSeconds(5),
            List.of(new Quantile(0.5, 0.05), new Quantile(0.9, 0.01), new Quantile(0.99, 0.001)),
            Duration.ZERO,
            Duration.ZERO,
            true);

    assertThat(Settings.from(name -> null)).isEqualTo(defaults);
    assertThat(Settings.from(name -> " ")).isEqualTo(defaults);
  }

  @Test
  void everySettingIsRead() {
    Map<String, String> values =
        Map.of(
            "PORT", " 0 ",
            "POSTS_URL", "HTTPS://example.org:8443/posts?limit=3",
            "POSTS_CONNECT_TIMEOUT", "0.001",
            "POSTS_TIMEOUT", "3600",
            "POSTS_QUANTILES", "0.75:0.02, 0.95:0.005",
            "DELAY_MIN", "1",
            "DELAY_MAX", "2.5",
            "JVM_METRICS", "false");

    assertThat(Settings.from(values::get))
        .isEqualTo(
            new Settings(
                0,
                URI.create("HTTPS://example.org:8443/posts?limit=3"),
                Duration.ofMillis(1),
                Duration.ofHours(1),
                List.of(new Quantile(0.75, 0.02), new Quantile(0.95, 0.005)),
                Duration.ofSeconds(1),
                Duration.ofMillis(2500),
                false));
  }

  @Test
  void oneBoundOfTheDelayIsEnough() {
    assertThat(Settings.from(Map.of("DELAY_MIN", "3")::get).delayMax())
        .isEqualTo(Duration.ofSeconds(3));
    assertThat(Settings.from(Map.of("DELAY_MAX", "3")::get).delayMin()).isEqualTo(Duration.ZERO);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          PORT                  | abc
          PORT                  | -1
          PORT                  | 65536
          PORT                  | 80.5
          POSTS_URL             | nonsense
          POSTS_URL             | //example.org/posts
          POSTS_URL             | ftp://example.org/posts
          POSTS_URL             | http:///posts
          POSTS_URL             | http://example.org:65536/posts
          POSTS_URL             | http://two words/posts
          POSTS_CONNECT_TIMEOUT | 0
          POSTS_TIMEOUT         | 3600.1
          POSTS_TIMEOUT         | NaN
          POSTS_TIMEOUT         | 1e-999999999
          DELAY_MIN             | -0.1
          DELAY_MAX             | 5s
          POSTS_QUANTILES       | 0.5
          POSTS_QUANTILES       | 0.5:0.05,
          POSTS_QUANTILES       | 0.5:0
          POSTS_QUANTILES       | 1.5:0.05
          POSTS_QUANTILES       | 0.5:0.05,0.50:0.01
          JVM_METRICS           | TRUE
          """)
  void anIllegalValueIsNamedWithWhatIsLegal(String name, String value) {
    assertThatThrownBy(() -> Settings.from(Map.of(name, value)::get))
        .isInstanceOf(SettingException.class)
        .message()
        .startsWith(name + "=" + value + ": must be ")
        .hasLineCount(1);
  }

  @Test
  void boundsOfTheDelayMustNotBeReversed() {
    assertThatThrownBy(() -> Settings.from(Map.of("DELAY_MIN", "5", "DELAY_MAX", "1")::get))
        .isInstanceOf(SettingException.class)
        .hasMessage("DELAY_MIN=5: must be no more than DELAY_MAX=1");
  }

  @Test
  void theMessageIsOneLineWhateverTheValue() {
    assertThatThrownBy(() -> Settings.from(Map.of("PORT", "80\n\u001b[31m80")::get))
        .hasMessage("PORT=80??[31m80: must be a whole number from 0 to 65535");
  }
}
