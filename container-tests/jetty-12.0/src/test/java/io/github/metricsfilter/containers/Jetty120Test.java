package io.github.metricsfilter.containers;

/** What Jetty 12.0's ee10 does otherwise than 12.1's, with the filter and without it. */
@Differs(in = WhenTheChainReturns.class, from = "upgraded", because = Jetty120Test.UPGRADES_NONE)
@Differs(in = Durations.class, from = "untilTheUpgrade", because = Jetty120Test.UPGRADES_NONE)
@Differs(
    in = FirstBytes.class,
    from = "afterAnInterimResponse",
    because = "after 100 Continue, Jetty 12.0 keeps a connection that the client asked to close")
class Jetty120Test extends JettyTest {

  static final String UPGRADES_NONE =
      "Jetty 12.0's ee10 knows no HttpUpgradeHandler, and answers 500";
}
