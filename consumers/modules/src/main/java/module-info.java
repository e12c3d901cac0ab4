module com.example.shop {
  requires io.github.metricsfilter;
  requires io.prometheus.metrics.model;
  requires jakarta.servlet;
  requires org.eclipse.jetty.ee10.servlet;
  requires org.eclipse.jetty.server;
}
