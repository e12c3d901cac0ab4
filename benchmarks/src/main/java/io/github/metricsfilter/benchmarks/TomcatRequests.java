package io.github.metricsfilter.benchmarks;

import jakarta.servlet.Filter;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.MappingMatch;
import java.io.IOException;
import java.nio.file.Files;
import org.apache.catalina.Context;
import org.apache.catalina.Wrapper;
import org.apache.catalina.connector.Connector;
import org.apache.catalina.connector.Request;
import org.apache.catalina.connector.Response;
import org.apache.catalina.startup.Tomcat;
import org.apache.tomcat.util.descriptor.web.FilterDef;
import org.apache.tomcat.util.descriptor.web.FilterMap;

/** As Tomcat's {@code CoyoteAdapter} and {@code StandardHostValve} have them. */
final class TomcatRequests implements ContainerRequests {

  private static final String PATH = "/posts";

  private final Filter filter;
  private final Context context;
  private final Wrapper servlet;
  private final Connector connector = new Connector();

  TomcatRequests(Filter filter) throws Exception {
    this.filter = filter;
    Tomcat tomcat = new Tomcat();
    tomcat.setBaseDir(Files.createTempDirectory("benchmark").toString());
    context = tomcat.addContext("", null);
    FilterDef definition = new FilterDef();
    definition.setFilterName("measured");
    definition.setFilter(filter);
    definition.setAsyncSupported("true");
    context.addFilterDef(definition);
    FilterMap mapping = new FilterMap();
    mapping.setFilterName("measured");
    mapping.addURLPattern("/*");
    context.addFilterMap(mapping);
    servlet = Tomcat.addServlet(context, "posts", new HttpServlet() {});
    servlet.addMapping(PATH);
    tomcat.start();
  }

  @Override
  public Connection connect() {
    org.apache.coyote.Request coyoteRequest = new org.apache.coyote.Request();
    org.apache.coyote.Response coyoteResponse = new org.apache.coyote.Response();
    coyoteRequest.setMethod("GET");
    coyoteRequest.setResponse(coyoteResponse);
    Request request = connector.createRequest();
    request.setCoyoteRequest(coyoteRequest);
    Response response = connector.createResponse();
    response.setCoyoteResponse(coyoteResponse);
    request.setResponse(response);
    response.setRequest(request);
    return () -> request(request, response);
  }

  private void request(Request request, Response response) throws IOException, ServletException {
    map(request);
    request.setAsyncSupported(true);
    context.fireRequestInitEvent(request.getRequest());
    filter.doFilter(request.getRequest(), response.getResponse(), NOTHING);
    context.fireRequestDestroyEvent(request.getRequest());
    request.recycle();
    response.recycle();
  }

  /** What Tomcat's mapper has found. */
  private void map(Request request) {
    request.getMappingData().context = (org.apache.catalina.core.StandardContext) context;
    request.getMappingData().wrapper = servlet;
    request.getMappingData().wrapperPath.setString(PATH);
    request.getMappingData().matchType = MappingMatch.EXACT;
  }
}
