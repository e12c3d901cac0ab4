package io.github.metricsfilter;

import org.jspecify.annotations.Nullable;

/** The path of a request URI as a label value, for the path modes that look at it. */
final class UriPath {

  private UriPath() {}

  /**
   * The first components of a path, not decoded, without path parameters (RFC 3986, section 3.3),
   * empty segments and a trailing slash, so that one resource has one value: {@code
   * //a;v=1/b/../c/} is {@code /a/b/../c}. What isn't a path, as in {@code OPTIONS *}, stays as it
   * is. So does a URI of which this would be longer than {@link LabelValue#MAX_BYTES}: it gets no
   * label, and nothing is allocated for it.
   *
   * @param from where in the URI the path begins; at its end, the path is the root
   * @param components how many, all of them if less than 1
   */
  static String of(String uri, int from, int components) {
    if (from >= uri.length()) {
      return "/";
    }
    if (uri.charAt(from) != '/') {
      return uri.substring(from);
    }
    int length = normalize(uri, from, components, null);
    if (length > LabelValue.MAX_BYTES) {
      return uri;
    }
    if (length == uri.length() - from) { // nothing is left out
      return uri.substring(from);
    }
    StringBuilder kept = new StringBuilder(length);
    normalize(uri, from, components, kept);
    return length == 0 ? "/" : kept.toString();
  }

  /**
   * One pass over the segments, until there are enough of them or they get too long.
   *
   * @param kept gets the segments, if not null
   * @return their length
   */
  private static int normalize(String uri, int from, int components, @Nullable StringBuilder kept) {
    int length = 0;
    int count = 0;
    int start = from + 1;
    while (start < uri.length()
        && length <= LabelValue.MAX_BYTES
        && (components < 1 || count < components)) {
      int nameEnd = start;
      while (nameEnd < uri.length() && uri.charAt(nameEnd) != '/' && uri.charAt(nameEnd) != ';') {
        nameEnd++;
      }
      if (nameEnd > start) {
        length += 1 + nameEnd - start;
        count++;
        if (kept != null) {
          kept.append('/').append(uri, start, nameEnd);
        }
      }
      int slash = uri.indexOf('/', nameEnd);
      start = slash < 0 ? uri.length() : slash + 1;
    }
    return length;
  }
}
