package io.github.metricsfilter.internal.request;

import static org.assertj.core.api.Assertions.assertThat;

import jakarta.servlet.AsyncContext;
import jakarta.servlet.AsyncEvent;
import jakarta.servlet.AsyncListener;
import java.io.IOException;
import java.lang.reflect.Proxy;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class CycleListenerTest {

  private final List<AsyncListener> added = new ArrayList<>();
  private final List<String> heard = new ArrayList<>();
  private final AsyncContext cycle =
      (AsyncContext)
          Proxy.newProxyInstance(
              AsyncContext.class.getClassLoader(),
              new Class<?>[] {AsyncContext.class},
              (proxy, method, arguments) ->
                  arguments == null ? null : added.add((AsyncListener) arguments[0]));

  private CycleListener listener() {
    return new CycleListener() {
      @Override
      void onTimeout(AsyncEvent event) {
        heard.add("timeout");
      }

      @Override
      void onError(AsyncEvent event) {
        heard.add("error");
      }

      @Override
      void onComplete(AsyncEvent event) {
        heard.add("complete");
      }
    };
  }

  @Test
  void hearsOfAll() throws IOException {
    listener().listenTo(cycle);
    AsyncListener listener = added.get(0);
    AsyncEvent event = new AsyncEvent(cycle);
    listener.onTimeout(event);
    listener.onError(event);
    listener.onComplete(event);
    assertThat(heard).containsExactly("timeout", "error", "complete");
  }

  @Test
  void followsToTheNextCycle() throws IOException {
    listener().listenTo(cycle);
    added.get(0).onStartAsync(new AsyncEvent(cycle));
    assertThat(added).hasSize(2).containsOnly(added.get(0));
  }

  @Test
  void isAnObjectLikeAnyOther() {
    listener().listenTo(cycle);
    listener().listenTo(cycle);
    assertThat(added.get(0)).isNotEqualTo(added.get(1)).hasSameHashCodeAs(added.get(0));
    assertThat(added.get(0).toString()).contains("CycleListenerTest");
  }

  /** WildFly warns of each that it finds in an application and cannot construct. */
  @Test
  void noClassOfOursIsAnAsyncListener() throws Exception {
    Path classes =
        Path.of(Container.class.getProtectionDomain().getCodeSource().getLocation().toURI());
    try (Stream<Path> files = Files.walk(classes)) {
      List<Class<?>> listeners = new ArrayList<>();
      for (Path file :
          (Iterable<Path>) files.filter(f -> f.toString().endsWith(".class"))::iterator) {
        String name = classes.relativize(file).toString().replace(".class", "");
        Class<?> type =
            Class.forName(
                name.replace('/', '.').replace('\\', '.'),
                false,
                CycleListenerTest.class.getClassLoader());
        if (AsyncListener.class.isAssignableFrom(type)) {
          listeners.add(type);
        }
      }
      assertThat(listeners).isEmpty();
    }
  }
}
