package io.github.metricsfilter.internal.scrape;

import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ThreadFactory;

/** The threads that collect now, for the scrapes of one servlet. */
final class ScrapeThreads {

  private final ThreadFactory factory;
  private final Set<Thread> running = ConcurrentHashMap.newKeySet();

  ScrapeThreads(ThreadFactory factory) {
    this.factory = factory;
  }

  /** Inherits no thread-local variable: these are the request's. */
  static Thread thread(Runnable work) {
    Thread thread = new Thread(null, work, "metrics-servlet-scrape", 0, false);
    thread.setDaemon(true);
    return thread;
  }

  /**
   * Does something on a thread of its own, which ends with it.
   *
   * @throws OutOfMemoryError if the operating system has no more threads
   * @throws RuntimeException if the factory has none
   */
  void start(Runnable work) {
    Thread thread =
        factory.newThread(
            () -> {
              try {
                work.run();
              } finally {
                running.remove(Thread.currentThread());
              }
            });
    // Since JDK 19 it would be the system's where no thread-local variable is inherited, and with
    // it
    // the application's naming would be missing: Tomcat and Jetty find that by the class loader.
    thread.setContextClassLoader(Thread.currentThread().getContextClassLoader());
    running.add(thread);
    boolean started = false;
    try {
      thread.start();
      started = true;
    } finally {
      if (!started) {
        running.remove(thread);
      }
    }
  }

  /** For collectors that block, which would hold the application's class loader. */
  void interrupt() {
    running.forEach(Thread::interrupt);
  }
}
