package io.github.metricsfilter.containers;

import java.io.IOException;
import java.util.concurrent.ExecutorService;
import org.eclipse.jetty.ee11.servlet.DefaultServlet;
import org.eclipse.jetty.ee11.servlet.ErrorPageErrorHandler;
import org.eclipse.jetty.ee11.servlet.ServletContextHandler;
import org.eclipse.jetty.ee11.servlet.ServletHolder;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;
import org.eclipse.jetty.server.handler.ContextHandlerCollection;
import org.eclipse.jetty.util.thread.QueuedThreadPool;
import org.jspecify.annotations.Nullable;

class JettyEe11Test extends ContainerContract {

  @Override
  protected Container start(@Nullable ExecutorService virtualThreads) throws Exception {
    return new Jetty(virtualThreads);
  }

  /** Jetty answers 400 to a body that breaks off, whether or not anybody is there to read it. */
  @Override
  protected String statusOfAbortedBody() {
    return "400";
  }

  /**
   * Jetty waits for the timeout if nobody listens; as the filter does, the answer comes at once
   * with it, and in other words.
   */
  @Override
  protected String statusOfUnheardFailure(Case app) throws IOException {
    return statusOf(Client.exchange(app.port(), Client.request("GET", "/app/posts")));
  }

  private static final class Jetty implements Container {

    private final ContextHandlerCollection contexts = new ContextHandlerCollection();
    private final Server server;
    private final ServerConnector connector;

    Jetty(@Nullable ExecutorService virtualThreads) throws Exception {
      QueuedThreadPool threads = new QueuedThreadPool();
      threads.setVirtualThreadsExecutor(virtualThreads);
      server = new Server(threads);
      connector = new ServerConnector(server);
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
      contexts.manage(context); // so that it is stopped with the server
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
