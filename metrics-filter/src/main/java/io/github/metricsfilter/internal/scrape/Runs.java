package io.github.metricsfilter.internal.scrape;

import io.github.metricsfilter.internal.scrape.RegistrySources.Source;
import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The runs of collectors that are under way, or wanted and not begun yet, in all scrapes of a
 * servlet.
 *
 * <p>A scrape that comes while a collector runs takes the result of that run. It may have begun
 * before the scrape came, so the numbers are older than the scrape by at most what the run has
 * taken; a run of the scrape's own would not have ended sooner, and a collector that hangs would
 * get one thread after the other. Only a collector that looks at the request, as those for several
 * targets do, has a run for each that asks something else, and of these at most so many at a time.
 */
final class Runs {

  private final int maxPerCollector;
  private final IdentityHashMap<Object, List<Run>> byCollector = new IdentityHashMap<>();

  Runs(int maxPerCollector) {
    this.maxPerCollector = maxPerCollector;
  }

  /**
   * The run whose result this request gets: one that there is, or a new one. {@link #leave} must
   * follow.
   *
   * @return null if the collector has as many runs as it may, all for other requests
   */
  synchronized @Nullable Run join(Source source, FamilyNames names, ScrapeRequest request) {
    List<Run> present = byCollector.computeIfAbsent(source.origin, origin -> new ArrayList<>(1));
    for (Run run : present) {
      if (run.answers(request)) {
        run.scrapes++;
        return run;
      }
    }
    if (present.size() >= maxPerCollector) {
      return null;
    }
    Run run = new Run(this, source, names, request);
    run.scrapes++;
    present.add(run);
    return run;
  }

  /** A scrape no longer waits for this run. If none does and it hasn't begun, it never will. */
  synchronized void leave(Run run) {
    if (--run.scrapes == 0 && run.cancel()) {
      ended(run);
    }
  }

  synchronized void ended(Run run) {
    byCollector.computeIfPresent(
        run.source.origin,
        (origin, present) -> {
          present.remove(run);
          return present.isEmpty() ? null : present;
        });
  }
}
