package io.github.metricsfilter.example;

/**
 * The posts could not be fetched. The message is for the client, and so says nothing about where
 * they should have come from; the cause, if any, is for the log.
 */
final class PostsException extends Exception {

  private static final long serialVersionUID = 1L;

  private final int status;

  PostsException(int status, String message) {
    super(message);
    this.status = status;
  }

  PostsException(int status, String message, Throwable cause) {
    super(message, cause);
    this.status = status;
  }

  /** The status that tells the client whose fault it is. */
  int status() {
    return status;
  }
}
