package io.github.metricsfilter.containers;

import static org.assertj.core.api.Assertions.assertThat;

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

class UndertowTest extends ContainerContract {

  @Override
  protected Container start(@Nullable ExecutorService virtualThreads) {
    return new EmbeddedUndertow(virtualThreads);
  }

  /** Undertow cuts the connection. */
  @Override
  protected void assertAnswerWhenStopped(String answer) {
    assertThat(answer).isEmpty();
  }

  private static final class EmbeddedUndertow implements Container {

    private final ServletContainer container = Servlets.newContainer();
    private final List<DeploymentManager> running = new ArrayList<>();
    private final PathHandler contexts = new PathHandler();
    private final @Nullable ExecutorService executor;
    private final Undertow undertow;

    EmbeddedUndertow(@Nullable ExecutorService executor) {
      this.executor = executor;
      undertow =
          Undertow.builder()
              .addHttpListener(0, "localhost")
              .setIoThreads(2)
              .setWorkerThreads(64)
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
