package io.github.metricsfilter.containers;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.reflect.Method;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

/**
 * What the filter promises, by chapters; each says which sentence of docs/containers.md it
 * {@linkplain Proves proves}. What a container does otherwise is said by {@link Differs} at its
 * test.
 */
public abstract class ContainerContract extends ContainerTest {

  /** From the directory of a container's module. */
  private static final Path DOCUMENT = Path.of("..", "..", "docs", "containers.md");

  @Test
  void documentSaysWhatTheChaptersProve() throws Exception {
    String document = Files.readString(DOCUMENT).replaceAll("\\s+", " ");
    for (Class<?> chapter : ContainerContract.class.getDeclaredClasses()) {
      Proves proves = chapter.getSuperclass().getAnnotation(Proves.class);
      assertThat(proves).as(chapter.getName()).isNotNull();
      assertThat(document).contains(proves.value());
    }
  }

  @Test
  void differencesAreOfCases() {
    for (Differs difference : Differs.Of.test(getClass())) {
      assertThat(difference.in().getDeclaredMethods())
          .extracting(Method::getName)
          .contains(difference.from());
    }
  }

  /** See {@link WhenTheChainReturns}. */
  @Nested
  @DisplayName("When the chain returns")
  class ChainReturnsChapter extends WhenTheChainReturns {
    ChainReturnsChapter() {
      super(ContainerContract.this);
    }
  }

  /** See {@link WhenItThrows}. */
  @Nested
  @DisplayName("When it throws")
  class ThrowsChapter extends WhenItThrows {
    ThrowsChapter() {
      super(ContainerContract.this);
    }
  }

  /** See {@link WhenAnErrorPageRuns}. */
  @Nested
  @DisplayName("When an error page runs")
  class ErrorPageRunsChapter extends WhenAnErrorPageRuns {
    ErrorPageRunsChapter() {
      super(ContainerContract.this);
    }
  }

  /** See {@link WhenItGoesAsynchronous}. */
  @Nested
  @DisplayName("When it goes asynchronous")
  class GoesAsynchronousChapter extends WhenItGoesAsynchronous {
    GoesAsynchronousChapter() {
      super(ContainerContract.this);
    }
  }

  /** See {@link WhenTheClientGoesAway}. */
  @Nested
  @DisplayName("When the client goes away")
  class ClientGoesAwayChapter extends WhenTheClientGoesAway {
    ClientGoesAwayChapter() {
      super(ContainerContract.this);
    }
  }

  /** See {@link WhenTheContainerStops}. */
  @Nested
  @DisplayName("When the container stops")
  class ContainerStopsChapter extends WhenTheContainerStops {
    ContainerStopsChapter() {
      super(ContainerContract.this);
    }
  }

  /** See {@link TheApplicationSeesTheContainersObjects}. */
  @Nested
  @DisplayName("The application sees the container's objects")
  class TheContainersObjectsChapter extends TheApplicationSeesTheContainersObjects {
    TheContainersObjectsChapter() {
      super(ContainerContract.this);
    }
  }

  /** See {@link WhateverStandsAroundIt}. */
  @Nested
  @DisplayName("Whatever stands around it")
  class AroundChapter extends WhateverStandsAroundIt {
    AroundChapter() {
      super(ContainerContract.this);
    }
  }

  /** See {@link Durations}. */
  @Nested
  @DisplayName("Durations")
  class DurationsChapter extends Durations {
    DurationsChapter() {
      super(ContainerContract.this);
    }
  }

  /** See {@link FirstBytes}. */
  @Nested
  @DisplayName("First bytes")
  class FirstBytesChapter extends FirstBytes {
    FirstBytesChapter() {
      super(ContainerContract.this);
    }
  }

  /** See {@link Sizes}. */
  @Nested
  @DisplayName("Sizes")
  class SizesChapter extends Sizes {
    SizesChapter() {
      super(ContainerContract.this);
    }
  }

  /** See {@link UnderLoad}. */
  @Nested
  @DisplayName("Under load")
  class UnderLoadChapter extends UnderLoad {
    UnderLoadChapter() {
      super(ContainerContract.this);
    }
  }
}
