package io.github.metricsfilter.benchmarks;

import com.sun.management.OperatingSystemMXBean;
import com.sun.management.ThreadMXBean;
import io.github.metricsfilter.PrometheusRequestFilter;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import io.undertow.Undertow;
import io.undertow.servlet.Servlets;
import io.undertow.servlet.api.DeploymentInfo;
import io.undertow.servlet.api.DeploymentManager;
import io.undertow.servlet.util.ImmediateInstanceFactory;
import jakarta.servlet.DispatcherType;
import jakarta.servlet.Filter;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.lang.management.ManagementFactory;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.EnumSet;
import org.apache.catalina.Context;
import org.apache.catalina.Wrapper;
import org.apache.catalina.startup.Tomcat;
import org.apache.tomcat.util.descriptor.web.FilterDef;
import org.apache.tomcat.util.descriptor.web.FilterMap;
import org.eclipse.jetty.ee10.servlet.FilterHolder;
import org.eclipse.jetty.ee10.servlet.ServletContextHandler;
import org.eclipse.jetty.ee10.servlet.ServletHolder;
import org.eclipse.jetty.server.ServerConnector;

/**
 * A container with a servlet that says hello, and a large file where it can send one, in a process
 * of its own. It prints its port, and then for each line that it reads the CPU time that the
 * process has used and the bytes that its threads have allocated.
 */
final class Server {

  private Server() {}

  public static void main(String[] args) throws Exception {
    boolean filtered = Boolean.parseBoolean(args[1]);
    int port =
        switch (args[0]) {
          case "Jetty" -> jetty(filtered);
          case "Tomcat" -> tomcat(filtered, args[2]);
          case "Undertow" -> undertow(filtered);
          default -> throw new IllegalArgumentException(args[0]);
        };
    System.out.println(port);
    ThreadMXBean threads = ManagementFactory.getPlatformMXBean(ThreadMXBean.class);
    OperatingSystemMXBean process =
        ManagementFactory.getPlatformMXBean(OperatingSystemMXBean.class);
    BufferedReader in =
        new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
    while (in.readLine() != null) {
      long bytes = 0;
      for (long allocated : threads.getThreadAllocatedBytes(threads.getAllThreadIds())) {
        bytes += Math.max(0, allocated); // -1 of one that has ended meanwhile
      }
      System.out.println(process.getProcessCpuTime() + " " + bytes);
    }
    System.exit(0);
  }

  private static Filter filter() {
    return PrometheusRequestFilter.builder().registry(new PrometheusRegistry()).build();
  }

  private static int jetty(boolean filtered) throws Exception {
    org.eclipse.jetty.server.Server server = new org.eclipse.jetty.server.Server(0);
    ServletContextHandler context = new ServletContextHandler("/");
    if (filtered) {
      FilterHolder filter = new FilterHolder(filter());
      filter.setAsyncSupported(true);
      context.addFilter(filter, "/*", EnumSet.of(DispatcherType.REQUEST, DispatcherType.ERROR));
    }
    ServletHolder hello = new ServletHolder(new Hello());
    hello.setAsyncSupported(true);
    context.addServlet(hello, "/hello");
    server.setHandler(context);
    server.start();
    return ((ServerConnector) server.getConnectors()[0]).getLocalPort();
  }

  private static int tomcat(boolean filtered, String files) throws Exception {
    Tomcat tomcat = new Tomcat();
    tomcat.setBaseDir(System.getProperty("java.io.tmpdir"));
    tomcat.setPort(0);
    tomcat.getConnector().setProperty("maxKeepAliveRequests", "-1");
    Context context = tomcat.addContext("", files);
    if (filtered) {
      FilterDef filter = new FilterDef();
      filter.setFilterName("metrics");
      filter.setFilter(filter());
      filter.setAsyncSupported("true");
      context.addFilterDef(filter);
      FilterMap mapping = new FilterMap();
      mapping.setFilterName("metrics");
      mapping.addURLPattern("/*");
      mapping.setDispatcher("REQUEST");
      mapping.setDispatcher("ERROR");
      context.addFilterMap(mapping);
    }
    Wrapper hello = Tomcat.addServlet(context, "hello", new Hello());
    hello.setAsyncSupported(true);
    hello.addMapping("/hello");
    Tomcat.addServlet(context, "default", "org.apache.catalina.servlets.DefaultServlet")
        .addMapping("/");
    tomcat.start();
    return tomcat.getConnector().getLocalPort();
  }

  private static int undertow(boolean filtered) throws ServletException {
    DeploymentInfo deployment =
        Servlets.deployment()
            .setClassLoader(Server.class.getClassLoader())
            .setContextPath("/")
            .setDeploymentName("benchmark")
            .addServlet(
                Servlets.servlet("hello", Hello.class)
                    .setAsyncSupported(true)
                    .addMapping("/hello"));
    if (filtered) {
      Filter filter = filter();
      deployment
          .addFilter(
              Servlets.filter("metrics", filter.getClass(), new ImmediateInstanceFactory<>(filter))
                  .setAsyncSupported(true))
          .addFilterUrlMapping("metrics", "/*", DispatcherType.REQUEST)
          .addFilterUrlMapping("metrics", "/*", DispatcherType.ERROR);
    }
    DeploymentManager manager = Servlets.newContainer().addDeployment(deployment);
    manager.deploy();
    Undertow undertow =
        Undertow.builder().addHttpListener(0, "127.0.0.1").setHandler(manager.start()).build();
    undertow.start();
    return ((InetSocketAddress) undertow.getListenerInfo().get(0).getAddress()).getPort();
  }

  /** Says hello. */
  public static final class Hello extends HttpServlet {

    private static final long serialVersionUID = 1L;

    private static final byte[] BODY = "Hello world!".getBytes(StandardCharsets.UTF_8);

    @Override
    protected void doGet(HttpServletRequest request, HttpServletResponse response)
        throws IOException {
      response.setContentType("text/plain");
      response.setContentLength(BODY.length);
      response.getOutputStream().write(BODY);
    }
  }
}
