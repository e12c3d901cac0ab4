package io.github.metricsfilter.internal.request;

import io.github.metricsfilter.internal.series.LabelValue;
import org.jspecify.annotations.Nullable;

/**
 * The path of a request URI as a label value, for the path modes that look at it.
 *
 * <p>A path is made of its segments without path parameters (RFC 3986, section 3.3), except for
 * empty ones, and dots are resolved as in section 5.2.4, encoded or not: so do containers before
 * they choose an application and a servlet. It is read from its end, where a {@code ..} is met
 * before the segment that it removes, so that nothing has to be kept for later.
 */
final class UriPath {

  /** What {@code OPTIONS *} asks for, which is no path. */
  private static final String SERVER = "*";

  private UriPath() {}

  /**
   * Some segments of a path, not decoded, so that one resource has one value: {@code
   * //a;v=1/b/../c/} is {@code /a/c}. It is the URI itself if nothing is left out. So it is if this
   * would be longer than {@link LabelValue#MAX_BYTES}: it gets no label, and nothing is allocated
   * for it.
   *
   * @param skipped how many segments the path is taken without, the first ones
   * @param components how many it has at most; no matter how many if less than 1
   */
  static String of(String uri, int skipped, int components) {
    if (uri.equals(SERVER)) {
      return uri;
    }
    int all = segments(uri);
    int end = components < 1 || components > all - skipped ? all : skipped + components;
    int length = copy(uri, all, skipped, end, null);
    if (length > LabelValue.MAX_BYTES || (length == uri.length() && uri.startsWith("/"))) {
      return uri;
    }
    if (length <= 0) {
      return "/";
    }
    char[] kept = new char[length];
    copy(uri, all, skipped, end, kept);
    return new String(kept);
  }

  /** How many segments a path has. */
  static int segments(String path) {
    int count = 0;
    for (int i = segment(path, path.length()); i >= 0; i = segment(path, i - 1)) {
      count++;
    }
    return count;
  }

  /**
   * One pass over the segments from the first of these to the end of them.
   *
   * @param all how many segments there are
   * @param kept gets the segments, each behind a slash, if not null
   * @return their length
   */
  private static int copy(String uri, int all, int first, int end, char @Nullable [] kept) {
    int length = 0;
    int start = uri.length() + 1;
    for (int i = all - 1; i >= first; i--) {
      start = segment(uri, start - 1);
      if (i < end) {
        int name = nameEnd(uri, start, uri.length()) - start;
        length += 1 + name;
        if (kept != null) {
          int slash = kept.length - length;
          kept[slash] = '/';
          uri.getChars(start, start + name, kept, slash + 1);
        }
      }
    }
    return length;
  }

  /** Where the last segment before this end begins that is a part of the path; -1 if none is. */
  private static int segment(String path, int end) {
    int removed = 0;
    int segmentEnd = end;
    while (segmentEnd > 0) {
      int start = path.lastIndexOf('/', segmentEnd - 1) + 1;
      int nameEnd = nameEnd(path, start, segmentEnd);
      int dots = dots(path, start, nameEnd);
      if (dots == 2) {
        removed++;
      } else if (nameEnd > start && dots == 0) {
        if (removed == 0) {
          return start;
        }
        removed--;
      }
      segmentEnd = start - 1;
    }
    return -1;
  }

  /** Where path parameters begin, or the segment ends. */
  private static int nameEnd(String path, int start, int end) {
    int i = start;
    while (i < end && path.charAt(i) != '/' && path.charAt(i) != ';') {
      i++;
    }
    return i;
  }

  /** 1 or 2 if that is what the segment is: this many dots; else 0. */
  private static int dots(String path, int start, int end) {
    int count = 0;
    for (int i = start; i < end; i += path.charAt(i) == '.' ? 1 : 3) {
      boolean isDot = path.charAt(i) == '.' || path.regionMatches(true, i, "%2e", 0, 3);
      if (!isDot || ++count > 2) {
        return 0;
      }
    }
    return count;
  }
}
