package io.github.metricsfilter.containers;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.metricsfilter.containers.ContainerTest.Case;
import io.undertow.Undertow;
import io.undertow.UndertowOptions;
import io.undertow.server.handlers.PathHandler;
import io.undertow.server.protocol.http2.Http2UpgradeHandler;
import io.undertow.servlet.Servlets;
import io.undertow.servlet.api.DeploymentInfo;
import io.undertow.servlet.api.DeploymentManager;
import io.undertow.servlet.api.ServletContainer;
import io.undertow.servlet.api.ServletContainerInitializerInfo;
import io.undertow.servlet.api.ServletStackTraces;
import io.undertow.servlet.util.ImmediateInstanceFactory;
import jakarta.servlet.ServletContainerInitializer;
import jakarta.servlet.ServletException;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

@Differs(
    in = WhenItThrows.class,
    from = "undecodableQuery",
    because = "Undertow answers before the application, and so the filter, sees the request")
@Differs(
    in = WhateverStandsAroundIt.class,
    from = "responseBehindWhichThereIsNoneOfTheContainers",
    because = "Undertow hands on no response that is neither its own nor a wrapper of it")
@Differs(
    in = WhenItThrows.class,
    from = "undecodableBody",
    because = "Undertow waits for the rest of the chunk until the client goes away")
@Differs(
    in = WhenAnErrorPageRuns.class,
    from = "thatGoesAsynchronous",
    with = "\\bTHROWS, IN_THE_SERVLET",
    because =
        "Undertow never answers, with the filter or without it, if the page is an exception's")
@Differs(
    in = WhenAnErrorPageRuns.class,
    from = "thatGoesAsynchronous",
    with = "IN_A_THREAD",
    setups = ContainerTest.Setup.PORTABLE,
    because =
        "if the page starts its cycle while the thread's is being completed, Undertow may notify no"
            + " AsyncListener of its end")
@Differs(
    in = WhenAnErrorPageRuns.class,
    from = "thatThrows",
    with = "IN_A_THREAD",
    because = "Undertow runs the page in the thread or in its own, and answers accordingly")
@Differs(
    in = WhenItGoesAsynchronous.class,
    from = "failedWithARemedy",
    inTheAnswerByLuck = true,
    because = "Undertow ends the answer while the dispatch of an onError begins in another thread")
@Differs(
    in = WhenItGoesAsynchronous.class,
    from = {"timedOutWithARemedy", "failedWithARemedy", "failedInTheAsyncThreadWithARemedy"},
    setups = ContainerTest.Setup.VIRTUAL_THREADS,
    because =
        "Undertow notifies the listener of each failure anew: a remedy that fails is tried without"
            + " end, with the filter or without it, and takes all carriers of virtual threads")
@Differs(
    in = WhenItGoesAsynchronous.class,
    from = "sentErrorButNeverCompleted",
    with = "true",
    setups = ContainerTest.Setup.PORTABLE,
    because = "Undertow tells no AsyncListener of a cycle that an error page has ended")
@Differs(
    in = Sizes.class,
    from = "forwardedAfterWritingToTheStream",
    because = "Undertow sends no Content-Length after a forward of any wrapped response")
@Differs(
    in = Sizes.class,
    from = "forwardedWithAnotherEncoding",
    because = "Undertow sends no Content-Length after a forward of any wrapped response")
@Differs(
    in = Durations.class,
    from = "inAnErrorPageThatGoesAsynchronous",
    because = "Undertow ends the answer when the page has returned, and doesn't wait for its cycle")
class UndertowTest extends ContainerContract {

  @Override
  protected Container start(@Nullable ExecutorService virtualThreads) {
    return new EmbeddedUndertow(64, virtualThreads);
  }

  /** What it does instead. */
  @Nested
  @DisplayName("Only on Undertow")
  class OnUndertow extends Chapter {

    OnUndertow() {
      super(UndertowTest.this);
    }

    @Test
    void undecodableQueryIsNotCounted() throws Exception {
      Case app = given(HELLO);
      assertThat(app.get(WhenItThrows.UNDECODABLE)).startsWith("HTTP/1.1 400");
      app.get("/posts");
      app.assertCounted("200 /app/posts GET");
    }

    /** The body of a forward is the same, though not how its end is told. */
    @Test
    void sizeOfAForward() throws Exception {
      Case app =
          givenWith(
              b -> b.responseSize(true),
              a ->
                  a.servlet(
                          "/posts",
                          (request, response) -> {
                            response.getWriter().print("discarded");
                            request.getRequestDispatcher("/target").forward(request, response);
                          })
                      .servlet("/target", HELLO));
      String answer = Client.exchange(app.port(), Client.request("GET", "/app/posts"));
      assertThat(Client.bodyOf(answer)).asString().isEqualTo("hello");
      app.assertCounted("200 /app/posts GET");
      assertThat(scrape().value("http_response_size_bytes_sum 200 /app/posts GET")).isEqualTo(5);
    }

    @Test
    void undecodableBodyIsCountedWhenTheClientGoesAway() throws Exception {
      Case app = given(WhenItThrows.readingTheBody());
      try (Client client = new Client(app.port())) {
        client.send(WhenItThrows.UNDECODABLE_BODY);
        awaitUntil(() -> assertThat(scrape().inFlight()).isOne());
      }
      app.assertCountedWhateverTheStatus("/app/posts POST");
    }
  }

  static final class EmbeddedUndertow implements Container {

    private final ServletContainer container = Servlets.newContainer();
    private final List<DeploymentManager> running = new ArrayList<>();
    private final PathHandler contexts = new PathHandler();
    private final @Nullable ExecutorService executor;
    private final Undertow undertow;

    EmbeddedUndertow(int workerThreads, @Nullable ExecutorService executor) {
      this.executor = executor;
      undertow =
          Undertow.builder()
              .addHttpListener(0, "localhost")
              .setIoThreads(2)
              .setWorkerThreads(workerThreads)
              .setServerOption(UndertowOptions.ENABLE_HTTP2, true)
              .setHandler(new Http2UpgradeHandler(contexts))
              .build();
      undertow.start();
    }

    @Override
    public int port() {
      return ((InetSocketAddress) undertow.getListenerInfo().get(0).getAddress()).getPort();
    }

    @Override
    public Stop deploy(Application application) throws Exception {
      ServletContainerInitializer initializer = (types, c) -> application.onStartup(c);
      DeploymentInfo info =
          Servlets.deployment()
              .setClassLoader(UndertowTest.class.getClassLoader())
              .setContextPath(application.contextPath())
              .setDeploymentName(application.contextPath())
              .setServletStackTraces(ServletStackTraces.NONE) // a stack trace shows the filter
              .addServletContainerInitializer(
                  new ServletContainerInitializerInfo(
                      ServletContainerInitializer.class,
                      new ImmediateInstanceFactory<>(initializer),
                      Set.of()));
      if (executor != null) {
        info.setExecutor(executor).setAsyncExecutor(executor);
      }
      application
          .statusPages()
          .forEach((status, path) -> info.addErrorPage(Servlets.errorPage(path, status)));
      application
          .exceptionPages()
          .forEach((type, path) -> info.addErrorPage(Servlets.errorPage(path, type)));
      DeploymentManager manager = container.addDeployment(info);
      manager.deploy();
      running.add(manager);
      contexts.addPrefixPath(application.contextPath(), manager.start());
      return () -> {
        contexts.removePrefixPath(application.contextPath());
        undeploy(manager);
      };
    }

    private void undeploy(DeploymentManager manager) throws ServletException {
      running.remove(manager);
      manager.stop();
      manager.undeploy();
    }

    @Override
    public void stop() throws Exception {
      undertow.stop();
      for (DeploymentManager manager : List.copyOf(running)) {
        undeploy(manager);
      }
    }
  }
}
