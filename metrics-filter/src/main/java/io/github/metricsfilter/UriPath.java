package io.github.metricsfilter;

/** The path of a request URI as a label value, for the path modes that look at it. */
final class UriPath {

  private UriPath() {}

  /**
   * The first components of this path, not decoded, without path parameters (RFC 3986, section
   * 3.3), empty segments and a trailing slash, so that one resource has one value: {@code
   * //a;v=1/b/../c/} is {@code /a/b/../c}. What isn't a path, as in {@code OPTIONS *}, stays as it
   * is.
   *
   * @param components how many, all of them if less than 1
   */
  static String of(String path, int components) {
    if (!path.startsWith("/")) {
      return path;
    }
    StringBuilder kept = new StringBuilder(path.length());
    int count = 0;
    int start = 1;
    while (start <= path.length() && (components < 1 || count < components)) {
      int slash = path.indexOf('/', start);
      int end = slash < 0 ? path.length() : slash;
      int parameters = path.indexOf(';', start);
      int segmentEnd = parameters >= 0 && parameters < end ? parameters : end;
      if (segmentEnd > start) {
        kept.append('/').append(path, start, segmentEnd);
        count++;
      }
      start = end + 1;
    }
    return count == 0 ? "/" : kept.toString();
  }
}
