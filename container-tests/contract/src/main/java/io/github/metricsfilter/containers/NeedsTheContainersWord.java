package io.github.metricsfilter.containers;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * A case, or a chapter, of what only the container can tell. The portable way is excused from it.
 */
@Retention(RetentionPolicy.RUNTIME)
@Target({ElementType.METHOD, ElementType.TYPE})
@interface NeedsTheContainersWord {

  /** Why nothing else can tell. */
  String value();
}
