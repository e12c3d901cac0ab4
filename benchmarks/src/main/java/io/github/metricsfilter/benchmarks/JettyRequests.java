package io.github.metricsfilter.benchmarks;

import jakarta.servlet.DispatcherType;
import jakarta.servlet.Filter;
import jakarta.servlet.http.HttpServlet;
import java.net.SocketAddress;
import java.nio.ByteBuffer;
import java.util.EnumSet;
import org.eclipse.jetty.ee10.servlet.FilterHolder;
import org.eclipse.jetty.ee10.servlet.ServletContextHandler;
import org.eclipse.jetty.ee10.servlet.ServletContextRequest;
import org.eclipse.jetty.ee10.servlet.ServletHolder;
import org.eclipse.jetty.http.HttpFields;
import org.eclipse.jetty.http.HttpURI;
import org.eclipse.jetty.http.HttpVersion;
import org.eclipse.jetty.http.MetaData;
import org.eclipse.jetty.io.Content;
import org.eclipse.jetty.server.ConnectionMetaData;
import org.eclipse.jetty.server.Connector;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.HttpConfiguration;
import org.eclipse.jetty.server.HttpStream;
import org.eclipse.jetty.server.LocalConnector;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.handler.ContextRequest;
import org.eclipse.jetty.server.internal.HttpChannelState;
import org.eclipse.jetty.util.Attributes;
import org.eclipse.jetty.util.Callback;
import org.jspecify.annotations.Nullable;

/** As Jetty's {@code HttpChannelState} has them, over a stream that drops what is sent. */
final class JettyRequests implements ContainerRequests {

  private static final MetaData.Request GET =
      new MetaData.Request(
          "GET", HttpURI.from("http://localhost/posts"), HttpVersion.HTTP_1_1, HttpFields.EMPTY);

  private final Connector connector;
  private final HttpConfiguration configuration = new HttpConfiguration();

  JettyRequests(Filter filter) throws Exception {
    Server server = new Server();
    Application application = new Application();
    FilterHolder holder = new FilterHolder(filter);
    holder.setAsyncSupported(true);
    application.addFilter(holder, "/*", EnumSet.of(DispatcherType.REQUEST));
    application.addServlet(new ServletHolder(new HttpServlet() {}), "/posts");
    server.addBean(application);
    application.setServer(server);
    server.setHandler(
        new Handler.Abstract() {
          @Override
          public boolean handle(Request request, Response response, Callback callback)
              throws Exception {
            ServletContextRequest inContext =
                (ServletContextRequest) application.wrapRequest(request, response);
            filter.doFilter(
                inContext.getServletApiRequest(), inContext.getHttpServletResponse(), NOTHING);
            callback.succeeded();
            return true;
          }
        });
    server.start();
    connector = new LocalConnector(server);
    configuration.setSendServerVersion(false);
    configuration.setSendDateHeader(false);
  }

  private static final class Application extends ServletContextHandler {
    Application() {
      super("/");
    }

    @Override
    protected ContextRequest wrapRequest(Request request, Response response) {
      return super.wrapRequest(request, response);
    }
  }

  @Override
  public ContainerRequests.Connection connect() {
    HttpChannelState channel = new HttpChannelState(new Kept());
    HttpStream stream = new Stream(channel);
    return () -> {
      channel.setHttpStream(stream);
      channel.onRequest(GET).run();
    };
  }

  /** A connection that is persistent. */
  private final class Kept extends Attributes.Lazy implements ConnectionMetaData {
    @Override
    public String getId() {
      return "connection";
    }

    @Override
    public HttpConfiguration getHttpConfiguration() {
      return configuration;
    }

    @Override
    public HttpVersion getHttpVersion() {
      return HttpVersion.HTTP_1_1;
    }

    @Override
    public String getProtocol() {
      return "HTTP/1.1";
    }

    @Override
    public org.eclipse.jetty.io.Connection getConnection() {
      throw new UnsupportedOperationException();
    }

    @Override
    public Connector getConnector() {
      return connector;
    }

    @Override
    public boolean isPersistent() {
      return true;
    }

    @Override
    public SocketAddress getRemoteSocketAddress() {
      throw new UnsupportedOperationException();
    }

    @Override
    public SocketAddress getLocalSocketAddress() {
      throw new UnsupportedOperationException();
    }
  }

  private static final class Stream implements HttpStream {

    private final HttpChannelState channel;

    Stream(HttpChannelState channel) {
      this.channel = channel;
    }

    @Override
    public String getId() {
      return "stream";
    }

    @Override
    public Content.Chunk read() {
      return Content.Chunk.EOF;
    }

    @Override
    public void demand() {}

    @Override
    public void prepareResponse(HttpFields.Mutable headers) {}

    @Override
    public void send(
        MetaData.Request request,
        MetaData.@Nullable Response response,
        boolean last,
        ByteBuffer content,
        Callback callback) {
      callback.succeeded();
    }

    @Override
    public @Nullable Runnable cancelSend(Throwable cause, Callback callback) {
      return null;
    }

    @Override
    public long getIdleTimeout() {
      return 0;
    }

    @Override
    public void setIdleTimeout(long idleTimeoutMs) {}

    @Override
    public boolean isCommitted() {
      return false;
    }

    @Override
    public @Nullable Throwable consumeAvailable() {
      return null;
    }

    @Override
    public void succeeded() {
      channel.recycle();
    }

    @Override
    public void failed(Throwable failure) {
      throw new IllegalStateException(failure);
    }
  }
}
