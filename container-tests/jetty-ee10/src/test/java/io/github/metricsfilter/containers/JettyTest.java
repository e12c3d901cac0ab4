package io.github.metricsfilter.containers;

import java.util.concurrent.ExecutorService;
import org.eclipse.jetty.ee10.servlet.DefaultServlet;
import org.eclipse.jetty.ee10.servlet.ErrorPageErrorHandler;
import org.eclipse.jetty.ee10.servlet.ServletContextHandler;
import org.eclipse.jetty.ee10.servlet.ServletHolder;
import org.eclipse.jetty.http2.server.HTTP2CServerConnectionFactory;
import org.eclipse.jetty.server.HttpConfiguration;
import org.eclipse.jetty.server.HttpConnectionFactory;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;
import org.eclipse.jetty.server.handler.ContextHandlerCollection;
import org.eclipse.jetty.util.thread.QueuedThreadPool;
import org.jspecify.annotations.Nullable;

class JettyTest extends ContainerContract {

  @Override
  protected Container start(@Nullable ExecutorService virtualThreads) throws Exception {
    return new Jetty(virtualThreads);
  }

  private static final class Jetty implements Container {

    private final ContextHandlerCollection contexts = new ContextHandlerCollection();
    private final Server server;
    private final ServerConnector connector;

    Jetty(@Nullable ExecutorService virtualThreads) throws Exception {
      QueuedThreadPool threads = new QueuedThreadPool();
      threads.setVirtualThreadsExecutor(virtualThreads);
      server = new Server(threads);
      HttpConfiguration configuration = new HttpConfiguration();
      connector =
          new ServerConnector(
              server,
              new HttpConnectionFactory(configuration),
              new HTTP2CServerConnectionFactory(configuration));
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
      ServletContextHandler context = new ServletContextHandler(application.contextPath());
      ErrorPageErrorHandler errors = new ErrorPageErrorHandler();
      errors.setShowStacks(false); // a stack trace shows the filter
      application.statusPages().forEach(errors::addErrorPage);
      application.exceptionPages().forEach(errors::addErrorPage);
      context.setErrorHandler(errors);
      context.setBaseResourceAsString(System.getProperty("java.io.tmpdir"));
      context.addServlet(new ServletHolder("default", DefaultServlet.class), "/");
      context.addServletContainerInitializer((types, c) -> application.onStartup(c));
      contexts.addHandler(context);
      context.start();
      return () -> {
        context.stop();
        contexts.removeHandler(context);
      };
    }

    @Override
    public void stop() throws Exception {
      server.stop();
    }
  }
}
