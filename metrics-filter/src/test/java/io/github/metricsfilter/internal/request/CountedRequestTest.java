package io.github.metricsfilter.internal.request;

import static org.assertj.core.api.Assertions.assertThat;

import jakarta.servlet.RequestDispatcher;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.lang.reflect.Proxy;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class CountedRequestTest {

  /** As the request of Payara's and GlassFish's Catalina is known by. */
  public interface Facade extends HttpServletRequest {
    Object getUnwrappedCoyoteRequest();
  }

  private final Object dispatcher = proxy(RequestDispatcher.class, "");

  private static Object proxy(Class<?> type, Object answer) {
    return Proxy.newProxyInstance(
        type.getClassLoader(), new Class<?>[] {type}, (proxy, method, arguments) -> answer);
  }

  private @Nullable Object dispatcherOf(Class<? extends HttpServletRequest> type) {
    HttpServletRequest request = (HttpServletRequest) proxy(type, dispatcher);
    HttpServletResponse response = (HttpServletResponse) proxy(HttpServletResponse.class, "");
    return new CountedRequest(request, new CountedResponse(response, true, null), false)
        .getRequestDispatcher("/target");
  }

  /** Theirs casts the dispatcher to its own class when a cycle is dispatched. */
  @Test
  void dispatcherIsGrizzlysOwn() {
    assertThat(dispatcherOf(Facade.class)).isSameAs(dispatcher);
  }

  @Test
  void dispatcherForgetsElsewhere() {
    assertThat(dispatcherOf(HttpServletRequest.class)).isNotSameAs(dispatcher).isNotNull();
  }
}
