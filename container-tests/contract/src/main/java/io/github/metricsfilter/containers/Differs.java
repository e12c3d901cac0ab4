package io.github.metricsfilter.containers;

import java.lang.annotation.ElementType;
import java.lang.annotation.Repeatable;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import java.util.ArrayList;
import java.util.List;

/**
 * Names cases that do not hold in the container whose test this annotates, or one that extends it.
 * If the container does something else instead, a case of its own in that test says what.
 */
@Retention(RetentionPolicy.RUNTIME)
@Target(ElementType.TYPE)
@Repeatable(Differs.All.class)
public @interface Differs {

  /** The chapter that has the case. */
  Class<? extends Chapter> in();

  /** The cases, by the names of their methods. */
  String[] from();

  /**
   * A regular expression that finds the arguments for which it does not hold as JUnit shows them.
   */
  String with() default "";

  /** The setups in which it does not hold. */
  ContainerTest.Setup[] setups() default {
    ContainerTest.Setup.REQUEST_ONLY,
    ContainerTest.Setup.ALL_DISPATCHERS,
    ContainerTest.Setup.VIRTUAL_THREADS,
    ContainerTest.Setup.PORTABLE
  };

  /**
   * Whether the case holds but for the answer, which is a matter of luck with the filter and
   * without it; then the case runs, and the answers of the two containers are not compared.
   */
  boolean inTheAnswerByLuck() default false;

  /** Why it does not hold. */
  String because();

  /** Those of a container's test. */
  final class Of {

    private Of() {}

    /** All differences of a test, and of the one that it extends for another version. */
    static List<Differs> test(Class<?> test) {
      List<Differs> all = new ArrayList<>();
      for (Class<?> c = test; c != ContainerContract.class; c = c.getSuperclass()) {
        all.addAll(List.of(c.getAnnotationsByType(Differs.class)));
      }
      return all;
    }
  }

  /** Several of them. */
  @Retention(RetentionPolicy.RUNTIME)
  @Target(ElementType.TYPE)
  @interface All {
    Differs[] value();
  }
}
