package io.github.metricsfilter.containers;

import io.undertow.Undertow;
import io.undertow.server.handlers.PathHandler;
import io.undertow.servlet.Servlets;
import io.undertow.servlet.api.DeploymentInfo;
import io.undertow.servlet.api.DeploymentManager;
import io.undertow.servlet.api.ServletContainerInitializerInfo;
import io.undertow.servlet.util.ImmediateInstanceFactory;
import jakarta.servlet.ServletContainerInitializer;
import java.net.InetSocketAddress;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import org.jspecify.annotations.Nullable;

/** An embedded Undertow, whose workers register MBeans by themselves; its POM has them count. */
class UndertowPoolsTest extends PoolsContract {

  @Override
  protected Container start(int nth, int threads, @Nullable ExecutorService virtualThreads) {
    return new Started(threads, virtualThreads);
  }

  /** XNIO itself counts them: XNIO-1. */
  @Override
  protected String pool(int nth) {
    return nth == 1 ? "XNIO" : "XNIO-" + nth;
  }

  private static final class Started implements Container {

    private final PathHandler contexts = new PathHandler();
    private final @Nullable ExecutorService executor;
    private final Undertow undertow;

    Started(int threads, @Nullable ExecutorService executor) {
      this.executor = executor;
      undertow =
          Undertow.builder()
              .addHttpListener(0, "localhost", contexts)
              .setIoThreads(2)
              .setWorkerThreads(threads)
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
              .setClassLoader(UndertowPoolsTest.class.getClassLoader())
              .setContextPath(application.contextPath())
              .setDeploymentName(application.contextPath())
              .addServletContainerInitializer(
                  new ServletContainerInitializerInfo(
                      ServletContainerInitializer.class,
                      new ImmediateInstanceFactory<>(initializer),
                      Set.of()));
      if (executor != null) {
        info.setExecutor(executor).setAsyncExecutor(executor);
      }
      DeploymentManager manager = Servlets.newContainer().addDeployment(info);
      manager.deploy();
      contexts.addPrefixPath(application.contextPath(), manager.start());
      return manager::undeploy;
    }

    @Override
    public void stop() {
      undertow.stop();
    }
  }
}
