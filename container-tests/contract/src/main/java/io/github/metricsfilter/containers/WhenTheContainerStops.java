package io.github.metricsfilter.containers;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.metricsfilter.PrometheusRequestFilter;
import io.github.metricsfilter.containers.ContainerTest.Case;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

@Proves(
    "When an application ends, each request that is still there is counted once, and none stays in flight.")
abstract class WhenTheContainerStops extends Chapter {

  WhenTheContainerStops(ContainerTest container) {
    super(container);
  }

  @Test
  void containerStoppedWhilePending() throws Exception {
    Case app = given(HELLO); // keeps the metrics registered
    String known = app.get("/posts");
    Container stopped = container().start();
    stopped.deploy(
        new Application("/app")
            .filter(container().newFilter(), setup().dispatchers(), "/*")
            .servlet("/pending", (request, response) -> request.startAsync().setTimeout(0))
            .servlet(
                "/begun",
                (request, response) -> {
                  request.startAsync().setTimeout(0);
                  begin(response);
                }));
    try (Client pending = new Client(stopped.port());
        Client begun = new Client(stopped.port())) {
      pending.send(Client.request("GET", "/app/pending"));
      begun.send(Client.request("GET", "/app/begun")).readUntil("begun");
      awaitUntil(() -> assertThat(scrape().value("http_active_requests")).isEqualTo(2));
      stopped.stop();
      String answer = pending.readAll();
      app.assertCountedAsAnswered(
          Map.of("/app/posts GET", known, "/app/pending GET", answer, "/app/begun GET", known));
    }
  }

  /** As an application that sends events does. */
  @Test
  void applicationStoppedWhileAThreadAnswers() throws Exception {
    CountDownLatch returned = new CountDownLatch(1);
    ExecutorService background = background();
    Case app = given(HELLO); // keeps the metrics registered
    app.get("/posts");
    Container other = container().start();
    container().afterwards(other::stop);
    Application application =
        new Application("/app").afterChain((request, response) -> returned.countDown());
    container().addFilter(application, container().newFilter());
    Container.Stop stop =
        other.deploy(
            application.servlet(
                "/events",
                (request, response) -> {
                  request.startAsync().setTimeout(0);
                  background.execute(
                      unchecked(
                          () -> {
                            await(returned);
                            response.setStatus(207);
                            begin(response);
                          }));
                }));
    try (Client client = new Client(other.port())) {
      String answer = client.send(Client.request("GET", "/app/events")).readUntil("begun");
      assertThat(answer).startsWith("HTTP/1.1 207");
      stop.stop();
      app.assertCountedOfStatusByTheContainersWord("200 /app/posts GET", "207 /app/events GET");
    }
  }

  /** In the servlet, or behind the filter's chain, in a filter that stands before it. */
  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void applicationStoppedWhileARequestIsUnderWay(boolean behindTheChain) throws Exception {
    CountDownLatch entered = new CountDownLatch(1);
    CountDownLatch stopping = new CountDownLatch(1);
    AtomicBoolean heldUntilThen = new AtomicBoolean();
    CountDownLatch answered = new CountDownLatch(1);
    Runnable underWay =
        () -> {
          entered.countDown();
          await(stopping);
          heldUntilThen.set(true);
        };
    Case app = given(HELLO); // keeps the metrics registered
    app.get("/posts");
    Container other = container().start();
    container().afterwards(other::stop);
    Application application =
        new Application("/app")
            .atTheEnd(
                () -> {
                  stopping.countDown();
                  await(answered);
                })
            .afterChain(
                (request, response) -> {
                  if (behindTheChain) {
                    underWay.run();
                  }
                });
    container().addFilter(application, container().newFilter());
    Container.Stop stop =
        other.deploy(
            application.servlet(
                "/slow",
                (request, response) -> {
                  if (!behindTheChain) {
                    underWay.run();
                  }
                  response.getWriter().print("slow");
                }));
    Future<?> client =
        background()
            .submit(
                () -> {
                  Client.exchange(other.port(), Client.request("GET", "/app/slow"));
                  answered.countDown();
                  return null;
                });
    await(entered);
    stop.stop();
    client.get();
    assertThat(heldUntilThen).isTrue();
    app.assertCountedWhateverTheStatus("/app/posts GET", "/app/slow GET");
  }

  /** Frameworks may end a filter at any time; what is under way is still counted, once. */
  @ParameterizedTest
  @EnumSource(names = {"IN_THE_SERVLET", "IN_A_DISPATCH", "IN_A_THREAD"})
  void filterDestroyedWhileARequestIsUnderWay(Ending.Place place) throws Exception {
    CountDownLatch entered = new CountDownLatch(1);
    CountDownLatch destroyed = new CountDownLatch(1);
    ExecutorService background = background();
    PrometheusRequestFilter filter = container().newFilter();
    Case app =
        given(
            a -> {},
            a -> {
              // the other one keeps the metrics registered
              a.filter(container().newFilter(), setup().dispatchers(), "/other");
              container().addFilter(a, filter);
            },
            a -> {
              a.servlet("/other", HELLO);
              place.add(
                  a,
                  (request, response) -> {
                    entered.countDown();
                    await(destroyed);
                    response.getWriter().print("slow");
                  },
                  background);
            });
    Client.exchange(app.port(), Client.request("GET", "/app/other")); // some initialise filters now
    Future<String> answer =
        background.submit(() -> Client.exchange(app.port(), Client.request("GET", "/app/posts")));
    await(entered);
    filter.destroy();
    destroyed.countDown();
    assertThat(answer.get()).startsWith("HTTP/1.1 200").contains("slow");
    app.assertCountedWhateverTheStatus("/app/other GET", "/app/posts GET");
  }
}
