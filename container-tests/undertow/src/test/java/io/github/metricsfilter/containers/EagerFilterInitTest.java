package io.github.metricsfilter.containers;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.metricsfilter.PrometheusRequestFilter;
import io.undertow.Undertow;
import io.undertow.servlet.Servlets;
import io.undertow.servlet.api.DeploymentInfo;
import io.undertow.servlet.api.DeploymentManager;
import jakarta.servlet.DispatcherType;
import java.net.InetSocketAddress;
import org.junit.jupiter.api.Test;

/** When Undertow finds out that a setting is wrong; docs/containers.md tells. */
class EagerFilterInitTest {

  private static DeploymentManager deployed(boolean eager) {
    DeploymentInfo info =
        Servlets.deployment()
            .setClassLoader(EagerFilterInitTest.class.getClassLoader())
            .setContextPath("/app")
            .setDeploymentName("app")
            .setEagerFilterInit(eager)
            .addFilter(
                Servlets.filter("metrics", PrometheusRequestFilter.class)
                    .addInitParam("max-paths", "many"))
            .addFilterUrlMapping("metrics", "/*", DispatcherType.REQUEST);
    DeploymentManager manager = Servlets.newContainer().addDeployment(info);
    manager.deploy();
    return manager;
  }

  @Test
  void aWrongSettingStopsTheApplicationWhenItStarts() {
    DeploymentManager manager = deployed(true);

    assertThatThrownBy(manager::start).hasStackTraceContaining("max-paths=\"many\"");
  }

  @Test
  void withoutItAWrongSettingFailsEachRequest() throws Exception {
    DeploymentManager manager = deployed(false);
    Undertow undertow =
        Undertow.builder().addHttpListener(0, "127.0.0.1").setHandler(manager.start()).build();
    undertow.start();
    try {
      int port = ((InetSocketAddress) undertow.getListenerInfo().get(0).getAddress()).getPort();
      for (int i = 0; i < 2; i++) {
        assertThat(Client.exchange(port, Client.request("GET", "/app/posts")))
            .startsWith("HTTP/1.1 500");
      }
    } finally {
      undertow.stop();
      manager.stop();
      manager.undeploy();
    }
  }
}
