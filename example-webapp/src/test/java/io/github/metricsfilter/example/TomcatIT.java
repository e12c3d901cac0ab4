package io.github.metricsfilter.example;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.apache.catalina.Context;
import org.apache.catalina.startup.Tomcat;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The plain WAR, as it was built, in a container that is not the one the example brings. */
class TomcatIT {

  private static final Logger TOMCAT_LOGGER = Logger.getLogger("org.apache");

  @TempDir Path directory;

  private final Tomcat tomcat = new Tomcat();
  private Context context;

  @BeforeEach
  void deploy() throws Exception {
    TOMCAT_LOGGER.setLevel(Level.SEVERE); // not the libraries' threads that outlive a redeployment
    tomcat.setBaseDir(directory.toString());
    tomcat.getHost().setAppBase(Files.createDirectory(directory.resolve("webapps")).toString());
    tomcat.setPort(0);
    tomcat.setAddDefaultWebXmlToWebapp(false); // it would add JSP, which isn't on the class path
    context = tomcat.addWebapp("", System.getProperty("plain.war"));
    context.setParentClassLoader(new ContainerClasses());
    tomcat.getConnector(); // makes it
    tomcat.start();
  }

  @AfterEach
  void stop() throws Exception {
    tomcat.stop();
    tomcat.destroy();
  }

  @Test
  void theWarNeedsNothingElse() throws Exception {
    assertWorks();
  }

  @Test
  void theWarCanBeRedeployed() throws Exception {
    assertWorks();
    context.reload();
    assertWorks();
  }

  private void assertWorks() throws Exception {
    assertThat(get("/").body()).isEqualTo("Hello world!\n");
    assertThat(get("/posts").statusCode()).isEqualTo(200);
    for (String path : new String[] {"/WEB-INF/web.xml", "/META-INF/MANIFEST.MF", "/nothing"}) {
      HttpResponse<String> missing = get(path);
      assertThat(missing.statusCode()).as(path).isEqualTo(404);
      assertThat(missing.body()).as(path).isEqualTo("Error 404\n");
    }
    assertThat(get("/metrics").body())
        .contains("http_requests_total{method=\"GET\",path=\"/\",status=\"200\"} 1.0\n")
        .contains("http_requests_total{method=\"GET\",path=\"/posts\",status=\"200\"} 1.0\n")
        .contains("post_request_duration_seconds_count{method=\"GET\"} 1\n")
        .contains("memory_usage_bytes{", "jvm_threads_current ");
  }

  private HttpResponse<String> get(String path) throws IOException, InterruptedException {
    URI uri = URI.create("http://localhost:" + tomcat.getConnector().getLocalPort() + path);
    return HttpClient.newHttpClient()
        .send(HttpRequest.newBuilder(uri).build(), BodyHandlers.ofString());
  }

  /** Tomcat and the JDK; the WAR must not find its libraries on the tests' class path. */
  private static final class ContainerClasses extends ClassLoader {

    ContainerClasses() {
      super(ClassLoader.getPlatformClassLoader());
    }

    @Override
    protected Class<?> findClass(String name) throws ClassNotFoundException {
      if (name.startsWith("jakarta.servlet.") || name.startsWith("org.apache.")) {
        return TomcatIT.class.getClassLoader().loadClass(name);
      }
      throw new ClassNotFoundException(name);
    }
  }
}
