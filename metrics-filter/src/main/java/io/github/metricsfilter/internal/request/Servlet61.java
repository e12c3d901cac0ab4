package io.github.metricsfilter.internal.request;

import jakarta.servlet.ServletInputStream;
import jakarta.servlet.ServletOutputStream;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * What Servlet 6.1 has added to types that are wrapped here, called where it is there. Only an
 * application that was compiled for 6.1 can call it, and only in a container that has it.
 */
final class Servlet61 {

  private static final @Nullable MethodHandle READ =
      find(ServletInputStream.class, "read", int.class, ByteBuffer.class);
  private static final @Nullable MethodHandle WRITE =
      find(ServletOutputStream.class, "write", void.class, ByteBuffer.class);
  private static final @Nullable MethodHandle SEND_REDIRECT =
      find(
          HttpServletResponse.class,
          "sendRedirect",
          void.class,
          String.class,
          int.class,
          boolean.class);

  private Servlet61() {}

  private static @Nullable MethodHandle find(
      Class<?> type, String name, Class<?> returned, Class<?>... parameters) {
    try {
      return MethodHandles.publicLookup()
          .findVirtual(type, name, MethodType.methodType(returned, parameters));
    } catch (NoSuchMethodException | IllegalAccessException e) {
      return null; // Servlet 6.0
    }
  }

  static int read(ServletInputStream input, ByteBuffer buffer) throws IOException {
    try {
      return (int) there(READ).invokeExact(input, buffer);
    } catch (Throwable t) {
      throw thrown(t);
    }
  }

  static void write(ServletOutputStream output, ByteBuffer buffer) throws IOException {
    try {
      there(WRITE).invokeExact(output, buffer);
    } catch (Throwable t) {
      throw thrown(t);
    }
  }

  static void sendRedirect(
      HttpServletResponse response, String location, int status, boolean clearBuffer)
      throws IOException {
    try {
      there(SEND_REDIRECT).invokeExact(response, location, status, clearBuffer);
    } catch (Throwable t) {
      throw thrown(t);
    }
  }

  private static MethodHandle there(@Nullable MethodHandle method) {
    if (method == null) {
      throw new UnsupportedOperationException("This method needs Servlet 6.1");
    }
    return method;
  }

  /** As the methods themselves declare it. */
  private static IOException thrown(Throwable t) {
    if (t instanceof RuntimeException) {
      throw (RuntimeException) t;
    } else if (t instanceof Error) {
      throw (Error) t;
    }
    return (IOException) t;
  }
}
