package io.github.metricsfilter.containers;

/** What only Jetty 12.1's ee8 and ee9 do otherwise. */
@Differs(
    in = WhenTheChainReturns.class,
    from = "upgraded",
    because = NestedJettyTest.UPGRADES_NONE)
@Differs(in = Durations.class, from = "untilTheUpgrade", because = NestedJettyTest.UPGRADES_NONE)
@Differs(
    in = WhenAnErrorPageRuns.class,
    from = "thatThrows",
    with = "THROWS, IN_A_DISPATCH",
    setups = ContainerTest.Setup.PORTABLE,
    because = "ee8 and ee9 tell no AsyncListener of a cycle whose error page has failed")
class NestedJettyTest extends JettyBeforeEe10Test {

  static final String UPGRADES_NONE =
      "ee8 and ee9 don't support HttpServletRequest.upgrade, with the filter or without it";
}
