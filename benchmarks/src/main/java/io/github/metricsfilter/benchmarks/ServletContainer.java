package io.github.metricsfilter.benchmarks;

import jakarta.servlet.Filter;

/** A container whose own objects a request goes through. */
public enum ServletContainer {
  TOMCAT("Tomcat 10.1") {
    @Override
    ContainerRequests start(Filter filter) throws Exception {
      return new TomcatRequests(filter);
    }
  },
  JETTY("Jetty 12.1") {
    @Override
    ContainerRequests start(Filter filter) throws Exception {
      return new JettyRequests(filter);
    }
  },
  UNDERTOW("Undertow 2.3") {
    @Override
    ContainerRequests start(Filter filter) throws Exception {
      return new UndertowRequests(filter);
    }
  };

  final String title;

  ServletContainer(String title) {
    this.title = title;
  }

  /** Starts an application with this filter, which its container initialises. */
  abstract ContainerRequests start(Filter filter) throws Exception;
}
