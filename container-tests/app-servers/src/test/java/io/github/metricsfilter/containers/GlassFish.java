package io.github.metricsfilter.containers;

import java.io.IOException;

/** GlassFish, embedded. */
final class GlassFish extends EmbeddedServer {
  GlassFish() throws IOException {
    super("glassfish", "glassfish.jar");
  }
}
