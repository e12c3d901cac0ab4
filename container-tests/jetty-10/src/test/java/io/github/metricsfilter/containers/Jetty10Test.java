package io.github.metricsfilter.containers;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.metricsfilter.containers.ContainerTest.Case;
import java.nio.ByteBuffer;
import org.eclipse.jetty.server.HttpOutput;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.util.Callback;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What only Jetty 10 does otherwise. */
@Differs(
    in = WhenItThrows.class,
    from = "undecodableBody",
    because = "Jetty 10 answers a body that breaks off with 500")
@Differs(
    in = JettyTest.OnJetty.class,
    from = "undecodableIsCounted",
    because = "Jetty 10 answers a body that breaks off with 500")
@Differs(
    in = WhenTheClientGoesAway.class,
    from = "resetWhilePending",
    with = "true",
    because = JettyBeforeEe10Test.NEVER_ENDS)
@Differs(
    in = WhenItGoesAsynchronous.class,
    from = "failedAfterStartAsyncAndCommit",
    setups = ContainerTest.Setup.PORTABLE,
    because = "Jetty 10 tells no AsyncListener of a failure once the response is under way")
@Differs(
    in = WhenTheChainReturns.class,
    from = "upgraded",
    setups = ContainerTest.Setup.PORTABLE,
    because = Jetty10Test.UPGRADED_IS_ASYNCHRONOUS)
@Differs(
    in = Durations.class,
    from = "untilTheUpgrade",
    setups = ContainerTest.Setup.PORTABLE,
    because = Jetty10Test.UPGRADED_IS_ASYNCHRONOUS)
class Jetty10Test extends JettyBeforeEe10Test {

  static final String UPGRADED_IS_ASYNCHRONOUS =
      "in Jetty 10 an upgraded request is asynchronous for as long as its connection lives";

  private static final String KEPT_ALIVE = "GET %s HTTP/1.1\r\nHost: test\r\n\r\n";

  /** What it does instead. */
  @Nested
  @DisplayName("Only on Jetty 10")
  class OnJetty10 extends Chapter {

    OnJetty10() {
      super(Jetty10Test.this);
    }

    @Test
    void undecodableIsCounted() throws Exception {
      Case app = given(WhenItThrows.readingTheBody());
      assertThat(app.exchange(WhenItThrows.UNDECODABLE_BODY)).startsWith("HTTP/1.1 500");
      app.assertCounted("500 /app/posts POST");
    }

    /** As when the client closes the connection in that moment: Jetty never completes these. */
    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void failsToCloseTheResponse(boolean inTheChain) throws Exception {
      Case app =
          given(
              (request, response) -> {
                response.setStatus(207);
                begin(response);
                HttpOutput output = Request.getBaseRequest(request).getResponse().getHttpOutput();
                output.setInterceptor(new Broken(output.getInterceptor()));
                if (inTheChain) {
                  output.close();
                }
              });
      assertThat(app.get("/posts")).startsWith("HTTP/1.1 207").contains("begun");
      app.assertCounted("207 /app/posts GET");
    }

    /** Its requests are watched in the portable way, which doesn't know what an error page sets. */
    @Test
    @NeedsTheContainersWord("the other connection shows what Jetty tells")
    void connectionThatIsOlderThanTheApplication() throws Exception {
      Case app = given(HELLO); // whose scrapes show this, too
      Container server = container().start();
      container().afterwards(server::stop);
      try (Client client = new Client(server.port())) {
        client.send(KEPT_ALIVE.formatted("/none")).readUntil("HTTP/1.1 404");
        Application late = new Application("/late");
        container().addFilter(late, container().newFilter());
        late.servlet("/posts", (request, response) -> response.sendError(409))
            .servlet("/page", (request, response) -> response.setStatus(503))
            .errorPage(409, "/page");
        server.deploy(late);

        client.send(KEPT_ALIVE.formatted("/late/posts")).readUntil("HTTP/1.1 503");
        assertThat(Client.exchange(server.port(), Client.request("GET", "/late/posts")))
            .startsWith("HTTP/1.1 503");
        app.assertCounted("409 /late/posts GET", "503 /late/posts GET");
      }
    }
  }

  /** Fails as Jetty's own output does when the connection is closed while it begins to write. */
  private record Broken(HttpOutput.Interceptor getNextInterceptor)
      implements HttpOutput.Interceptor {

    @Override
    public void write(ByteBuffer content, boolean last, Callback callback) {
      throw new IllegalStateException("closed");
    }
  }
}
