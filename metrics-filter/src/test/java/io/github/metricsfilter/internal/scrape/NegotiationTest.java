package io.github.metricsfilter.internal.scrape;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What clients say that they accept, and what they get. */
class NegotiationTest {

  private static final String PROTOBUF =
      "application/vnd.google.protobuf;proto=io.prometheus.client.MetricFamily";

  private static Negotiation accepting(String... accept) {
    return new Negotiation(List.of(accept), List.of(), true);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          ''                                                               | text/plain
          */*                                                              | text/plain
          text/html,application/xml;q=0.9,*/*;q=0.8                        | text/plain
          application/json                                                 | text/plain
          text/plain;q=0                                                   | text/plain
          text/plain;q=0, */*                                              | text/plain
          ;                                                                | text/plain
          ;;                                                               | text/plain
          ,;,                                                              | text/plain
          =                                                                | text/plain
          ;q=1                                                             | text/plain
          text/plain;                                                      | text/plain
          application/openmetrics-text;;version;=;=1;q=,;                  | application/openmetrics-text
          application/openmetrics-text;q=NaN,text/plain;q=-1               | text/plain
          application/openmetrics-text                                     | application/openmetrics-text
          APPLICATION/OpenMetrics-Text ; Version="1.0.0"                   | application/openmetrics-text;version=1.0.0
          application/openmetrics-text;q=0                                 | text/plain
          application/openmetrics-text;q=0.0,*/*;q=0.1                     | text/plain
          application/openmetrics-text;q=0.1,text/plain;q=0.9              | text/plain
          application/openmetrics-text;q=0.1,*/*                           | text/plain
          application/openmetrics-text;q=0.9,text/plain;q=0.1              | application/openmetrics-text
          text/plain,application/openmetrics-text                          | text/plain
          */*,application/openmetrics-text                                 | application/openmetrics-text
          text/plain;q=0,application/openmetrics-text;q=0.1,*/*            | application/openmetrics-text
          text/plain;q=0.2,application/openmetrics-text;q=0.3,*/*          | application/openmetrics-text
          application/openmetrics-text;version=9.9.9,text/plain;q=0.1      | text/plain
          text/plain;version=0.0.3,application/openmetrics-text;q=0.1      | application/openmetrics-text
          application/openmetrics-text;q=much,text/plain;q=0.5             | application/openmetrics-text
          text/plain;version=1.0.0                                         | text/plain;version=1.0.0;escaping=underscores
          text/plain;version=1.0.0;escaping=dots                           | text/plain;version=1.0.0;escaping=dots
          text/plain;version=1.0.0;escaping=other                          | text/plain;version=1.0.0;escaping=underscores
          text/plain;version=0.0.4,text/plain;version=1.0.0;escaping=values;q=0.5 | text/plain;version=0.0.4
          """)
  void theHighestQOfWhatThereIs(String accept, String chosen) {
    assertThat(accepting(accept).accept()).isEqualTo(chosen);
  }

  @Test
  void protobufByItsFullName() {
    assertThat(accepting(PROTOBUF + ";encoding=delimited;q=0.5,text/plain;q=0.4").accept())
        .isEqualTo(PROTOBUF + ";encoding=delimited");
    assertThat(accepting(PROTOBUF + ";encoding=delimited;q=0.3,text/plain;q=0.4").accept())
        .isEqualTo("text/plain");
    assertThat(accepting(PROTOBUF + ";encoding=compact-text,text/plain;q=0.4").accept())
        .isEqualTo("text/plain");
    assertThat(accepting("application/vnd.google.protobuf;proto=other,text/plain;q=0.4").accept())
        .isEqualTo("text/plain");
  }

  @Test
  void withoutItsJarProtobufIsNotChosen() {
    assertThat(new Negotiation(List.of(PROTOBUF + ",text/plain;q=.1"), List.of(), false).accept())
        .isEqualTo("text/plain");
  }

  @Test
  void severalHeadersAreOne() {
    assertThat(accepting("text/plain;q=0.4", "application/openmetrics-text;q=0.5").accept())
        .isEqualTo("application/openmetrics-text");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          ''                          | false
          gzip                        | true
          GZIP                        | true
          deflate, gzip;q=1.0, *;q=.5 | true
          gzip;q=0.5                  | true
          gzip;q=0                    | false
          gzip;q=0.000, *             | false
          *                           | true
          *;q=0                       | false
          identity                    | false
          identity, gzip;q=0.5        | false
          identity;q=0.5, gzip        | true
          identity;q=0, gzip;q=0.1    | true
          br                          | false
          ;                           | false
          ;;                          | false
          gzip,;                      | true
          gzip;                       | true
          ,;,gzip;=;;                 | true
          gzip;q=NaN                  | false
          """)
  void gzipIfItIsAcceptableAndNotLessThanPlain(String acceptEncoding, boolean gzip) {
    assertThat(new Negotiation(List.of(), List.of(acceptEncoding), true).gzip()).isEqualTo(gzip);
  }

  /** Made of what the grammar is made of, in any order. */
  @Test
  void whateverTheHeadersSayAFormatIsDecided() {
    String[] pieces = {
      ";",
      ",",
      "=",
      "\"",
      " ",
      "\t",
      "*",
      "/",
      "*/*",
      "text/plain",
      "application/openmetrics-text",
      PROTOBUF,
      "gzip",
      "identity",
      "q=0",
      "q=1e400",
      "q=NaN",
      "q=",
      "version=1.0.0",
      "escaping=dots",
      "\u00e9"
    };
    Random random = new Random(1);
    for (int i = 0; i < 20_000; i++) {
      StringBuilder header = new StringBuilder();
      for (int n = random.nextInt(8); n >= 0; n--) {
        header.append(pieces[random.nextInt(pieces.length)]);
      }
      List<String> values = List.of(header.toString());

      Negotiation negotiation = new Negotiation(values, values, true);

      assertThat(negotiation.accept())
          .as("%s", header)
          .matches("(text/plain|application/openmetrics-text|" + PROTOBUF + ")(;[^;,]+)*");
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          text/plain                                                   | text/plain; version=0.0.4; charset=utf-8 | text/plain; version=0.0.4; charset=utf-8
          text/plain;version=0.0.4;escaping=dots                       | text/plain; version=0.0.4; charset=utf-8 | text/plain; version=0.0.4; charset=utf-8; escaping=dots
          text/plain;version=1.0.0                                     | text/plain; version=0.0.4; charset=utf-8 | text/plain; version=1.0.0; charset=utf-8; escaping=underscores
          text/plain;version=1.0.0;escaping=allow-utf-8                | text/plain; version=0.0.4; charset=utf-8 | text/plain; version=1.0.0; charset=utf-8; escaping=allow-utf-8
          text/plain;version=1.0.0;escaping=allow-utf-8                | text/plain; charset=utf-8                | text/plain; charset=utf-8
          application/openmetrics-text;version=1.0.0                   | application/openmetrics-text; version=1.0.0; charset=utf-8 | application/openmetrics-text; version=1.0.0; charset=utf-8
          application/openmetrics-text;version=1.0.0;escaping=values   | application/openmetrics-text; version=1.0.0; charset=utf-8 | application/openmetrics-text; version=1.0.0; charset=utf-8; escaping=values
          """)
  void theContentTypeTellsVersionAndEscaping(String accept, String handlers, String sent) {
    assertThat(accepting(accept).contentType(handlers)).isEqualTo(sent);
  }
}
