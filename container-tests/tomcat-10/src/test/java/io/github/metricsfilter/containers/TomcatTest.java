package io.github.metricsfilter.containers;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.InstanceOfAssertFactories.ARRAY;

import io.github.metricsfilter.containers.ContainerTest.Case;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import io.prometheus.metrics.model.snapshots.HistogramSnapshot;
import io.prometheus.metrics.model.snapshots.HistogramSnapshot.HistogramDataPointSnapshot;
import jakarta.servlet.http.HttpServletRequest;
import java.io.CharArrayWriter;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.reflect.Field;
import java.lang.reflect.Proxy;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.function.Consumer;
import org.apache.catalina.LifecycleListener;
import org.apache.catalina.Valve;
import org.apache.catalina.connector.Connector;
import org.apache.catalina.connector.Request;
import org.apache.catalina.core.StandardContext;
import org.apache.catalina.servlets.DefaultServlet;
import org.apache.catalina.startup.Tomcat;
import org.apache.catalina.valves.AbstractAccessLogValve;
import org.apache.catalina.valves.ErrorReportValve;
import org.apache.coyote.http2.Http2Protocol;
import org.apache.tomcat.util.descriptor.web.ErrorPage;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Differs(
    in = WhenItGoesAsynchronous.class,
    from = {"failedInTheAsyncThread", "failedInTheAsyncThreadWithARemedy"},
    inTheAnswerByLuck = true,
    because = "Tomcat closes the connection if the thread fails before the chain has returned")
@Differs(
    in = WhenItThrows.class,
    from = "undecodableQuery",
    setups = ContainerTest.Setup.PORTABLE,
    because = "the status is that of an exception of Tomcat 11's own")
@Differs(
    in = WhenItThrows.class,
    from = {"outOfMemory", "threadDeath"},
    with = "IN_A_DISPATCH",
    setups = ContainerTest.Setup.PORTABLE,
    because = "Tomcat tells no AsyncListener of it")
@Differs(
    in = WhenTheClientGoesAway.class,
    from = "clientGoneBeforeAThreadSendsAnError",
    setups = ContainerTest.Setup.PORTABLE,
    because =
        "Tomcat tells no AsyncListener of it, unless it finds out late that the client has gone")
@Differs(
    in = WhenTheClientGoesAway.class,
    from = "protocolBrokenWhilePending",
    setups = ContainerTest.Setup.PORTABLE,
    because = "Tomcat tells no AsyncListener of it")
class TomcatTest extends ContainerContract {

  private static final Path DOCUMENTS = newDirectory();

  private static Path newDirectory() {
    try {
      return Files.createTempDirectory("tomcat");
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  protected Container start(@Nullable ExecutorService virtualThreads) throws Exception {
    return new EmbeddedTomcat(
        tomcat -> {
          Connector connector = tomcat.getConnector();
          if (virtualThreads != null) {
            connector.getProtocolHandler().setExecutor(virtualThreads);
          }
          connector.setProperty("maxKeepAliveRequests", "-1");
          connector.addUpgradeProtocol(http2());
        });
  }

  /**
   * Without its pool of requests: Tomcat before 11 now and then puts that of a stream that was
   * reset back into it unrecycled, and closes the streams of those that get it.
   */
  private static Http2Protocol http2() {
    Http2Protocol http2 = new Http2Protocol();
    http2.setDiscardRequestsAndResponses(true);
    return http2;
  }

  /** What the default servlet does with files of some size, unless it finds a wrapper. */
  @Nested
  @DisplayName("Only on Tomcat")
  class OnTomcat extends Chapter {

    OnTomcat() {
      super(TomcatTest.this);
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    @NeedsTheContainersWord("the portable way hears of startAsync by wrapping the request")
    void filesAreSentBySendfile(boolean firstByte) throws Exception {
      Path file = Files.createTempFile(DOCUMENTS, "large", ".bin");
      container().afterwards(() -> Files.delete(file));
      Files.write(file, new byte[1_000_000]);
      List<Object> sent = new CopyOnWriteArrayList<>();
      Case app =
          given(
              a ->
                  a.afterChain(
                      (request, response) ->
                          sent.add(
                              String.valueOf(
                                  request.getAttribute("org.apache.tomcat.sendfile.filename")))),
              a -> container().addFilter(a, container().newFilter(b -> b.firstByte(firstByte))),
              a -> {});
      assertThat(app.get("/" + file.getFileName())).startsWith("HTTP/1.1 200");
      String path = file.toRealPath().toString();
      assertThat(sent).containsExactly(path, path); // without the filter and with it
      app.assertCounted("200 /app/* GET");
    }

    /** As a framework may hand it on, that is no wrapper; Tomcat alone lets it pass. */
    @Test
    void requestBehindWhichThereIsNoneOfTheContainers() throws Exception {
      Case app =
          given(
              a ->
                  a.filter(
                      (request, response, chain) ->
                          chain.doFilter(
                              "proxy".equals(request.getQueryString()) ? proxyOf(request) : request,
                              response)),
              a -> a.servlet("/posts", (request, response) -> response.setStatus(202)));
      assertThat(app.get("/posts")).startsWith("HTTP/1.1 202");
      assertThat(app.get("/posts?proxy")).startsWith("HTTP/1.1 202");
      app.assertCounted("202 /app/posts GET", "202 /app/posts GET");
    }

    /** As in the moment when it is recycled, its connector's request has nobody to ask. */
    @Test
    void scrapedWhileItIsRecycled() throws Exception {
      Queue<Double> inFlight = new ConcurrentLinkedQueue<>();
      Case app =
          given(
              a ->
                  a.afterChain(
                      (request, response) -> {
                        unchecked(
                                () -> {
                                  Object connectors =
                                      ((Request) field(request, "request").get(request))
                                          .getCoyoteRequest();
                                  Field hook = field(connectors, "hook");
                                  Object connector = hook.get(connectors);
                                  hook.set(connectors, null);
                                  inFlight.add(scrape().inFlight());
                                  hook.set(connectors, connector);
                                })
                            .run();
                        request.getAsyncContext().complete();
                      }),
              a -> a.servlet("/posts", (request, response) -> request.startAsync()));
      String answer = Client.exchange(app.port(), Client.request("GET", "/app/posts"));
      assertThat(inFlight).containsExactly(1.0);
      app.assertCountedAsAnswered(answer, "/app/posts GET");
    }

    private Field field(Object object, String name) throws NoSuchFieldException {
      Field field = object.getClass().getDeclaredField(name);
      field.setAccessible(true);
      return field;
    }

    /** Of which two filters with other metrics have added to its access log while it stopped. */
    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void stoppedApplicationHasNothingOfTheFilters(boolean hasLog) throws Exception {
      CountDownLatch entered = new CountDownLatch(1);
      CountDownLatch stopping = new CountDownLatch(1);
      CountDownLatch answered = new CountDownLatch(1);
      Queue<String> logged = new ConcurrentLinkedQueue<>();
      PrometheusRegistry other = new PrometheusRegistry();
      Case app = // keeps the metrics registered
          given(
              a -> {
                container().addFilter(a, container().newFilter(b -> b.registry(other)));
                a.servlet("/posts", HELLO);
              });
      Client.exchange(app.port(), Client.request("GET", "/app/posts"));
      EmbeddedTomcat tomcat = (EmbeddedTomcat) container().start();
      container().afterwards(tomcat::stop);
      Application application =
          new Application("/app")
              .atTheEnd(
                  () -> {
                    stopping.countDown();
                    await(answered);
                  })
              .afterChain(
                  (request, response) -> {
                    entered.countDown();
                    await(stopping);
                  });
      container().addFilter(application, container().newFilter());
      container().addFilter(application, container().newFilter(b -> b.registry(other)));
      tomcat.deploy(application.servlet("/last", HELLO));
      StandardContext context =
          (StandardContext) tomcat.tomcat.getHost().findChild(application.contextPath());
      Log log = new Log(logged);
      if (hasLog) {
        context.getPipeline().addValve(log);
      }
      List<LifecycleListener> listeners = List.of(context.findLifecycleListeners());
      background()
          .execute(
              unchecked(
                  () -> {
                    Client.exchange(tomcat.port(), Client.request("GET", "/app/last"));
                    answered.countDown();
                  }));
      await(entered);
      context.stop();
      app.assertCounted("200 /app/posts GET", "200 /app/last GET");
      assertThat(countedIn(other)).isEqualTo(2);
      assertThat(context.findLifecycleListeners()).containsExactlyElementsOf(listeners);
      if (hasLog) {
        assertThat(logged).containsExactly("/app/last");
        assertThat(context.getAccessLog()).extracting("logs", ARRAY).containsExactly(log);
      }
    }

    private static long countedIn(PrometheusRegistry registry) {
      return registry.scrape().stream()
          .filter(HistogramSnapshot.class::isInstance)
          .flatMap(histogram -> ((HistogramSnapshot) histogram).getDataPoints().stream())
          .mapToLong(HistogramDataPointSnapshot::getCount)
          .sum();
    }

    private HttpServletRequest proxyOf(HttpServletRequest request) {
      return (HttpServletRequest)
          Proxy.newProxyInstance(
              HttpServletRequest.class.getClassLoader(),
              new Class<?>[] {HttpServletRequest.class},
              (proxy, method, arguments) -> method.invoke(request, arguments));
    }
  }

  /** An application's own. */
  private static final class Log extends AbstractAccessLogValve {

    private final Queue<String> logged;

    Log(Queue<String> logged) {
      this.logged = logged;
      setPattern("%U");
    }

    @Override
    protected void log(CharArrayWriter message) {
      logged.add(message.toString());
    }
  }

  static final class EmbeddedTomcat implements Container {

    private final Tomcat tomcat = new Tomcat();

    /** Starts it with these settings. */
    EmbeddedTomcat(Consumer<Tomcat> settings) throws Exception {
      tomcat.setBaseDir(newDirectory().toString());
      tomcat.setPort(0);
      tomcat.getConnector().setProperty("address", "127.0.0.1");
      settings.accept(tomcat);
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
      context.setDocBase(DOCUMENTS.toString());
      // Tomcat forgets to release the servlet of a request that failed after startAsync.
      context.setUnloadDelay(20);
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
