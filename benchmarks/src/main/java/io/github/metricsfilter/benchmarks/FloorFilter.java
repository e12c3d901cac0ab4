package io.github.metricsfilter.benchmarks;

import jakarta.servlet.Filter;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.ServletRequest;
import jakarta.servlet.ServletResponse;
import java.io.IOException;
import java.util.concurrent.atomic.LongAdder;

/**
 * The least that a request can be recorded with: two readings of the clock and three increments, on
 * the one series that there is. All that a real filter must find out, it knows.
 */
final class FloorFilter implements Filter {

  private final LongAdder started = new LongAdder();
  private final LongAdder finished = new LongAdder();
  private final LongAdder nanos = new LongAdder();

  @Override
  public void doFilter(ServletRequest request, ServletResponse response, FilterChain chain)
      throws IOException, ServletException {
    long start = System.nanoTime();
    started.increment();
    chain.doFilter(request, response);
    nanos.add(System.nanoTime() - start);
    finished.increment();
  }
}
