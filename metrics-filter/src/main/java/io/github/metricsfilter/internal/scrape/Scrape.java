package io.github.metricsfilter.internal.scrape;

import io.github.metricsfilter.internal.exposition.ExpositionWriter;
import io.github.metricsfilter.internal.scrape.ScrapeMetrics.Cause;
import io.prometheus.metrics.config.EscapingScheme;
import io.prometheus.metrics.expositionformats.ExpositionFormatWriter;
import io.prometheus.metrics.model.snapshots.MetricSnapshot;
import io.prometheus.metrics.model.snapshots.MetricSnapshots;
import java.io.IOException;
import java.io.OutputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * One scrape: it is collected, then encoded, then sent.
 *
 * <p>What can't be encoded is found by writing each family alone to nowhere, and left out of a
 * second attempt.
 */
final class Scrape {

  private static final OutputStream NOWHERE = OutputStream.nullOutputStream();

  /** To answer the request in the format that was negotiated. */
  private interface Attempt {
    /** Sends the answer; or else nothing is sent, and what keeps it from being encoded returned. */
    @Nullable Throwable make() throws IOException;
  }

  /** How a family is written in that format. */
  private interface Encoding {
    /** Writes it alone, to nowhere. */
    void tryOut(MetricSnapshot family) throws IOException;
  }

  private final Served served;
  private final ScrapeRequest request;
  private final Answer answer;

  /** What was collected; of it, what can be written, for the second attempt. */
  private @Nullable MetricSnapshots collected;

  private boolean nothingCollected;
  private boolean interrupted;

  Scrape(Served served, ScrapeRequest request, Answer answer) {
    this.served = served;
    this.request = request;
    this.answer = answer;
  }

  /**
   * Answers the request.
   *
   * @throws IOException if the client has gone, or was too slow for the container
   */
  void run(Place place) throws IOException {
    interrupted = Thread.interrupted(); // else containers couldn't write the response
    try {
      if (!request.isReadable()) {
        answer.explain(400, "The query can't be decoded, or is too long.");
      } else if (!request.isLegal(served.debugFormats())) {
        answer.explain(
            400, "Legal values of debug are " + String.join(", ", served.debugFormats()) + ".");
      } else {
        encode(place);
      }
    } finally {
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }

  private void encode(Place place) throws IOException {
    String accepted = request.getHeader("Accept");
    ExpositionFormatWriter theirs = served.formats.findWriter(accepted);
    ExpositionWriter ours = place.writer(served.formats, theirs);
    Attempt attempt;
    Encoding encoding;
    if (ours == null || request.isDebug()) {
      attempt = () -> handle(place.handler);
      encoding =
          family ->
              ClientJavaApi.atHand().write(theirs, NOWHERE, new MetricSnapshots(family), accepted);
    } else {
      attempt = () -> write(ours, accepted, theirs.getContentType());
      encoding =
          family -> ours.write(List.of(family), EscapingScheme.fromAcceptHeader(accepted), NOWHERE);
    }
    Throwable failure = attempt.make();
    if (failure instanceof RuntimeException && collected != null) {
      collected = sift(collected, encoding);
      failure = attempt.make();
    }
    if (failure != null) {
      served.metrics.failed(Cause.MALFORMED, "the exposition", failure);
      answer.explain(500, "The metrics could not be written. The application's log says why.");
    }
  }

  /** By our own writer. */
  private @Nullable Throwable write(ExpositionWriter writer, String accepted, String type)
      throws IOException {
    Written written;
    try {
      EscapingScheme scheme = EscapingScheme.fromAcceptHeader(accepted);
      MetricSnapshots families = families(served.asked(request));
      written = new Written(writer, scheme, families, served.compresses(request));
    } catch (RuntimeException | Error e) { // not all containers answer after one, so this does
      return e;
    }
    if (nothingCollected) {
      explainThatNothingIsThere();
    } else {
      written.send(
          answer, request.negotiation().contentType(type), !request.getMethod().equals("HEAD"));
    }
    return null;
  }

  /** By client_java's handler. */
  private @Nullable Throwable handle(Handler handler) throws IOException {
    ScrapeExchange exchange = new ScrapeExchange(request, answer, () -> !nothingCollected);
    try {
      handler.handle(this, exchange);
    } catch (Error e) { // not all containers answer after one, so this does
      if (exchange.isSent()) {
        throw e;
      }
      return e;
    }
    if (exchange.failure() == null) {
      if (nothingCollected) {
        explainThatNothingIsThere();
      } else {
        exchange.send();
      }
    }
    return exchange.failure();
  }

  private void explainThatNothingIsThere() throws IOException {
    answer.explain(500, "No metric could be collected. The application's log says why.");
  }

  /**
   * What is there to be shown.
   *
   * @param asked what the query or client_java's settings ask for; null for all
   */
  MetricSnapshots families(@Nullable Predicate<String> asked) {
    if (collected == null) {
      collected = collect(served.names.and(asked));
    }
    return collected;
  }

  private MetricSnapshots collect(FamilyNames names) {
    Collecting collecting = new Collecting(served, names, request, interrupted);
    collecting.collect();
    interrupted |= collecting.wasInterrupted();
    List<MetricSnapshot> others = new ArrayList<>(collecting.registered());
    boolean complete = names.areAll() && !collecting.hasFailed();
    others.addAll(served.beside.shown(collecting.registered(), collecting.beside(), complete));
    // Last, to show what has just failed, but first in the list: nobody else gets these names.
    List<MetricSnapshot> families = own(names);
    int own = families.size();
    families.addAll(others);
    ShownFamilies shown = new ShownFamilies(served.metrics);
    MetricSnapshots result = shown.consistent(families);
    nothingCollected =
        (collecting.hasFailed() || shown.hasFailed())
            && result.size() <= (names.areAll() ? own : 0);
    return result;
  }

  private List<MetricSnapshot> own(FamilyNames names) {
    List<MetricSnapshot> own = new ArrayList<>();
    if (served.sources.areApart()) { // else the registry itself shows them
      for (MetricSnapshot family : served.metrics.collect()) {
        if (names.includeOfSeveral(family.getMetadata())) {
          own.add(family);
        }
      }
    }
    return own;
  }

  /** The families that can be written alone. */
  private MetricSnapshots sift(MetricSnapshots families, Encoding encoding) {
    List<MetricSnapshot> writable = new ArrayList<>();
    for (MetricSnapshot family : families) {
      try {
        encoding.tryOut(family);
        writable.add(family);
      } catch (RuntimeException | IOException e) {
        served.metrics.failed(Cause.MALFORMED, family.getMetadata().getPrometheusName(), e);
      }
    }
    nothingCollected = writable.isEmpty();
    return new MetricSnapshots(writable);
  }
}
