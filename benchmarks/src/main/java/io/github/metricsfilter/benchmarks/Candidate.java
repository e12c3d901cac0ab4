package io.github.metricsfilter.benchmarks;

import com.codahale.metrics.MetricRegistry;
import io.dropwizard.metrics.servlet6.InstrumentedFilter;
import io.github.metricsfilter.PrometheusRequestFilter;
import io.github.metricsfilter.PrometheusRequestFilter.Exemplars;
import io.github.metricsfilter.PrometheusRequestFilter.HistogramKind;
import io.micrometer.core.instrument.observation.DefaultMeterObservationHandler;
import io.micrometer.observation.ObservationRegistry;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.prometheus.client.servlet.jakarta.filter.MetricsFilter;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import io.prometheus.metrics.tracer.common.SpanContext;
import io.prometheus.metrics.tracer.initializer.SpanContextSupplier;
import jakarta.servlet.Filter;
import jakarta.servlet.ServletException;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.web.filter.ServerHttpObservationFilter;

/** A filter that records requests, and what kind of request it is measured with. */
public enum Candidate {
  NOTHING("a filter that does nothing", false) {
    @Override
    Filter make() {
      return (request, response, chain) -> chain.doFilter(request, response);
    }
  },
  CLOCK("two clock readings alone", false) {
    @Override
    Filter make() {
      return (request, response, chain) -> {
        long start = System.nanoTime();
        chain.doFilter(request, response);
        if (System.nanoTime() - start < 0) { // so that both are made
          throw new ServletException("the clock runs backwards");
        }
      };
    }
  },
  FLOOR("the floor: two clock readings, three increments", false) {
    @Override
    Filter make() {
      return new FloorFilter();
    }
  },
  OURS("metrics-filter, the portable way", false) {
    @Override
    Filter make() {
      return ours(new PrometheusRegistry());
    }
  },
  OURS_ASYNC("metrics-filter, the portable way, the request supports async", true) {
    @Override
    Filter make() {
      return ours(new PrometheusRegistry());
    }
  },
  OURS_SIZES("metrics-filter, the portable way, with both sizes, of empty bodies", false) {
    @Override
    Filter make() {
      return settings().requestSize(true).responseSize(true).build();
    }
  },
  OURS_FIRST_BYTE("metrics-filter, the portable way, with the first byte", false) {
    @Override
    Filter make() {
      return settings().firstByte(true).build();
    }
  },
  OURS_EXEMPLARS_NO_SPAN("metrics-filter, the portable way, exemplars on, no span", false) {
    @Override
    Filter make() {
      SpanContextSupplier.setSpanContext(new Span(false));
      return settings().exemplars(Exemplars.ON).build();
    }
  },
  OURS_EXEMPLARS_SPAN("metrics-filter, the portable way, exemplars on, sampled span", false) {
    @Override
    Filter make() {
      SpanContextSupplier.setSpanContext(new Span(true));
      return settings().exemplars(Exemplars.ON).build();
    }
  },
  OURS_NATIVE("metrics-filter, the portable way, native histogram", false) {
    @Override
    Filter make() {
      return settings().histogram(HistogramKind.NATIVE).build();
    }
  },
  HAND_WRITTEN("client_java 1.10.0 by hand, `labelValues`", false) {
    @Override
    Filter make() {
      return new HandWrittenFilter(new PrometheusRegistry(), false);
    }
  },
  HAND_WRITTEN_KEPT("client_java 1.10.0 by hand, data points looked up once", false) {
    @Override
    Filter make() {
      return new HandWrittenFilter(new PrometheusRegistry(), true);
    }
  },
  SIMPLECLIENT("simpleclient 0.16.0 `MetricsFilter`", false) {
    @Override
    Filter make() {
      return new MetricsFilter("http_requests", "The time taken", 1, null, false);
    }
  },
  DROPWIZARD("Dropwizard 4.2 `InstrumentedFilter`", false) {
    @Override
    Filter make() {
      return new InstrumentedFilter();
    }
  },
  SPRING("Spring 6.2 `ServerHttpObservationFilter`, Micrometer 1.15", false) {
    @Override
    Filter make() {
      ObservationRegistry observations = ObservationRegistry.create();
      observations
          .observationConfig()
          .observationHandler(
              new DefaultMeterObservationHandler(
                  new PrometheusMeterRegistry(PrometheusConfig.DEFAULT)));
      return new ServerHttpObservationFilter(observations);
    }
  };

  final String title;
  final boolean asyncSupported;

  Candidate(String title, boolean asyncSupported) {
    this.title = title;
    this.asyncSupported = asyncSupported;
  }

  abstract Filter make() throws ServletException;

  /** The filter as a container would have it ready. */
  Filter start() throws ServletException {
    return start(make());
  }

  static Filter start(Filter filter) throws ServletException {
    filter.init(Fake.filterConfig(new MetricRegistry())); // Dropwizard's, which no other asks for
    return filter;
  }

  /** A request of the kind that this is measured with. */
  FakeRequest request(String path) {
    return new FakeRequest("GET", path, asyncSupported, Map.of());
  }

  static Filter ours(PrometheusRegistry registry) {
    return PrometheusRequestFilter.builder().registry(registry).maxPaths(100_000).build();
  }

  static PrometheusRequestFilter.Builder settings() {
    return PrometheusRequestFilter.builder().registry(new PrometheusRegistry());
  }

  /** What a tracer says when there is no span, or one that is sampled. */
  private record Span(boolean sampled) implements SpanContext {
    @Override
    public @Nullable String getCurrentTraceId() {
      return sampled ? "0af7651916cd43dd8448eb211c80319c" : null;
    }

    @Override
    public @Nullable String getCurrentSpanId() {
      return sampled ? "b7ad6b7169203331" : null;
    }

    @Override
    public boolean isCurrentSpanSampled() {
      return sampled;
    }

    @Override
    public void markCurrentSpanAsExemplar() {}
  }
}
