package io.github.metricsfilter.example;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.github.metricsfilter.fixtures.EmbeddedTomcat;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.apache.catalina.Context;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The plain WAR, as it was built, in a container that is not the one the example brings. */
class TomcatIT {

  private static final Logger TOMCAT_LOGGER = Logger.getLogger("org.apache");

  @TempDir Path directory;

  private EmbeddedTomcat tomcat;
  private Context context;

  @BeforeEach
  void deploy() throws Exception {
    TOMCAT_LOGGER.setLevel(Level.SEVERE); // not the libraries' threads that outlive a redeployment
    tomcat = new EmbeddedTomcat(directory);
    context = tomcat.deploy(Path.of(System.getProperty("plain.war")), new ContainerClasses());
    tomcat.start();
  }

  @AfterEach
  void stop() throws Exception {
    tomcat.close();
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
    assertThat(tomcat.get("/").body()).isEqualTo("Hello world!\n");
    assertThat(tomcat.get("/posts").statusCode()).isEqualTo(200);
    for (String path : new String[] {"/WEB-INF/web.xml", "/META-INF/MANIFEST.MF", "/nothing"}) {
      HttpResponse<String> missing = tomcat.get(path);
      assertThat(missing.statusCode()).as(path).isEqualTo(404);
      assertThat(missing.body()).as(path).isEqualTo("Error 404\n");
    }
    await() // a client may have its answer before the container says that the request is over
        .untilAsserted(
            () ->
                assertThat(tomcat.get("/metrics").body())
                    .contains("http_requests_total{method=\"GET\",path=\"/\",status=\"200\"} 1.0\n")
                    .contains(
                        "http_requests_total{method=\"GET\",path=\"/posts\",status=\"200\"} 1.0\n")
                    .contains("post_request_duration_seconds_count{method=\"GET\"} 1\n")
                    .contains("memory_usage_bytes{", "jvm_threads_current "));
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
