package io.github.metricsfilter.internal.request;

import jakarta.servlet.ReadListener;
import jakarta.servlet.ServletInputStream;
import jakarta.servlet.ServletOutputStream;
import jakarta.servlet.WriteListener;
import java.io.FilterReader;
import java.io.FilterWriter;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.Reader;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.Charset;
import java.nio.charset.CharsetEncoder;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * Counts the bytes of a body that pass through its stream, or, encoded again, through its reader or
 * writer. The container's own stays behind each of them, so that what it does to headers and
 * buffers doesn't change. A body is for one thread at a time.
 */
class ByteCount {

  private long bytes;

  /** Bytes are about to be passed on to be sent, or to be sent at last. */
  void before() {}

  /** They have been, as far as the buffers of the container allow. */
  void after() {}

  long bytes() {
    return bytes;
  }

  void reset() {
    bytes = 0;
  }

  /** Somebody else has read this many bytes, all there are. */
  void atLeast(long known) {
    bytes = Math.max(bytes, known);
  }

  private int add(int read) {
    bytes += Math.max(read, 0); // -1 is the end
    return read;
  }

  ServletInputStream counting(ServletInputStream input) {
    return new Input(input);
  }

  ServletOutputStream counting(ServletOutputStream output) {
    return new Output(output);
  }

  Reader counting(Reader reader, @Nullable String charset) {
    return new CountingReader(reader, new Encoded(charset));
  }

  PrintWriter counting(PrintWriter writer, @Nullable String charset) {
    return new Printer(writer, new CountingWriter(writer, new Encoded(charset)));
  }

  private final class Input extends ServletInputStream {
    private final ServletInputStream input;

    Input(ServletInputStream input) {
      this.input = input;
    }

    @Override
    public int read() throws IOException {
      int read = input.read();
      add(read < 0 ? 0 : 1);
      return read;
    }

    @Override
    public int read(byte[] buffer, int offset, int length) throws IOException {
      return add(input.read(buffer, offset, length));
    }

    /** As {@code ServletInputStream} of Servlet 6.1 has it. */
    @SuppressWarnings({"unused", "EffectivelyPrivate"}) // it overrides, where that is there
    public int read(ByteBuffer buffer) throws IOException {
      return add(Servlet61.read(input, buffer));
    }

    @Override
    public int available() throws IOException {
      return input.available();
    }

    @Override
    public boolean isFinished() {
      return input.isFinished();
    }

    @Override
    public boolean isReady() {
      return input.isReady();
    }

    @Override
    public void setReadListener(ReadListener listener) {
      input.setReadListener(listener);
    }

    @Override
    public void close() throws IOException {
      input.close();
    }
  }

  private final class Output extends ServletOutputStream {
    private final ServletOutputStream output;

    Output(ServletOutputStream output) {
      this.output = output;
    }

    @Override
    public void write(int b) throws IOException {
      before();
      output.write(b);
      add(1);
      after();
    }

    /** As {@code ServletOutputStream} of Servlet 6.1 has it. */
    @SuppressWarnings({"unused", "EffectivelyPrivate"}) // it overrides, where that is there
    public void write(ByteBuffer buffer) throws IOException {
      int length = buffer.remaining();
      before();
      Servlet61.write(output, buffer);
      add(length);
      after();
    }

    @Override
    public void write(byte[] buffer, int offset, int length) throws IOException {
      before();
      output.write(buffer, offset, length);
      add(length);
      after();
    }

    /** The other print and println call this; a container may encode it in a way of its own. */
    @Override
    public void print(String text) throws IOException {
      before();
      output.print(text);
      add(text.length()); // of ISO 8859-1, says ServletOutputStream
      after();
    }

    @Override
    public boolean isReady() {
      return output.isReady();
    }

    @Override
    public void setWriteListener(WriteListener listener) {
      output.setWriteListener(listener);
    }

    @Override
    public void flush() throws IOException {
      before();
      output.flush();
      after();
    }

    @Override
    public void close() throws IOException {
      before();
      output.close();
      after();
    }
  }

  private static final class CountingReader extends FilterReader {
    private final Encoded encoded;

    CountingReader(Reader reader, Encoded encoded) {
      super(reader);
      this.encoded = encoded;
    }

    @Override
    public int read() throws IOException {
      int read = super.read();
      if (read >= 0) {
        encoded.add(CharBuffer.wrap(new char[] {(char) read}));
      }
      return read;
    }

    @Override
    public int read(char[] buffer, int offset, int length) throws IOException {
      int read = super.read(buffer, offset, length);
      if (read > 0) {
        encoded.add(CharBuffer.wrap(buffer, offset, read));
      }
      return read;
    }
  }

  private final class CountingWriter extends FilterWriter {
    private final Encoded encoded;

    CountingWriter(PrintWriter writer, Encoded encoded) {
      super(writer);
      this.encoded = encoded;
    }

    @Override
    public void write(int c) throws IOException {
      before();
      super.write(c);
      encoded.add(CharBuffer.wrap(new char[] {(char) c}));
      after();
    }

    @Override
    public void write(char[] buffer, int offset, int length) throws IOException {
      before();
      super.write(buffer, offset, length);
      encoded.add(CharBuffer.wrap(buffer, offset, length));
      after();
    }

    @Override
    public void write(String text, int offset, int length) throws IOException {
      before();
      super.write(text, offset, length);
      encoded.add(CharBuffer.wrap(text, offset, offset + length));
      after();
    }

    @Override
    public void flush() throws IOException {
      before();
      super.flush();
      after();
    }

    @Override
    public void close() throws IOException {
      before();
      super.close();
      after();
    }
  }

  /** What a {@code PrintWriter} does by itself, if another writer is behind it. */
  private static final class Printer extends PrintWriter {
    private final PrintWriter containers;

    /** Undertow's writer has one of its own. */
    private final String lineSeparator;

    Printer(PrintWriter containers, CountingWriter counting) {
      super(counting);
      this.containers = containers;
      lineSeparator =
          containers.getClass().getName().startsWith("io.undertow.")
              ? "\r\n"
              : System.lineSeparator();
    }

    /** The other println call this. */
    @Override
    public void println() {
      write(lineSeparator);
    }

    /** The container's writer throws nothing, so only it knows that the client has gone. */
    @Override
    public boolean checkError() {
      boolean failed = super.checkError();
      return containers.checkError() || failed;
    }
  }

  /** Adds as many bytes as characters take in a charset. */
  private final class Encoded {
    private final CharsetEncoder encoder;
    private final ByteBuffer scratch = ByteBuffer.allocate(256);
    private String halfPair = "";

    /** The default is that of Servlet 6.0, section 3.12. */
    Encoded(@Nullable String charset) {
      encoder =
          (charset == null ? StandardCharsets.ISO_8859_1 : Charset.forName(charset))
              .newEncoder()
              .onMalformedInput(CodingErrorAction.REPLACE)
              .onUnmappableCharacter(CodingErrorAction.REPLACE);
    }

    void add(CharBuffer more) {
      CharBuffer chars = halfPair.isEmpty() ? more : CharBuffer.wrap(halfPair + more);
      boolean overflow;
      do {
        scratch.clear();
        overflow = encoder.encode(chars, scratch, false).isOverflow();
        ByteCount.this.add(scratch.position());
      } while (overflow);
      halfPair = chars.toString();
    }
  }
}
