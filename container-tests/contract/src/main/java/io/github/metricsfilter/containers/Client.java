package io.github.metricsfilter.containers;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.util.Locale;
import java.util.regex.Pattern;

/** A connection on which nothing but what a case says is sent, and every byte is seen. */
final class Client implements AutoCloseable {

  /**
   * The headers whose values differ from one moment to the next; Tomcat's Retry-After is a date.
   */
  private static final Pattern MOMENTS = Pattern.compile("(?im)^(Date|Retry-After): .*GMT\r\n");

  private static final int TIMEOUT_MILLIS = 10_000;

  private final Socket socket;

  Client(int port) throws IOException {
    socket = new Socket(InetAddress.getLoopbackAddress(), port);
    socket.setSoTimeout(TIMEOUT_MILLIS);
    socket.setTcpNoDelay(true);
  }

  /** Sends these bytes, and returns all that comes until the container closes the connection. */
  static String exchange(int port, String request) throws IOException {
    try (Client client = new Client(port)) {
      return client.send(request).readAll();
    }
  }

  /** A request without a body, after which the container closes the connection. */
  static String request(String method, String path) {
    return request(method, path, "Connection: close");
  }

  /** A request with this header, up to its body. */
  static String request(String method, String path, String header) {
    String line = method + " " + path + " HTTP/1.1\r\n";
    String close = header.startsWith("Connection:") ? "" : "Connection: close\r\n";
    return line + "Host: test\r\n" + close + header + "\r\n\r\n";
  }

  Client send(String bytes) throws IOException {
    socket.getOutputStream().write(bytes.getBytes(ISO_8859_1));
    return this;
  }

  /** Says that nothing more will be sent; what is answered can still be read. */
  Client endOfRequest() throws IOException {
    socket.shutdownOutput();
    return this;
  }

  /** What has come up to and including this. */
  String readUntil(String end) throws IOException {
    StringBuilder read = new StringBuilder();
    while (read.indexOf(end) < 0) {
      int next = socket.getInputStream().read();
      if (next < 0) {
        throw new IOException("closed after " + read);
      }
      read.append((char) next);
    }
    return withoutMoments(read.toString());
  }

  String readAll() throws IOException {
    byte[] read = socket.getInputStream().readAllBytes();
    return withoutMoments(new String(read, ISO_8859_1));
  }

  private static String withoutMoments(String answer) {
    return MOMENTS.matcher(answer).replaceAll("$1: a moment\r\n");
  }

  /** The body of an answer, of whose bytes each is a character of ISO-8859-1. */
  static byte[] bodyOf(String answer) {
    int end = answer.indexOf("\r\n\r\n");
    String head = answer.substring(0, end).toLowerCase(Locale.ROOT);
    String body = answer.substring(end + 4);
    return (head.contains("transfer-encoding: chunked") ? joined(body) : body).getBytes(ISO_8859_1);
  }

  private static String joined(String chunks) {
    StringBuilder body = new StringBuilder();
    int start = 0;
    while (true) {
      int line = chunks.indexOf("\r\n", start);
      int length = Integer.parseInt(chunks.substring(start, line), 16);
      if (length == 0) {
        return body.toString();
      }
      body.append(chunks, line + 2, line + 2 + length);
      start = line + 2 + length + 2;
    }
  }

  /** Closes the connection so that the container's next read or write fails at once. */
  void abort() throws IOException {
    socket.setSoLinger(true, 0);
    socket.close();
  }

  @Override
  public void close() throws IOException {
    socket.close();
  }
}
