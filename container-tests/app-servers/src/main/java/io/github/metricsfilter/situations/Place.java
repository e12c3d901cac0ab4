package io.github.metricsfilter.situations;

import jakarta.servlet.AsyncContext;

/** Where an application is when it comes to an end. */
enum Place {
  IN_THE_SERVLET {
    @Override
    void add(SituationsListener a, String path, Handler last) {
      a.servlet(path, last);
    }
  },
  IN_A_DISPATCH {
    @Override
    void add(SituationsListener a, String path, Handler last) {
      a.servlet(path, (request, response) -> request.startAsync().dispatch(path + "/last"));
      a.servlet(path + "/last", last);
    }
  },
  IN_A_DISPATCH_BY_A_THREAD_THAT_HAS_FLUSHED {
    @Override
    void add(SituationsListener a, String path, Handler last) {
      a.servlet(
          path,
          (request, response) -> {
            AsyncContext cycle = request.startAsync();
            a.execute(
                () -> {
                  response.setStatus(202);
                  Handler.begin(response);
                  cycle.dispatch(path + "/last");
                });
          });
      a.servlet(path + "/last", last);
    }
  },
  /** The thread completes the cycle whatever happens. */
  IN_A_THREAD {
    @Override
    void add(SituationsListener a, String path, Handler last) {
      a.servlet(
          path,
          (request, response) -> {
            AsyncContext cycle = request.startAsync();
            a.execute(
                () -> {
                  try {
                    last.handle(request, response);
                  } finally {
                    cycle.complete();
                  }
                });
          });
    }
  };

  /** Adds the servlets that come to this end when a client asks for the path. */
  abstract void add(SituationsListener a, String path, Handler last);
}
