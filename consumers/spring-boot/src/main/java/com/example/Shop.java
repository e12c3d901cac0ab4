package com.example;

import io.github.metricsfilter.MetricsServlet;
import io.github.metricsfilter.PrometheusRequestFilter;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.SpringBootApplication;
import org.springframework.boot.web.servlet.FilterRegistrationBean;
import org.springframework.boot.web.servlet.ServletRegistrationBean;
import org.springframework.context.annotation.Bean;
import org.springframework.core.Ordered;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RestController;

@SpringBootApplication
@RestController
public class Shop {

  public static void main(String[] args) {
    SpringApplication.run(Shop.class, args);
  }

  // tag::beans[]
  @Bean
  FilterRegistrationBean<PrometheusRequestFilter> requestMetrics(PrometheusRegistry registry) {
    FilterRegistrationBean<PrometheusRequestFilter> filter =
        new FilterRegistrationBean<>(PrometheusRequestFilter.builder().registry(registry).build());
    filter.setOrder(Ordered.HIGHEST_PRECEDENCE);
    return filter;
  }

  @Bean
  ServletRegistrationBean<MetricsServlet> metricsServlet(PrometheusRegistry registry) {
    return new ServletRegistrationBean<>(
        MetricsServlet.builder().registry(registry).build(), "/metrics");
  }

  // end::beans[]

  @GetMapping("/users/{id}")
  String user(@PathVariable("id") String id) {
    return Thread.currentThread().toString();
  }
}
