package io.github.metricsfilter.example;

import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.Objects;

/** Fetches the posts from where they are and passes them on. */
public final class PostsServlet extends HttpServlet {

  private static final long serialVersionUID = 1L;

  private transient PostsClient posts;

  /** For web.xml. */
  @SuppressWarnings("NullAway.Init") // init() comes before doGet()
  public PostsServlet() {}

  @Override
  public void init() {
    Object attribute = getServletContext().getAttribute(ExampleApplication.POSTS);
    posts = (PostsClient) Objects.requireNonNull(attribute);
  }

  @Override
  protected void doGet(HttpServletRequest request, HttpServletResponse response)
      throws IOException {
    byte[] json;
    try {
      json = posts.fetch();
    } catch (PostsException e) {
      response.setStatus(e.status());
      response.setContentType("text/plain;charset=utf-8");
      response.getWriter().println(e.getMessage());
      return;
    }
    response.setContentType("application/json");
    response.setContentLength(json.length);
    response.getOutputStream().write(json);
  }
}
