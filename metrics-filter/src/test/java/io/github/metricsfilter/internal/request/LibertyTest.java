package io.github.metricsfilter.internal.request;

import static org.assertj.core.api.Assertions.assertThat;

import jakarta.servlet.ServletException;
import jakarta.servlet.UnavailableException;
import java.io.FileNotFoundException;
import java.io.IOException;
import org.junit.jupiter.api.Test;

/** What Liberty makes of what it tells nobody of. */
class LibertyTest {

  /** As Liberty's are called, and what it asks of them. */
  public static final class WebAppErrorReport extends ServletException {
    private static final long serialVersionUID = 1L;
    private final int code;

    WebAppErrorReport(int code) {
      this.code = code;
    }

    public int getErrorCode() {
      return code;
    }
  }

  @Test
  void reportKnowsItsStatus() {
    assertThat(Liberty.statusOf(new WebAppErrorReport(404))).isEqualTo(404);
    assertThat(Liberty.statusOf(new WebAppErrorReport(0))).isEqualTo(500);
  }

  @Test
  void fileThatIsNotThere() {
    assertThat(Liberty.statusOf(new FileNotFoundException("none"))).isEqualTo(404);
    assertThat(Liberty.statusOf(new ServletException(new FileNotFoundException("none"))))
        .isEqualTo(404);
  }

  @Test
  void unavailable() {
    assertThat(Liberty.statusOf(new UnavailableException("busy", 60))).isEqualTo(503);
    assertThat(Liberty.statusOf(new UnavailableException("gone"))).isEqualTo(404);
  }

  @Test
  void anythingElse() {
    assertThat(Liberty.statusOf(new IOException("failure"))).isEqualTo(500);
    assertThat(Liberty.statusOf(new AssertionError("failure"))).isEqualTo(500);
  }
}
