package org.hourgate.page;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.parallel.ExecutionMode.CONCURRENT;

import org.hourgate.app.lab.LabGateway;
import org.hourgate.app.lab.Namespace;
import org.hourgate.app.lab.OpenVpnClient;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ResourceLock;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A profile without a secret, where OpenVPN asks by scripts. */
@Execution(CONCURRENT)
@ResourceLock("ScriptSignInIT")
final class ScriptSignInIT {

  @RegisterExtension static final PageWorld world = PageWorld.with(server -> server.scripts(), "");

  private static final SignIns signIns = new SignIns(world);

  @BeforeAll
  static void openTheShop() {
    signIns.openTheShop();
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "setenv IV_SSO webauth\npush-peer-info\n"})
  void comesInOnceItsWalletHasSignedAndReconnectsWithoutAPage(String more) throws Exception {
    TestWallet wallet = signIns.customer();
    Namespace home = world.gateway().network().addClient();
    try (Visitor visitor = signIns.visitorFrom(home, wallet);
        OpenVpnClient client =
            signIns.start(home, signIns.signInProfile(visitor.connect()) + more)) {
      visitor.page().navigate(signIns.page(client, 0));
      assertThat(visitor.page().locator("#waiting-facts")).containsText("OpenVPN on linux");
      visitor.button("Let it in").click();

      assertThat(visitor.page().locator("#waiting")).containsText("It is in.");
      client.awaitConnected(LabGateway.LONG);

      int mark = client.output().mark();
      client.process().signal("USR1");
      client.awaitConnected(mark, LabGateway.LONG);
      assertThat(client.output().lines())
          .filteredOn(line -> SignIns.isPage(line.text()))
          .hasSize(1);
      visitor.assertConsoleEmpty();
    }
  }

  @Test
  void turnsAwayWhoIsNotKnownToTheCustomer() throws Exception {
    Namespace home = world.gateway().network().addClient();
    try (Visitor visitor = signIns.visitorFrom(home, signIns.customer());
        OpenVpnClient client = signIns.start(home, signIns.signInProfile(visitor.connect()))) {
      visitor.page().navigate(signIns.page(client, 0));
      visitor.button("It is not mine").click();

      client.output().await("[not_approved]", LabGateway.LONG);
      visitor.assertConsoleEmpty();
    }
  }

  @Test
  void manyFromOneAddressAreToldApart() throws Exception {
    Namespace home = world.gateway().network().addClient();
    TestWallet one = signIns.customer();
    TestWallet other = signIns.customer();
    try (Visitor first = signIns.visitorFrom(home, one);
        Visitor second = signIns.visitorFrom(home, other);
        OpenVpnClient oneClient = signIns.start(home, signIns.signInProfile(first.connect()));
        OpenVpnClient otherClient = signIns.start(home, signIns.signInProfile(second.connect()))) {
      String links = signIns.page(oneClient, 0);
      assertThat(signIns.page(otherClient, 0)).isNotEqualTo(links);
      first.page().navigate(links);
      assertThat(first.page().locator("#waiting-facts"))
          .containsText(one.address().substring(0, 6));
      first.button("Let it in").click();
      assertThat(first.page().locator("#waiting")).containsText("It is in.");
      oneClient.awaitConnected(LabGateway.LONG);
      assertThat(otherClient.output().last("Initialization Sequence Completed")).isEmpty();
    }
  }
}
