package io.github.metricsfilter.internal.request;

/**
 * A pattern as Servlet 6.0, section 12.2, has it: {@code /exact}, {@code /prefix/*}, {@code
 * *.extension} or {@code /*}. It is matched on the whole path within the application, whichever
 * servlet serves it.
 */
public final class UrlPattern {

  /** What is legal, for people. */
  public static final String LEGAL = "/exact, /prefix/*, *.extension or /*";

  private enum Kind {
    EXACT,
    PREFIX,
    EXTENSION
  }

  private final String pattern;
  private final Kind kind;

  /** What stands before or after the star; all of an exact pattern. */
  private final String fixed;

  /**
   * Reads a pattern.
   *
   * @throws IllegalArgumentException if it is none of these
   */
  public UrlPattern(String pattern) {
    this.pattern = pattern;
    if (pattern.startsWith("*.")) {
      kind = Kind.EXTENSION;
      fixed = pattern.substring(1);
    } else if (pattern.endsWith("/*")) {
      kind = Kind.PREFIX;
      fixed = pattern.substring(0, pattern.length() - 2);
    } else {
      kind = Kind.EXACT;
      fixed = pattern;
    }
    boolean legal =
        kind == Kind.EXTENSION
            ? fixed.length() > 1 && fixed.indexOf('/') < 0
            : pattern.startsWith("/");
    if (!legal || fixed.indexOf('*') >= 0) {
      throw new IllegalArgumentException(pattern);
    }
  }

  boolean matches(String path) {
    switch (kind) {
      case EXTENSION:
        return path.endsWith(fixed);
      case PREFIX:
        return path.startsWith(fixed)
            && (path.length() == fixed.length() || path.charAt(fixed.length()) == '/');
      default:
        return path.equals(fixed);
    }
  }

  @Override
  public String toString() {
    return pattern;
  }
}
