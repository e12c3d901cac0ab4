package io.github.metricsfilter.situations;

import io.github.metricsfilter.PrometheusRequestFilter;
import jakarta.servlet.AsyncContext;
import jakarta.servlet.DispatcherType;
import jakarta.servlet.FilterRegistration;
import jakarta.servlet.ReadListener;
import jakarta.servlet.ServletException;
import jakarta.servlet.ServletInputStream;
import jakarta.servlet.ServletOutputStream;
import jakarta.servlet.UnavailableException;
import jakarta.servlet.WriteListener;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletRequestWrapper;
import jakarta.servlet.http.HttpServletResponse;
import jakarta.servlet.http.HttpServletResponseWrapper;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Collections;
import java.util.Map;
import java.util.TreeMap;

/** All that happens to a request without an error page, beside how it ends. */
final class Situations {

  private final SituationsListener application;

  Situations(SituationsListener application) {
    this.application = application;
  }

  void add() {
    returning();
    throwing();
    asynchronous();
    remedies();
    leaving();
  }

  private void servlet(String path, Handler handler) {
    application.servlet(path, handler);
  }

  private void returning() {
    servlet("/returned", (request, response) -> response.getWriter().print("hello"));
    application.servlet(
        "/synchronous", (request, response) -> response.getWriter().print("hello"), false);
    servlet("/prefix/*", (request, response) -> response.getWriter().print("hello"));
    servlet("*.do", (request, response) -> response.getWriter().print("hello"));
    servlet("", (request, response) -> response.getWriter().print("hello"));
    servlet(
        "/echo",
        (request, response) -> {
          response.setStatus(201);
          request.getInputStream().transferTo(response.getOutputStream());
        });
    servlet(
        "/streamed",
        (request, response) -> {
          for (int i = 0; i < 5; i++) {
            Handler.begin(response);
          }
        });
    for (int status : new int[] {202, 204, 299, 304, 400, 404, 503, 999}) {
      servlet("/status-" + status, (request, response) -> response.setStatus(status));
    }
    for (int status : new int[] {400, 404, 409, 500, 503}) {
      servlet("/error-" + status, (request, response) -> response.sendError(status));
    }
    servlet(
        "/status-after-an-error",
        (request, response) -> {
          response.sendError(409);
          response.setStatus(200);
        });
    servlet(
        "/reset",
        (request, response) -> {
          response.setStatus(409);
          response.reset();
        });
    servlet(
        "/reset-and-answered",
        (request, response) -> {
          response.setStatus(409);
          response.reset();
          response.getWriter().print("hello");
        });
    servlet("/redirected", (request, response) -> response.sendRedirect("returned"));
    servlet(
        "/closed",
        (request, response) -> {
          response.setStatus(203);
          response.getWriter().close();
        });
    forwarding();
    servlet(
        "/named",
        (request, response) ->
            request.setAttribute(
                PrometheusRequestFilter.PATH_ATTRIBUTE,
                request.getContextPath() + "/named by the application"));
    servlet(
        "/attributes-removed",
        (request, response) ->
            Collections.list(request.getAttributeNames()).forEach(request::removeAttribute));
    servlet("/parameters", (request, response) -> request.getParameter("name"));
    servlet("/session", (request, response) -> request.getSession());
  }

  private void forwarding() {
    servlet(
        "/forwarded",
        (request, response) -> request.getRequestDispatcher("/target").forward(request, response));
    servlet(
        "/forwarded-to-an-error",
        (request, response) ->
            request.getRequestDispatcher("/error-409").forward(request, response));
    servlet(
        "/forwarded-to-a-failure",
        (request, response) -> request.getRequestDispatcher("/failing").forward(request, response));
    servlet(
        "/forwarded-to-a-failure-that-is-caught",
        (request, response) -> {
          try {
            request.getRequestDispatcher("/failing").forward(request, response);
          } catch (IOException | ServletException e) {
            response.setStatus(203);
          }
        });
    servlet(
        "/forwarded-to-nothing",
        (request, response) -> request.getRequestDispatcher("/nothing").forward(request, response));
    servlet(
        "/included",
        (request, response) -> {
          request.getRequestDispatcher("/target").include(request, response);
          response.getWriter().print("whole");
        });
    servlet(
        "/included-an-error",
        (request, response) -> {
          request.getRequestDispatcher("/error-409").include(request, response);
          response.getWriter().print("whole");
        });
  }

  private void throwing() {
    servlet(
        "/no-file-within",
        (request, response) -> {
          throw new ServletException(new FileNotFoundException("failure"));
        });
    servlet(
        "/gone",
        (request, response) -> {
          throw new UnavailableException("gone");
        });
    servlet(
        "/unavailable-within",
        (request, response) -> {
          throw new ServletException(new UnavailableException("busy", 1));
        });
    servlet(
        "/thrown-after-an-error-was-sent",
        (request, response) -> {
          response.setStatus(409);
          Handler.begin(response);
          throw new IllegalStateException("failure");
        });
    servlet(
        "/thrown-an-error-after-a-flush",
        (request, response) -> {
          Handler.begin(response);
          throw new AssertionError("failure");
        });
    servlet(
        "/thrown-and-caught",
        (request, response) -> {
          try {
            Handler.raise(new IOException("failure"));
          } catch (IOException e) {
            response.sendError(502);
          }
        });
    filter("/refused-by-a-filter", (request, response) -> response.sendError(403));
    filter(
        "/thrown-by-a-filter",
        (request, response) -> {
          throw new IOException("failure");
        });
    filter(
        "/thrown-at-runtime-by-a-filter",
        (request, response) -> {
          throw new IllegalStateException("failure");
        });
    filter(
        "/unavailable-filter",
        (request, response) -> {
          throw new UnavailableException("gone");
        });
    filter(
        "/started-by-a-filter",
        (request, response) -> {
          AsyncContext cycle = request.startAsync();
          application.execute(() -> SituationsListener.complete(cycle));
        });
  }

  /** Adds a filter that answers itself, before a servlet at the same path. */
  private void filter(String path, Handler handler) {
    FilterRegistration.Dynamic filter = application.addFilter("at " + path, handler);
    filter.setAsyncSupported(true);
    filter.addMappingForUrlPatterns(null, true, path);
    servlet(path, (request, response) -> response.getWriter().print("hello"));
  }

  private void asynchronous() {
    servlet(
        "/completed",
        (request, response) -> {
          AsyncContext cycle = request.startAsync();
          application.execute(() -> SituationsListener.complete(cycle));
        });
    servlet(
        "/completed-in-the-same-thread",
        (request, response) -> SituationsListener.complete(request.startAsync()));
    servlet(
        "/completed-before-the-chain-returns",
        (request, response) -> {
          AsyncContext cycle = request.startAsync();
          Thread thread = new Thread(() -> SituationsListener.complete(cycle));
          thread.start();
          join(thread);
        });
    servlet("/dispatched", (request, response) -> request.startAsync().dispatch("/target"));
    servlet(
        "/dispatched-by-a-thread",
        (request, response) -> {
          AsyncContext cycle = request.startAsync();
          application.execute(() -> cycle.dispatch("/target"));
        });
    servlet(
        "/dispatched-to-itself",
        (request, response) -> {
          if (request.getDispatcherType() == DispatcherType.REQUEST) {
            request.startAsync(request, response).dispatch();
          } else {
            response.setStatus(203);
          }
        });
    servlet(
        "/dispatched-twice", (request, response) -> request.startAsync().dispatch("/dispatched"));
    servlet("/restarted", (request, response) -> request.startAsync().dispatch("/completed"));
    servlet(
        "/dispatched-to-nothing", (request, response) -> request.startAsync().dispatch("/nothing"));
    servlet(
        "/timed-out",
        (request, response) -> request.startAsync().setTimeout(SituationsListener.TIMEOUT_MILLIS));
    servlet(
        "/timed-out-after-a-flush",
        (request, response) -> {
          Handler.begin(response);
          request.startAsync().setTimeout(SituationsListener.TIMEOUT_MILLIS);
        });
    servlet(
        "/error-but-never-completed",
        (request, response) -> {
          request.startAsync().setTimeout(SituationsListener.TIMEOUT_MILLIS);
          response.sendError(409);
        });
    servlet(
        "/failed-in-the-async-thread",
        (request, response) -> {
          AsyncContext cycle = request.startAsync();
          cycle.setTimeout(SituationsListener.TIMEOUT_MILLIS);
          cycle.start(
              () -> {
                throw new IllegalStateException("failure");
              });
        });
    servlet(
        "/run-by-the-server",
        (request, response) -> {
          AsyncContext cycle = request.startAsync();
          cycle.start(() -> SituationsListener.complete(cycle));
        });
    failingAfterStart();
    servlet(
        "/wrapped",
        (request, response) -> {
          AsyncContext cycle =
              request.startAsync(
                  new HttpServletRequestWrapper(request), new HttpServletResponseWrapper(response));
          application.execute(() -> SituationsListener.complete(cycle));
        });
    servlet(
        "/named-later",
        (request, response) -> {
          AsyncContext cycle = request.startAsync();
          String name = request.getContextPath() + "/named-later by the application";
          application.execute(
              () -> {
                cycle.getRequest().setAttribute(PrometheusRequestFilter.PATH_ATTRIBUTE, name);
                SituationsListener.complete(cycle);
              });
        });
    servlet("/read-later", Situations::readLater);
    servlet("/written-later", Situations::writeLater);
    servlet(
        "/too-short",
        (request, response) -> {
          response.setContentLength(100);
          AsyncContext cycle = request.startAsync();
          application.execute(
              () -> {
                Handler.begin(response);
                cycle.complete();
              });
        });
  }

  private void failingAfterStart() {
    Map<String, Throwable> failures = new TreeMap<>();
    failures.put("runtime", new IllegalStateException("failure"));
    failures.put("servlet", new ServletException("failure"));
    failures.put("io", new IOException("failure"));
    failures.put("error", new AssertionError("failure"));
    failures.forEach(
        (name, failure) -> {
          servlet(
              "/failed-after-start-" + name,
              (request, response) -> {
                Remedy.NONE.start(request, response);
                Handler.raise(failure);
              });
          servlet(
              "/failed-after-start-and-flush-" + name,
              (request, response) -> {
                Handler.begin(response);
                Remedy.NONE.start(request, response);
                Handler.raise(failure);
              });
        });
    servlet(
        "/failed-after-start-without-a-listener",
        (request, response) -> {
          request.startAsync().setTimeout(SituationsListener.TIMEOUT_MILLIS);
          throw new IOException("failure");
        });
  }

  private void remedies() {
    for (Remedy remedy : Remedy.values()) {
      servlet("/timed-out/" + remedy, (request, response) -> remedy.start(request, response));
      servlet(
          "/failed/" + remedy,
          (request, response) -> {
            remedy.start(request, response);
            throw new IOException("failure");
          });
      servlet(
          "/failed-in-the-async-thread/" + remedy,
          (request, response) ->
              remedy
                  .start(request, response)
                  .start(
                      () -> {
                        throw new IllegalStateException("failure");
                      }));
    }
  }

  private static void join(Thread thread) {
    try {
      thread.join();
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  private static void readLater(HttpServletRequest request, HttpServletResponse response)
      throws IOException {
    AsyncContext cycle = request.startAsync();
    ServletInputStream in = request.getInputStream();
    in.setReadListener(
        new ReadListener() {
          private int length;

          @Override
          public void onDataAvailable() throws IOException {
            while (in.isReady() && !in.isFinished()) {
              if (in.read() >= 0) {
                length++;
              }
            }
          }

          @Override
          public void onAllDataRead() throws IOException {
            response.getWriter().print("read " + length);
            cycle.complete();
          }

          @Override
          public void onError(Throwable failure) {
            cycle.complete();
          }
        });
  }

  private static void writeLater(HttpServletRequest request, HttpServletResponse response)
      throws IOException {
    int parts = 200;
    byte[] part = new byte[10_000];
    response.setContentLength(parts * part.length);
    AsyncContext cycle = request.startAsync();
    ServletOutputStream out = response.getOutputStream();
    out.setWriteListener(
        new WriteListener() {
          private int written;

          @Override
          public void onWritePossible() throws IOException {
            while (out.isReady()) {
              if (written == parts) {
                cycle.complete();
                return;
              }
              out.write(part);
              written++;
            }
          }

          @Override
          public void onError(Throwable failure) {
            cycle.complete();
          }
        });
  }

  /** For clients that go away. */
  private void leaving() {
    servlet("/endless", Situations::writeWithoutEnd);
    servlet("/endless-and-caught", Situations::writeUntilItFails);
    servlet(
        "/endless-in-a-dispatch", (request, response) -> request.startAsync().dispatch("/endless"));
    servlet(
        "/endless-in-a-thread",
        (request, response) -> {
          AsyncContext cycle = request.startAsync();
          cycle.setTimeout(0);
          application.execute(
              () -> {
                try {
                  writeWithoutEnd(request, response);
                } finally {
                  cycle.complete();
                }
              });
        });
    servlet(
        "/pending",
        (request, response) -> {
          Handler.begin(response);
          request.startAsync().setTimeout(1000);
        });
    servlet("/pending-silently", (request, response) -> request.startAsync().setTimeout(1000));
    servlet("/read", (request, response) -> request.getInputStream().readAllBytes());
    servlet(
        "/read-in-a-framework",
        (request, response) -> {
          try {
            request.getInputStream().readAllBytes();
          } catch (IOException e) {
            throw new UncheckedIOException(e);
          }
        });
    servlet("/read-in-a-dispatch", (request, response) -> request.startAsync().dispatch("/read"));
  }

  private static void writeWithoutEnd(HttpServletRequest request, HttpServletResponse response)
      throws IOException {
    Handler.begin(response);
    for (int i = 0; i < 10_000; i++) {
      response.getWriter().print("x".repeat(10_000));
      response.flushBuffer();
      if (response.getWriter().checkError()) {
        throw new IOException("the client has gone");
      }
    }
  }

  private static void writeUntilItFails(HttpServletRequest request, HttpServletResponse response)
      throws IOException {
    Handler.begin(response);
    try {
      writeWithoutEnd(request, response);
    } catch (IOException e) {
      // as many applications do
    }
  }
}
