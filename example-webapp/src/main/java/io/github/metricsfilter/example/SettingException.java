package io.github.metricsfilter.example;

/** A setting that is not legal; the message, one line, names it, its value and what is legal. */
final class SettingException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  SettingException(String name, String value, String legal) {
    // What the user gave may hold anything; the message stays one line.
    super(name + "=" + value.replaceAll("\\p{Cntrl}", "?") + ": must be " + legal);
  }

  SettingException(String message) {
    super(message);
  }
}
