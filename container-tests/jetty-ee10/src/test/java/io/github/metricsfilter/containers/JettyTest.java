package io.github.metricsfilter.containers;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.metricsfilter.containers.ContainerTest.Case;
import java.util.concurrent.ExecutorService;
import org.eclipse.jetty.ee10.servlet.DefaultServlet;
import org.eclipse.jetty.ee10.servlet.ErrorPageErrorHandler;
import org.eclipse.jetty.ee10.servlet.ServletContextHandler;
import org.eclipse.jetty.ee10.servlet.ServletHolder;
import org.eclipse.jetty.http2.server.HTTP2CServerConnectionFactory;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.HttpConfiguration;
import org.eclipse.jetty.server.HttpConnectionFactory;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;
import org.eclipse.jetty.server.handler.ContextHandlerCollection;
import org.eclipse.jetty.util.thread.QueuedThreadPool;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

@Differs(
    in = WhenItGoesAsynchronous.class,
    from = "failedAfterStartAsyncWithoutListener",
    setups = ContainerTest.Setup.PORTABLE,
    because = "Jetty answers at once where somebody listens, as the portable way has to")
@Differs(
    in = WhenItThrows.class,
    from = {"undecodableQuery", "undecodableBody"},
    setups = ContainerTest.Setup.PORTABLE,
    because = "the status is that of an exception of Jetty's own")
@Differs(
    in = WhenTheChainReturns.class,
    from = "statusAfterSendError",
    setups = ContainerTest.Setup.PORTABLE,
    because = "getStatus() is no longer what Jetty sends")
@Differs(
    in = WhenItThrows.class,
    from = "withoutAnErrorPage",
    with = JettyTest.FAILS_IN_A_DISPATCH_UNDER_WAY,
    setups = ContainerTest.Setup.PORTABLE,
    because = JettyTest.TELLS_NO_LISTENER)
@Differs(
    in = WhenAnErrorPageRuns.class,
    from = {"thatKeepsTheStatus", "thatChangesTheStatus", "thatThrows", "thatGoesAsynchronous"},
    with = JettyTest.FAILS_IN_A_DISPATCH_UNDER_WAY,
    setups = ContainerTest.Setup.PORTABLE,
    because = JettyTest.TELLS_NO_LISTENER)
@Differs(
    in = WhateverStandsAroundIt.class,
    from = "initialisedAtTheFirstRequest",
    with = JettyTest.FAILS_IN_A_DISPATCH_UNDER_WAY,
    setups = ContainerTest.Setup.PORTABLE,
    because = JettyTest.TELLS_NO_LISTENER)
@Differs(
    in = WhenTheChainReturns.class,
    from = "allAttributesRemovedBeforeAnError",
    with = "BY_A_THREAD_THAT_HAS_FLUSHED",
    setups = ContainerTest.Setup.PORTABLE,
    because = JettyTest.TELLS_NO_LISTENER)
@Differs(
    in = WhateverStandsAroundIt.class,
    from = "initialisedLateAndFailedInADispatchAfterAFlush",
    setups = ContainerTest.Setup.PORTABLE,
    because = JettyTest.TELLS_NO_LISTENER)
@Differs(
    in = WhenTheClientGoesAway.class,
    from = "clientGoneInADispatch",
    setups = ContainerTest.Setup.PORTABLE,
    because = JettyTest.TELLS_NO_LISTENER)
@Differs(
    in = WhenTheClientGoesAway.class,
    from = "resetWhileTheResponseIsWritten",
    with = "IN_A_DISPATCH",
    setups = ContainerTest.Setup.PORTABLE,
    because = JettyTest.TELLS_NO_LISTENER)
@Differs(
    in = WhenItGoesAsynchronous.class,
    from = "completedBeforeAllIsWritten",
    setups = ContainerTest.Setup.PORTABLE,
    because = "Jetty tells no AsyncListener of a cycle whose response is too short")
@Differs(
    in = Durations.class,
    from = "untilTheUpgrade",
    with = "true",
    because = "Jetty tries for ever to upgrade a request whose 101 the application has flushed")
@Differs(
    in = Durations.class,
    from = "untilTheUpgrade",
    with = "IN_A_DISPATCH",
    setups = ContainerTest.Setup.PORTABLE,
    because = "Jetty tells no AsyncListener of an upgrade")
class JettyTest extends ContainerContract {

  static final String FAILS_IN_A_DISPATCH_UNDER_WAY =
      "AFTER_A_FLUSH, IN_A_DISPATCH|BY_A_THREAD_THAT_HAS_FLUSHED";

  static final String TELLS_NO_LISTENER =
      "Jetty tells no AsyncListener of a dispatch that fails once the response is under way";

  @Override
  protected Container start(@Nullable ExecutorService virtualThreads) throws Exception {
    QueuedThreadPool threads = new QueuedThreadPool();
    threads.setVirtualThreadsExecutor(virtualThreads);
    Server server = new Server(threads);
    HttpConfiguration configuration = new HttpConfiguration();
    return new Jetty(
        server,
        new ServerConnector(
            server,
            new HttpConnectionFactory(configuration),
            new HTTP2CServerConnectionFactory(configuration)));
  }

  /** What it does instead. */
  @Nested
  @DisplayName("Only on Jetty")
  class OnJetty extends Chapter {

    OnJetty() {
      super(JettyTest.this);
    }

    /** Its exception's status is the client's, and the portable way doesn't know it. */
    @Test
    void undecodableIsCounted() throws Exception {
      Case app = given(WhenItThrows.readingTheBody());
      assertThat(app.exchange(WhenItThrows.UNDECODABLE_BODY)).startsWith("HTTP/1.1 400");
      app.assertCounted((isPortable() ? "500" : "400") + " /app/posts POST");
    }
  }

  static class Jetty implements Container {

    private final ContextHandlerCollection contexts = new ContextHandlerCollection();
    private final Server server;
    private final ServerConnector connector;

    /** Starts the server, with this connector of it. */
    Jetty(Server server, ServerConnector connector) throws Exception {
      this.server = server;
      this.connector = connector;
      connector.setHost("127.0.0.1");
      server.addConnector(connector);
      server.setHandler(contexts);
      server.start();
    }

    @Override
    public int port() {
      return connector.getLocalPort();
    }

    @Override
    public Stop deploy(Application application) throws Exception {
      ServletContextHandler context = new ServletContextHandler();
      context.setContextPath(application.contextPath());
      ErrorPageErrorHandler errors = new ErrorPageErrorHandler();
      errors.setShowStacks(false); // a stack trace shows the filter
      application.statusPages().forEach(errors::addErrorPage);
      application.exceptionPages().forEach(errors::addErrorPage);
      context.setErrorHandler(errors);
      context.setBaseResourceAsString(System.getProperty("java.io.tmpdir"));
      context.addServlet(new ServletHolder("default", DefaultServlet.class), "/");
      context.addServletContainerInitializer((types, c) -> application.onStartup(c));
      Handler handler = context; // that of Servlet 4.0 and 5.0 has one
      contexts.addHandler(handler);
      handler.start();
      contexts.manage(handler); // so that it is stopped with the server
      return () -> {
        handler.stop();
        contexts.removeHandler(handler);
      };
    }

    @Override
    public void stop() throws Exception {
      server.stop();
    }
  }
}
