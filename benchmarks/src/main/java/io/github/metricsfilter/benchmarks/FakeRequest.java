package io.github.metricsfilter.benchmarks;

import jakarta.servlet.DispatcherType;
import jakarta.servlet.http.HttpServletMapping;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletRequestWrapper;
import jakarta.servlet.http.MappingMatch;
import java.util.Collections;
import java.util.Enumeration;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A request as a container keeps one: fields, a map of attributes, and used again for the next
 * request. What no candidate asks for isn't supported.
 */
final class FakeRequest extends HttpServletRequestWrapper {

  private final String method;
  private final String uri;
  private final HttpServletMapping mapping;
  private final boolean asyncSupported;
  private final Map<String, String> headers;
  private final Map<String, Object> attributes = new HashMap<>();

  FakeRequest(String method, String path, boolean asyncSupported, Map<String, String> headers) {
    super(Fake.of(HttpServletRequest.class));
    this.method = method;
    this.uri = path;
    this.mapping = new ExactMapping(path);
    this.asyncSupported = asyncSupported;
    this.headers = headers;
  }

  static FakeRequest get(String path) {
    return new FakeRequest("GET", path, false, Map.of());
  }

  /** Forgets the last request. */
  FakeRequest recycle() {
    attributes.clear();
    return this;
  }

  @Override
  public String getMethod() {
    return method;
  }

  @Override
  public String getRequestURI() {
    return uri;
  }

  @Override
  public String getContextPath() {
    return "";
  }

  @Override
  public String getServletPath() {
    return uri;
  }

  @Override
  public @Nullable String getPathInfo() {
    return null;
  }

  @Override
  public @Nullable String getQueryString() {
    return null;
  }

  @Override
  public HttpServletMapping getHttpServletMapping() {
    return mapping;
  }

  @Override
  public DispatcherType getDispatcherType() {
    return DispatcherType.REQUEST;
  }

  @Override
  public boolean isAsyncSupported() {
    return asyncSupported;
  }

  @Override
  public boolean isAsyncStarted() {
    return false;
  }

  @Override
  public @Nullable String getHeader(String name) {
    return headers.get(name);
  }

  @Override
  public Enumeration<String> getHeaderNames() {
    return Collections.enumeration(headers.keySet());
  }

  @Override
  public Enumeration<String> getHeaders(String name) {
    String value = headers.get(name);
    return value == null
        ? Collections.emptyEnumeration()
        : Collections.enumeration(Collections.singleton(value));
  }

  @Override
  public @Nullable Object getAttribute(String name) {
    return attributes.get(name);
  }

  @Override
  public void setAttribute(String name, Object value) {
    attributes.put(name, value);
  }

  @Override
  public void removeAttribute(String name) {
    attributes.remove(name);
  }

  private record ExactMapping(String path) implements HttpServletMapping {
    @Override
    public String getMatchValue() {
      return path.substring(1);
    }

    @Override
    public String getPattern() {
      return path;
    }

    @Override
    public String getServletName() {
      return "fake";
    }

    @Override
    public MappingMatch getMappingMatch() {
      return MappingMatch.EXACT;
    }
  }
}
