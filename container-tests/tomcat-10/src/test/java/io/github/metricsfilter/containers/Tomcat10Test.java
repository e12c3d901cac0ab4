package io.github.metricsfilter.containers;

import static org.assertj.core.api.Assertions.assertThat;

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
import org.junit.jupiter.api.Test;

class Tomcat10Test extends ContainerContract {

  @Override
  protected Container start(@Nullable ExecutorService virtualThreads) throws Exception {
    return new EmbeddedTomcat(virtualThreads);
  }

  @Test
  void undecodableBody() throws Exception {
    Case app =
        given(
            a ->
                a.servlet(
                    "/posts",
                    (request, response) -> {
                      request.getInputStream().readAllBytes();
                      response.getWriter().print("read");
                    }));
    String answer =
        app.exchange(
            Client.request("POST", "/app/posts", "Transfer-Encoding: chunked") + "not a chunk\r\n");
    assertThat(answer).startsWith("HTTP/1.1 400");
    app.counts("400 /app/posts POST");
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
