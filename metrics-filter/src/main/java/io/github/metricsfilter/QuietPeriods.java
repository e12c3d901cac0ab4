package io.github.metricsfilter;

import java.util.function.BooleanSupplier;

/**
 * The times between scrapes: what was recorded since the last scrape, nobody can have seen.
 *
 * <p>An object of its own, since each scrape writes here. Within what requests read, that would
 * take the line out of their processors' caches (false sharing).
 */
final class QuietPeriods {

  private int scrapes;
  private long last = 1;

  private volatile long current = last;

  /**
   * The number of the period in which we are, 0 during a scrape. As long as it doesn't change, no
   * scrape can have shown what was observed since.
   */
  long current() {
    return current;
  }

  synchronized void scrapeBegins() {
    scrapes++;
    current = 0;
  }

  synchronized void scrapeEnds() {
    if (--scrapes == 0) {
      current = ++last;
    }
  }

  /**
   * Does something that no scrape must see half done, if this period isn't over. This is the one
   * place where a request could meet a scrape, for the time of a few assignments.
   *
   * @return whether it was done, and said so itself
   */
  synchronized boolean ifStill(long period, BooleanSupplier action) {
    return period != 0 && period == current && action.getAsBoolean();
  }
}
