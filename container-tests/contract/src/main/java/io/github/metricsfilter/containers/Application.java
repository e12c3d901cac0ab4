package io.github.metricsfilter.containers;

import jakarta.servlet.DispatcherType;
import jakarta.servlet.Filter;
import jakarta.servlet.FilterChain;
import jakarta.servlet.FilterRegistration;
import jakarta.servlet.Servlet;
import jakarta.servlet.ServletContext;
import jakarta.servlet.ServletContextEvent;
import jakarta.servlet.ServletContextListener;
import jakarta.servlet.ServletException;
import jakarta.servlet.ServletRegistration;
import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.EventListener;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.BiConsumer;

/** A web application that a case is made of; each container knows how to deploy one. */
public final class Application {

  /** What a servlet does with a request. */
  @FunctionalInterface
  public interface Handler {
    void handle(HttpServletRequest request, HttpServletResponse response)
        throws IOException, ServletException;
  }

  /** What a filter does with a request. */
  @FunctionalInterface
  public interface Interceptor {
    void intercept(HttpServletRequest request, HttpServletResponse response, FilterChain chain)
        throws IOException, ServletException;
  }

  private final String contextPath;
  private final List<BiConsumer<ServletContext, Integer>> filters = new ArrayList<>();
  private final List<BiConsumer<ServletContext, Integer>> servlets = new ArrayList<>();
  private final List<EventListener> listeners = new ArrayList<>();
  private final Map<Integer, String> statusPages = new LinkedHashMap<>();
  private final Map<Class<? extends Throwable>, String> exceptionPages = new LinkedHashMap<>();

  public Application(String contextPath) {
    this.contextPath = contextPath;
  }

  /** Adds a servlet that may go asynchronous. */
  public Application servlet(String pattern, Handler handler) {
    return servlet(pattern, new HandlerServlet(handler), true);
  }

  /** Adds a servlet that may not go asynchronous, so that the request doesn't support it. */
  public Application synchronousServlet(String pattern, Handler handler) {
    return servlet(pattern, new HandlerServlet(handler), false);
  }

  /** Adds a servlet. */
  public Application servlet(String pattern, Servlet implementation, boolean async) {
    servlets.add(
        (context, index) -> {
          ServletRegistration.Dynamic servlet =
              context.addServlet("servlet" + index, implementation);
          servlet.setAsyncSupported(async);
          servlet.addMapping(pattern);
        });
    return this;
  }

  /** Adds a filter for all requests behind those that are there. */
  public Application filter(Interceptor interceptor) {
    return filter(
        (request, response, chain) ->
            interceptor.intercept(
                (HttpServletRequest) request, (HttpServletResponse) response, chain),
        EnumSet.of(DispatcherType.REQUEST),
        "/*");
  }

  /** Adds a filter behind those that are there. */
  public Application filter(Filter filter, Set<DispatcherType> dispatchers, String... patterns) {
    filters.add(
        (context, index) -> {
          FilterRegistration.Dynamic registration = context.addFilter("filter" + index, filter);
          registration.setAsyncSupported(true);
          for (String pattern : patterns) {
            registration.addMappingForUrlPatterns(EnumSet.copyOf(dispatchers), true, pattern);
          }
        });
    return this;
  }

  /** Adds a filter that does this when the rest of the chain has returned. */
  public Application afterChain(Handler then) {
    return filter(
        (request, response, chain) -> {
          chain.doFilter(request, response);
          then.handle(request, response);
        });
  }

  /** Adds a listener to the application itself. */
  public Application listener(EventListener listener) {
    listeners.add(listener);
    return this;
  }

  /** Does this when the application ends. */
  public Application atTheEnd(Runnable then) {
    return listener(
        new ServletContextListener() {
          @Override
          public void contextDestroyed(ServletContextEvent event) {
            then.run();
          }
        });
  }

  /** Shows this path instead of an error of this status. */
  public Application errorPage(int status, String path) {
    statusPages.put(status, path);
    return this;
  }

  /** Shows this path instead of an exception of this type. */
  public Application errorPage(Class<? extends Throwable> type, String path) {
    exceptionPages.put(type, path);
    return this;
  }

  public String contextPath() {
    return contextPath;
  }

  public Map<Integer, String> statusPages() {
    return statusPages;
  }

  public Map<Class<? extends Throwable>, String> exceptionPages() {
    return exceptionPages;
  }

  /** Registers all this; to be called by a ServletContainerInitializer. */
  public void onStartup(ServletContext context) {
    listeners.forEach(context::addListener);
    for (int i = 0; i < filters.size(); i++) {
      filters.get(i).accept(context, i);
    }
    for (int i = 0; i < servlets.size(); i++) {
      servlets.get(i).accept(context, i);
    }
  }

  private static final class HandlerServlet extends HttpServlet {

    private static final long serialVersionUID = 1L;

    private final transient Handler handler;

    HandlerServlet(Handler handler) {
      this.handler = handler;
    }

    @Override
    protected void service(HttpServletRequest request, HttpServletResponse response)
        throws IOException, ServletException {
      handler.handle(request, response);
    }
  }
}
