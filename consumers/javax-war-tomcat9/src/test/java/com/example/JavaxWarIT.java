package com.example;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import org.apache.catalina.Context;
import org.apache.catalina.servlets.DefaultServlet;
import org.apache.catalina.startup.Tomcat;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The WAR, as it was built, in Tomcat 9. */
class JavaxWarIT {

  @TempDir Path directory;

  private final Tomcat tomcat = new Tomcat();

  @BeforeEach
  void deploy() throws Exception {
    tomcat.setBaseDir(directory.toString());
    tomcat.getHost().setAppBase(Files.createDirectory(directory.resolve("webapps")).toString());
    tomcat.setPort(0);
    tomcat.getConnector().setProperty("address", "127.0.0.1");
    tomcat.setAddDefaultWebXmlToWebapp(false); // it would add JSP, which isn't on the class path
    Context context = tomcat.addWebapp("/shop", System.getProperty("war"));
    context.setParentClassLoader(new ContainerClasses());
    context.addServletContainerInitializer(
        (types, c) -> c.addServlet("default", new DefaultServlet()).addMapping("/"), null);
    tomcat.start();
  }

  @AfterEach
  void stop() throws Exception {
    tomcat.stop();
    tomcat.destroy();
  }

  @Test
  void showsWhatSimpleclientShowed() throws Exception {
    assertThat(get("/shop/index.html").statusCode()).isEqualTo(200);
    assertThat(get("/shop/none").statusCode()).isEqualTo(404);
    await()
        .untilAsserted(
            () ->
                assertThat(get("/shop/metrics").body())
                    .contains(
                        "webapp_metrics_filter_bucket{method=\"GET\",path=\"/shop/index.html\",le=\"+Inf\"} 1\n",
                        "webapp_metrics_filter_status_total{method=\"GET\",path=\"/shop/index.html\",status=\"200\"} 1.0\n",
                        "webapp_metrics_filter_status_total{method=\"GET\",path=\"/shop/none\",status=\"404\"} 1.0\n",
                        "jvm_threads_current ")
                    .doesNotContain("jvm_buffer"));
  }

  private HttpResponse<String> get(String path) throws Exception {
    URI uri = URI.create("http://127.0.0.1:" + tomcat.getConnector().getLocalPort() + path);
    return HttpClient.newHttpClient()
        .send(HttpRequest.newBuilder(uri).build(), BodyHandlers.ofString());
  }

  /** Tomcat and the JDK; the WAR must not find its libraries on the test's class path. */
  private static final class ContainerClasses extends ClassLoader {

    ContainerClasses() {
      super(ClassLoader.getPlatformClassLoader());
    }

    @Override
    protected Class<?> findClass(String name) throws ClassNotFoundException {
      if (name.startsWith("javax.servlet.") || name.startsWith("org.apache.")) {
        return JavaxWarIT.class.getClassLoader().loadClass(name);
      }
      throw new ClassNotFoundException(name);
    }
  }
}
