package io.github.metricsfilter.containers;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.ExecutorService;
import org.apache.catalina.Valve;
import org.apache.catalina.core.StandardContext;
import org.apache.catalina.servlets.DefaultServlet;
import org.apache.catalina.startup.Tomcat;
import org.apache.catalina.valves.ErrorReportValve;
import org.apache.tomcat.util.descriptor.web.ErrorPage;
import org.jspecify.annotations.Nullable;

class TomcatTest extends ContainerContract {

  @Override
  protected Container start(@Nullable ExecutorService virtualThreads) throws Exception {
    return new EmbeddedTomcat(virtualThreads);
  }

  /**
   * Tomcat may close the connection without the answer that it has decided on, whether or not the
   * filter is there.
   */
  @Override
  protected String statusOfFailure(Case app) throws IOException {
    String answer = Client.exchange(app.port(), Client.request("GET", "/app/posts"));
    return answer.isEmpty() ? "500" : statusOf(answer);
  }

  /** The answer and the end of the connection race. */
  @Override
  protected void checkAnswerWhenStopped(String answer) {
    if (!answer.isEmpty()) {
      super.checkAnswerWhenStopped(answer);
    }
  }

  private static final class EmbeddedTomcat implements Container {

    private final Path directory = Files.createTempDirectory("tomcat");
    private final Tomcat tomcat = new Tomcat();

    EmbeddedTomcat(@Nullable ExecutorService virtualThreads) throws Exception {
      tomcat.setBaseDir(directory.toString());
      tomcat.setPort(0);
      if (virtualThreads != null) {
        tomcat.getConnector().getProtocolHandler().setExecutor(virtualThreads);
      }
      tomcat.getConnector().setProperty("maxKeepAliveRequests", "-1");
      tomcat.start();
      for (Valve valve : tomcat.getHost().getPipeline().getValves()) {
        if (valve instanceof ErrorReportValve report) {
          report.setShowReport(false); // a stack trace shows the filter
        }
      }
    }

    @Override
    public int port() {
      return tomcat.getConnector().getLocalPort();
    }

    @Override
    public Stop deploy(Application application) {
      StandardContext context = new StandardContext();
      context.setPath(application.contextPath());
      context.setName(application.contextPath());
      context.setDocBase(directory.toString());
      context.addLifecycleListener(new Tomcat.FixContextListener());
      application.statusPages().forEach((status, path) -> context.addErrorPage(page(status, path)));
      application.exceptionPages().forEach((type, path) -> context.addErrorPage(page(type, path)));
      context.addServletContainerInitializer(
          (types, c) -> {
            application.onStartup(c);
            c.addServlet("default", new DefaultServlet()).addMapping("/");
          },
          null);
      tomcat.getHost().addChild(context);
      return () -> tomcat.getHost().removeChild(context);
    }

    private static ErrorPage page(int status, String path) {
      ErrorPage page = new ErrorPage();
      page.setErrorCode(status);
      page.setLocation(path);
      return page;
    }

    private static ErrorPage page(Class<? extends Throwable> type, String path) {
      ErrorPage page = new ErrorPage();
      page.setExceptionType(type.getName());
      page.setLocation(path);
      return page;
    }

    @Override
    public void stop() throws Exception {
      tomcat.stop();
      tomcat.destroy();
    }
  }
}
