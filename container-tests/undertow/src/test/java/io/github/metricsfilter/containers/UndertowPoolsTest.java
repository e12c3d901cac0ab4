package io.github.metricsfilter.containers;

import io.github.metricsfilter.containers.UndertowTest.EmbeddedUndertow;
import java.util.concurrent.ExecutorService;
import org.jspecify.annotations.Nullable;

/** An embedded Undertow, whose workers register MBeans by themselves; its POM has them count. */
class UndertowPoolsTest extends PoolsContract {

  @Override
  protected Container start(int nth, int threads, @Nullable ExecutorService virtualThreads) {
    return new EmbeddedUndertow(threads, virtualThreads);
  }

  /** XNIO itself counts them: XNIO-1. */
  @Override
  protected String pool(int nth) {
    return nth == 1 ? "XNIO" : "XNIO-" + nth;
  }
}
