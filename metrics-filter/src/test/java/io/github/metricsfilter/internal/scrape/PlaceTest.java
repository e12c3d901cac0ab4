package io.github.metricsfilter.internal.scrape;

import static org.assertj.core.api.Assertions.assertThat;

import io.prometheus.metrics.config.PrometheusProperties;
import io.prometheus.metrics.expositionformats.ExpositionFormats;
import org.junit.jupiter.api.Test;

/** Which formats are ours. */
class PlaceTest {

  @Test
  void textAndOpenMetrics1() {
    PrometheusProperties properties = PrometheusProperties.get();
    ExpositionFormats formats = ExpositionFormats.init(properties);
    Place place = new Place(properties);

    assertThat(place.writer(formats, formats.getPrometheusTextFormatWriter())).isNotNull();
    assertThat(place.writer(formats, formats.getOpenMetricsTextFormatWriter())).isNotNull();
    assertThat(place.writer(formats, formats.getOpenMetrics2TextFormatWriter())).isNull();
    assertThat(place.writer(formats, formats.getPrometheusProtobufWriter())).isNull();
  }
}
