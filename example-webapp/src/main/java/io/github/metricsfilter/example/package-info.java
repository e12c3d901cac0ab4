/**
 * The application of the tutorial "Python Monitoring with Prometheus", in Java: a greeting, posts
 * fetched from another service, and {@code /metrics}.
 *
 * <p>{@code web.xml} wires it: the library's filter around everything, its servlet at {@code
 * /metrics}, and {@link io.github.metricsfilter.example.ExampleApplication}, which reads the {@link
 * io.github.metricsfilter.example.Settings} and makes what the servlets share. The WAR needs
 * nothing else; {@link io.github.metricsfilter.example.Main} is for its {@code -exec} variant,
 * which brings its own container.
 */
@NullMarked
package io.github.metricsfilter.example;

import org.jspecify.annotations.NullMarked;
