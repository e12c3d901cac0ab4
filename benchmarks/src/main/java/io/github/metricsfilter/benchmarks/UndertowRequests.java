package io.github.metricsfilter.benchmarks;

import io.undertow.connector.ByteBufferPool;
import io.undertow.server.Connectors;
import io.undertow.server.HttpServerExchange;
import io.undertow.server.HttpUpgradeListener;
import io.undertow.server.SSLSessionInfo;
import io.undertow.server.ServerConnection;
import io.undertow.servlet.Servlets;
import io.undertow.servlet.api.DeploymentManager;
import io.undertow.servlet.api.FilterInfo;
import io.undertow.servlet.core.ServletBlockingHttpExchange;
import io.undertow.servlet.handlers.ServletPathMatch;
import io.undertow.servlet.handlers.ServletRequestContext;
import io.undertow.servlet.spec.FilterConfigImpl;
import io.undertow.servlet.spec.HttpServletRequestImpl;
import io.undertow.servlet.spec.HttpServletResponseImpl;
import io.undertow.servlet.spec.ServletContextImpl;
import io.undertow.servlet.util.ImmediateInstanceFactory;
import io.undertow.util.Methods;
import io.undertow.util.Protocols;
import jakarta.servlet.DispatcherType;
import jakarta.servlet.Filter;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServlet;
import java.io.IOException;
import java.net.SocketAddress;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;
import org.xnio.ChannelListener;
import org.xnio.Option;
import org.xnio.OptionMap;
import org.xnio.Pool;
import org.xnio.StreamConnection;
import org.xnio.XnioIoThread;
import org.xnio.XnioWorker;
import org.xnio.channels.ConnectedChannel;
import org.xnio.conduits.ConduitStreamSinkChannel;
import org.xnio.conduits.ConduitStreamSourceChannel;
import org.xnio.conduits.StreamSinkConduit;

/** As Undertow's {@code ServletInitialHandler} has them, on a connection without channels. */
final class UndertowRequests implements ContainerRequests {

  private final Filter filter;
  private final ServletContextImpl context;
  private final ServletPathMatch match;

  UndertowRequests(Filter filter) throws ServletException {
    this.filter = filter;
    FilterInfo info =
        Servlets.filter("measured", filter.getClass(), new ImmediateInstanceFactory<>(filter));
    DeploymentManager manager =
        Servlets.newContainer()
            .addDeployment(
                Servlets.deployment()
                    .setClassLoader(UndertowRequests.class.getClassLoader())
                    .setContextPath("")
                    .setDeploymentName("benchmark")
                    .addFilter(info.setAsyncSupported(true))
                    .addFilterUrlMapping("measured", "/*", DispatcherType.REQUEST)
                    .addServlet(
                        Servlets.servlet(
                                "posts",
                                Servlet.class,
                                new ImmediateInstanceFactory<>(new Servlet()))
                            .addMapping("/posts")));
    manager.deploy();
    manager.start();
    context = manager.getDeployment().getServletContext();
    match = manager.getDeployment().getServletPaths().getServletHandlerByPath("/posts");
    filter.init(new FilterConfigImpl(info, context)); // Undertow would at the first request
  }

  private static final class Servlet extends HttpServlet {
    private static final long serialVersionUID = 1L;
  }

  @Override
  public Connection connect() {
    ServerConnection connection = new Kept();
    return () -> request(connection);
  }

  private void request(ServerConnection connection) throws IOException, ServletException {
    HttpServerExchange exchange = new HttpServerExchange(connection, Long.MAX_VALUE);
    exchange.setRequestMethod(Methods.GET);
    exchange.setProtocol(Protocols.HTTP_1_1);
    HttpServletResponseImpl response = new HttpServletResponseImpl(exchange, context);
    HttpServletRequestImpl request = new HttpServletRequestImpl(exchange, context);
    ServletRequestContext inContext =
        new ServletRequestContext(context.getDeployment(), request, response, match);
    exchange.putAttachment(ServletRequestContext.ATTACHMENT_KEY, inContext);
    exchange.startBlocking(new ServletBlockingHttpExchange(exchange));
    inContext.setServletPathMatch(match);
    inContext.setDispatcherType(DispatcherType.REQUEST);
    filter.doFilter(request, response, NOTHING);
    Connectors.terminateRequest(exchange);
    Connectors.terminateResponse(exchange);
  }

  /** What an exchange without a body asks of its connection: nothing, but to be told at the end. */
  private static final class Kept extends ServerConnection {

    @Override
    protected void exchangeComplete(HttpServerExchange exchange) {}

    @Override
    protected void maxEntitySizeUpdated(HttpServerExchange exchange) {}

    @Override
    public void terminateRequestChannel(HttpServerExchange exchange) {}

    @Override
    public boolean isOpen() {
      return true;
    }

    @Override
    public String getTransportProtocol() {
      return "http/1.1";
    }

    @Override
    public OptionMap getUndertowOptions() {
      return OptionMap.EMPTY;
    }

    @Override
    public boolean isContinueResponseSupported() {
      return false;
    }

    @Override
    public boolean isRequestTrailerFieldsSupported() {
      return false;
    }

    @Override
    protected boolean isUpgradeSupported() {
      return false;
    }

    @Override
    protected boolean isConnectSupported() {
      return false;
    }

    @Override
    public boolean supportsOption(Option<?> option) {
      return false;
    }

    @Override
    public <T> @Nullable T getOption(Option<T> option) {
      return null;
    }

    @Override
    public <T> @Nullable T setOption(Option<T> option, T value) {
      return null;
    }

    @Override
    public void close() {}

    @Override
    @SuppressWarnings("deprecation")
    public Pool<ByteBuffer> getBufferPool() {
      throw new UnsupportedOperationException();
    }

    @Override
    public ByteBufferPool getByteBufferPool() {
      throw new UnsupportedOperationException();
    }

    @Override
    public XnioWorker getWorker() {
      throw new UnsupportedOperationException();
    }

    @Override
    public XnioIoThread getIoThread() {
      throw new UnsupportedOperationException();
    }

    @Override
    public HttpServerExchange sendOutOfBandResponse(HttpServerExchange exchange) {
      throw new UnsupportedOperationException();
    }

    @Override
    public SocketAddress getPeerAddress() {
      throw new UnsupportedOperationException();
    }

    @Override
    public <A extends SocketAddress> A getPeerAddress(Class<A> type) {
      throw new UnsupportedOperationException();
    }

    @Override
    public SocketAddress getLocalAddress() {
      throw new UnsupportedOperationException();
    }

    @Override
    public <A extends SocketAddress> A getLocalAddress(Class<A> type) {
      throw new UnsupportedOperationException();
    }

    @Override
    public int getBufferSize() {
      throw new UnsupportedOperationException();
    }

    @Override
    public @Nullable SSLSessionInfo getSslSessionInfo() {
      return null;
    }

    @Override
    public void setSslSessionInfo(SSLSessionInfo sessionInfo) {
      throw new UnsupportedOperationException();
    }

    @Override
    public void addCloseListener(CloseListener listener) {
      throw new UnsupportedOperationException();
    }

    @Override
    public ChannelListener.Setter<? extends ConnectedChannel> getCloseSetter() {
      throw new UnsupportedOperationException();
    }

    @Override
    protected StreamConnection upgradeChannel() {
      throw new UnsupportedOperationException();
    }

    @Override
    protected ConduitStreamSinkChannel getSinkChannel() {
      throw new UnsupportedOperationException();
    }

    @Override
    protected ConduitStreamSourceChannel getSourceChannel() {
      throw new UnsupportedOperationException();
    }

    @Override
    protected StreamSinkConduit getSinkConduit(
        HttpServerExchange exchange, StreamSinkConduit conduit) {
      throw new UnsupportedOperationException();
    }

    @Override
    protected void setUpgradeListener(HttpUpgradeListener listener) {
      throw new UnsupportedOperationException();
    }

    @Override
    protected void setConnectListener(HttpUpgradeListener listener) {
      throw new UnsupportedOperationException();
    }
  }
}
