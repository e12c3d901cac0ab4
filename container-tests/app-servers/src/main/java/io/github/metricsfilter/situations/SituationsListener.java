package io.github.metricsfilter.situations;

import jakarta.servlet.AsyncContext;
import jakarta.servlet.Filter;
import jakarta.servlet.FilterChain;
import jakarta.servlet.FilterRegistration;
import jakarta.servlet.ServletContext;
import jakarta.servlet.ServletContextEvent;
import jakarta.servlet.ServletContextListener;
import jakarta.servlet.ServletException;
import jakarta.servlet.ServletRegistration;
import jakarta.servlet.ServletRequest;
import jakarta.servlet.ServletResponse;
import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.jspecify.annotations.Nullable;

/** Registers a servlet for each situation, at the path that is its name. */
@SuppressWarnings("NullAway.Init") // the server sets the context
public final class SituationsListener implements ServletContextListener {

  /** Of the context parameter that says whether there is an error page. */
  static final String PAGES = "pages";

  /** Long enough for an answer to be on its way, short enough to be waited for. */
  static final int TIMEOUT_MILLIS = 50;

  private final ExecutorService threads = Executors.newCachedThreadPool();

  /** Those that clients can ask for, which are no targets of dispatches. */
  private final List<String> routes = new ArrayList<>();

  private ServletContext context;

  @Override
  public void contextInitialized(ServletContextEvent event) {
    context = event.getServletContext();
    servlet("/target", (request, response) -> response.setStatus(419));
    servlet("/failing", Ending.THROWS);
    if (Boolean.parseBoolean(context.getInitParameter(PAGES))) {
      for (Page page : Page.values()) {
        endings("/" + page, page);
      }
      servlet(
          "/page",
          (request, response) -> {
            Handler page = (Handler) request.getAttribute(Page.ATTRIBUTE);
            (page == null ? Page.CHANGES_THE_STATUS : page).handle(request, response);
          });
      servlet(
          "/begun-by-the-page",
          (request, response) -> {
            request.setAttribute(Page.ATTRIBUTE, (Handler) Handler::beginLate);
            response.sendError(409);
          });
    } else {
      endings("", null);
      new Situations(this).add();
    }
    for (Place place : Place.values()) {
      place.add(this, "/begun/" + place, Handler::beginLate);
    }
    servlet(
        "/begun-by-a-forward",
        (request, response) -> {
          response.getWriter().print("discarded");
          request.getRequestDispatcher("/begun/IN_THE_SERVLET").forward(request, response);
        });
    servlet(
        "/routes",
        (request, response) -> {
          for (String route : routes) {
            response.getWriter().println("route " + route);
          }
        });
  }

  private void endings(String prefix, @Nullable Page page) {
    for (Ending ending : Ending.values()) {
      for (Place place : Place.values()) {
        place.add(
            this,
            prefix + "/" + ending + "/" + place,
            (request, response) -> {
              request.setAttribute(Page.ATTRIBUTE, page);
              ending.handle(request, response);
            });
      }
    }
  }

  @Override
  public void contextDestroyed(ServletContextEvent event) {
    threads.shutdownNow();
  }

  /** Adds a servlet at this path or pattern. */
  void servlet(String pattern, Handler handler) {
    servlet(pattern, handler, true);
  }

  void servlet(String pattern, Handler handler, boolean asynchronous) {
    ServletRegistration.Dynamic servlet =
        context.addServlet("at " + pattern, new HandlerServlet(handler));
    servlet.setAsyncSupported(asynchronous);
    servlet.addMapping(pattern);
    if (!pattern.endsWith("/last")) {
      routes.add(pattern.isEmpty() ? "/" : pattern.startsWith("*") ? "/" + pattern : pattern);
    }
  }

  FilterRegistration.Dynamic addFilter(String name, Handler handler) {
    return context.addFilter(name, new AnsweringFilter(handler));
  }

  /** Does this in a thread of the application. */
  void execute(Work work) {
    threads.execute(
        () -> {
          try {
            work.run();
          } catch (Exception | AssertionError e) {
            // The end of the cycle is all that a situation is about.
          }
        });
  }

  /** What an application does in a thread of its own. */
  @FunctionalInterface
  interface Work {
    void run() throws Exception;
  }

  /** Answers and completes, in whatever thread. */
  static void complete(AsyncContext cycle) {
    ((HttpServletResponse) cycle.getResponse()).setStatus(201);
    cycle.complete();
  }

  private static final class AnsweringFilter implements Filter {

    private final Handler handler;

    AnsweringFilter(Handler handler) {
      this.handler = handler;
    }

    @Override
    public void doFilter(ServletRequest request, ServletResponse response, FilterChain chain)
        throws IOException, ServletException {
      handler.handle((HttpServletRequest) request, (HttpServletResponse) response);
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
