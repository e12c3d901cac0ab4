package io.github.metricsfilter.containers;

import java.lang.annotation.ElementType;
import java.lang.annotation.Repeatable;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * Names cases that do not hold in the container whose test this annotates. If the container does
 * something else instead, a case of its own in that test says what.
 */
@Retention(RetentionPolicy.RUNTIME)
@Target(ElementType.TYPE)
@Repeatable(Differs.All.class)
public @interface Differs {

  /** The chapter that has the case. */
  Class<? extends Chapter> in();

  /** The cases, by the names of their methods. */
  String[] from();

  /** The arguments for which it does not hold, as the report shows them; empty for all. */
  String[] with() default {};

  /** The setups in which it does not hold. */
  ContainerTest.Setup[] setups() default {
    ContainerTest.Setup.REQUEST_ONLY,
    ContainerTest.Setup.ALL_DISPATCHERS,
    ContainerTest.Setup.VIRTUAL_THREADS,
    ContainerTest.Setup.PORTABLE
  };

  /** Why it does not hold. */
  String because();

  /** Several of them. */
  @Retention(RetentionPolicy.RUNTIME)
  @Target(ElementType.TYPE)
  @interface All {
    Differs[] value();
  }
}
