package io.github.metricsfilter.containers;

import java.io.IOException;

/** Payara Micro. */
final class Payara extends EmbeddedServer {
  Payara() throws IOException {
    super("payara", "payara-micro.jar");
  }
}
