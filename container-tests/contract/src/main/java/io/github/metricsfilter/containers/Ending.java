package io.github.metricsfilter.containers;

import io.github.metricsfilter.containers.Application.Handler;
import jakarta.servlet.AsyncContext;
import jakarta.servlet.ServletException;
import jakarta.servlet.UnavailableException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.Arrays;
import java.util.concurrent.ExecutorService;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.params.provider.Arguments;

/** What an application may do last with a request; the status that follows is the container's. */
enum Ending implements Handler {
  SENDS_AN_ERROR((request, response) -> response.sendError(409)),
  THROWS((request, response) -> Chapter.raise(new IOException("failure"))),
  THROWS_AN_ERROR((request, response) -> Chapter.raise(new AssertionError("failure"))),
  IS_UNAVAILABLE((request, response) -> Chapter.raise(new UnavailableException("busy", 60))),
  THROWS_AFTER_A_FLUSH(
      (request, response) -> {
        response.setStatus(207);
        Chapter.begin(response);
        Chapter.raise(new IOException("failure"));
      }),
  THROWS_AFTER_AN_ERROR(
      (request, response) -> {
        response.sendError(409);
        Chapter.raise(new IOException("failure"));
      }),
  THROWS_AFTER_A_DATE_AND_AN_ERROR(
      (request, response) -> {
        response.setDateHeader("Date", 0);
        response.sendError(409);
        Chapter.raise(new IOException("failure"));
      }),
  THROWS_AFTER_A_REDIRECT(
      (request, response) -> {
        response.sendRedirect("/app/elsewhere");
        Chapter.raise(new IOException("failure"));
      }),
  THROWS_AFTER_A_FORWARD(
      (request, response) -> {
        request.getRequestDispatcher("/target").forward(request, response);
        Chapter.raise(new IOException("failure"));
      });

  @SuppressWarnings("ImmutableEnumChecker") // none of them has a state
  private final Handler handler;

  Ending(Handler handler) {
    this.handler = handler;
  }

  @Override
  public void handle(HttpServletRequest request, HttpServletResponse response)
      throws IOException, ServletException {
    handler.handle(request, response);
  }

  /** Where the application is when it does so. */
  enum Place {
    IN_THE_SERVLET {
      @Override
      void add(Application a, Handler last, ExecutorService background) {
        a.servlet("/posts", last);
      }
    },
    IN_A_DISPATCH {
      @Override
      void add(Application a, Handler last, ExecutorService background) {
        a.servlet("/posts", (request, response) -> request.startAsync().dispatch("/last"))
            .servlet("/last", last);
      }
    },
    /** As a streamed body that fails midway, in Spring. */
    IN_A_DISPATCH_BY_A_THREAD_THAT_HAS_FLUSHED {
      @Override
      void add(Application a, Handler last, ExecutorService background) {
        a.servlet(
                "/posts",
                (request, response) -> {
                  AsyncContext cycle = request.startAsync();
                  background.execute(
                      Chapter.unchecked(
                          () -> {
                            response.setStatus(202);
                            Chapter.begin(response);
                            cycle.dispatch("/last");
                          }));
                })
            .servlet("/last", last);
      }
    },
    /** The thread completes the cycle whatever happens. */
    IN_A_THREAD {
      @Override
      void add(Application a, Handler last, ExecutorService background) {
        a.servlet(
            "/posts",
            (request, response) -> {
              AsyncContext cycle = request.startAsync();
              background.execute(
                  Chapter.unchecked(
                      () -> {
                        try {
                          last.handle(request, response);
                        } finally {
                          cycle.complete();
                        }
                      }));
            });
      }
    };

    /** Adds the servlets that come to this end. */
    abstract void add(Application a, Handler last, ExecutorService background);
  }

  /** An application that comes to this end in this place. */
  Consumer<Application> in(Place place, ExecutorService background) {
    return a -> {
      place.add(a, this, background);
      a.servlet("/target", Chapter.HELLO);
    };
  }

  /** Each of these ends in every place. */
  static Stream<Arguments> everywhere(Ending... endings) {
    return Arrays.stream(endings)
        .flatMap(ending -> Arrays.stream(Place.values()).map(place -> Arguments.of(ending, place)));
  }
}
