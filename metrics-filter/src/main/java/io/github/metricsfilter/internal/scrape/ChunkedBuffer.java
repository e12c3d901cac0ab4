package io.github.metricsfilter.internal.scrape;

import java.io.IOException;
import java.io.OutputStream;
import java.util.ArrayList;
import java.util.List;

/**
 * Bytes in memory that are never copied when there are more of them, in arrays that no collector of
 * garbage finds large. For one thread.
 */
final class ChunkedBuffer extends OutputStream {

  private static final int CHUNK = 1 << 16;

  private final List<byte[]> full = new ArrayList<>();
  private byte[] last = new byte[1 << 12];
  private int used;
  private long size;

  @Override
  public void write(int b) {
    write(new byte[] {(byte) b}, 0, 1);
  }

  @Override
  public void write(byte[] source, int offset, int length) {
    int from = offset;
    int left = length;
    while (left > 0) {
      if (used == last.length) {
        full.add(last);
        last = new byte[(int) Math.min(size, CHUNK)]; // as much again
        used = 0;
      }
      int copied = Math.min(left, last.length - used);
      System.arraycopy(source, from, last, used, copied);
      used += copied;
      from += copied;
      left -= copied;
      size += copied;
    }
  }

  long size() {
    return size;
  }

  void writeTo(OutputStream out) throws IOException {
    for (byte[] chunk : full) {
      out.write(chunk);
    }
    out.write(last, 0, used);
  }
}
