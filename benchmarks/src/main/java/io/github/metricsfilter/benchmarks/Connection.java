package io.github.metricsfilter.benchmarks;

import java.io.BufferedInputStream;
import java.io.Closeable;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.Locale;

/** A connection to a server on this machine, for one request after the other. */
final class Connection implements Closeable {

  private final Socket socket;
  private final InputStream from;

  Connection(int port) throws IOException {
    socket = new Socket(InetAddress.getLoopbackAddress(), port);
    socket.setTcpNoDelay(true);
    from = new BufferedInputStream(socket.getInputStream());
  }

  /**
   * A request for {@link #exchange}.
   *
   * @param header a line with its end, or nothing
   */
  static byte[] get(String path, String header) {
    return ("GET " + path + " HTTP/1.1\r\nHost: localhost\r\n" + header + "\r\n")
        .getBytes(StandardCharsets.US_ASCII);
  }

  /** Sends a request and reads the response, which must have this status. */
  void exchange(byte[] request, int status) throws IOException {
    socket.getOutputStream().write(request);
    String answer = line();
    if (!answer.contains(" " + status)) {
      throw new IOException(answer);
    }
    long length = 0;
    boolean chunked = false;
    for (String header = line(); !header.isEmpty(); header = line()) {
      String lower = header.toLowerCase(Locale.ROOT);
      if (lower.startsWith("content-length:")) {
        length = Long.parseLong(header.substring(header.indexOf(':') + 1).trim());
      }
      chunked |= lower.startsWith("transfer-encoding:");
    }
    if (chunked) {
      do {
        length = Long.parseLong(line(), 16);
        from.skipNBytes(length);
        line();
      } while (length > 0);
    } else {
      from.skipNBytes(length);
    }
  }

  private String line() throws IOException {
    StringBuilder line = new StringBuilder();
    for (int c = from.read(); c != '\n'; c = from.read()) {
      if (c < 0) {
        throw new EOFException();
      }
      if (c != '\r') {
        line.append((char) c);
      }
    }
    return line.toString();
  }

  @Override
  public void close() throws IOException {
    socket.close();
  }
}
