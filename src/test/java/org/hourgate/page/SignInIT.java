package org.hourgate.page;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.parallel.ExecutionMode.CONCURRENT;

import com.microsoft.playwright.Locator;
import com.microsoft.playwright.Route;
import java.math.BigInteger;
import java.time.Duration;
import java.util.function.Consumer;
import org.awaitility.Awaitility;
import org.hourgate.app.lab.LabGateway;
import org.hourgate.app.lab.Namespace;
import org.hourgate.app.lab.OpenVpnClient;
import org.hourgate.app.lab.Output;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ResourceLock;

/** A profile without a secret: the app asks for the page, and the wallet signs there. */
@Execution(CONCURRENT)
@ResourceLock("SignInIT")
final class SignInIT {

  /**
   * By the client's clock, whose keys are made when it is let in. By the server's they would be
   * renewed while the customer still looks at the page, and the client would begin anew.
   */
  private static final String RENEGOTIATING = "reneg-sec 10 10\n";

  private static final String HANDSHAKE = "Control Channel: TLSv1";

  @RegisterExtension static final PageWorld world = PageWorld.standard();

  private static final SignIns signIns = new SignIns(world);

  @BeforeAll
  static void openTheShop() {
    signIns.openTheShop();
  }

  @Test
  void aPlainClientPrintsTheAddressAndComesInOnceItsWalletHasSigned() throws Exception {
    comesIn(RENEGOTIATING, SignInIT::renegotiatesThreeTimesAndReconnectsWithoutAPage);
  }

  @Test
  void soDoesOneThatOpensPages() throws Exception {
    comesIn("setenv IV_SSO webauth\npush-peer-info\n", _ -> {});
  }

  private static void comesIn(String more, Consumer<OpenVpnClient> afterwards) throws Exception {
    TestWallet wallet = signIns.customer();
    Namespace home = world.gateway().network().addClient();
    try (Visitor visitor = signIns.visitorFrom(home, wallet)) {
      String profile = signIns.signInProfile(visitor.connect());
      assertThat(profile).contains(wallet.address() + "\nweb\n");

      try (OpenVpnClient client = signIns.start(home, profile + more)) {
        visitor.page().navigate(signIns.page(client, 0));
        Locator facts = visitor.page().locator("#waiting-facts");
        assertThat(facts).containsText("OpenVPN on linux");
        assertThat(facts).containsText(home.address());
        visitor.screenshot("waiting");
        visitor.button("Let it in").click();

        assertThat(visitor.page().locator("#waiting")).containsText("It is in.");
        client.awaitConnected(LabGateway.LONG);
        assertThat(wallet.lastMessage())
            .contains("Let the device at " + home.address() + " use the VPN udp ");

        afterwards.accept(client);
      }
      visitor.assertConsoleEmpty();
    }
  }

  private static void renegotiatesThreeTimesAndReconnectsWithoutAPage(OpenVpnClient client) {
    Awaitility.await().atMost(Duration.ofMinutes(2)).until(() -> handshakes(client) >= 4);
    int mark = client.output().mark();
    client.process().signal("USR1");
    client.awaitConnected(mark, LabGateway.LONG);
    assertThat(client.output().lines()).filteredOn(line -> SignIns.isPage(line.text())).hasSize(1);
  }

  private static long handshakes(OpenVpnClient client) {
    return client.output().lines().stream().filter(line -> line.text().contains(HANDSHAKE)).count();
  }

  @Test
  void turnsAwayWhoIsNotKnownToTheCustomer() throws Exception {
    TestWallet wallet = signIns.customer();
    Namespace home = world.gateway().network().addClient();
    try (Visitor visitor = signIns.visitorFrom(home, wallet);
        OpenVpnClient client = signIns.start(home, signIns.signInProfile(visitor.connect()))) {
      visitor.page().navigate(signIns.page(client, 0));
      // Too many at once: nobody has looked at it yet, so it can be said again.
      visitor.page().route("**/api/connection/*", SignInIT::tooMany);
      visitor.button("It is not mine").click();
      assertThat(visitor.alert()).containsText("Too many requests");
      visitor.page().unroute("**/api/connection/*");
      visitor.button("It is not mine").click();

      client.output().await("[not_approved]", LabGateway.LONG);
      assertThat(visitor.page().locator("#waiting")).containsText("It was turned away.");
      assertThat(visitor.console()).singleElement().asString().contains("429");
    }
  }

  private static void tooMany(Route route) {
    route.fulfill(
        new Route.FulfillOptions()
            .setStatus(429)
            .setContentType("application/problem+json")
            .setBody("{\"code\":\"rate_limited\",\"detail\":\"Too many requests\"}"));
  }

  @Test
  void aLinkThatWasSentToSomebodyElseIsNoUse() throws Exception {
    TestWallet wallet = signIns.customer();
    Namespace attacker = world.gateway().network().addClient();
    Namespace victim = world.gateway().network().addClient();
    String profile;
    try (Visitor visitor = signIns.visitorFrom(victim, wallet)) {
      profile = signIns.signInProfile(visitor.connect());
    }
    try (OpenVpnClient client = signIns.start(attacker, profile);
        Visitor visitor = signIns.visitorFrom(victim, wallet)) {
      String link = signIns.page(client, 0);
      visitor.page().navigate(link);
      assertThat(visitor.page().locator("#waiting"))
          .containsText("waits in another network than yours");
      assertThat(visitor.button("Let it in")).isHidden();
      assertThat(client.output().last("Initialization Sequence Completed")).isEmpty();
      // The refusal itself is on the console, as browsers write it.
      assertThat(visitor.console()).singleElement().asString().contains("403");
    }
  }

  @Test
  void asksForTheWalletThatTheProfileIsOf() throws Exception {
    TestWallet wallet = signIns.customer();
    Namespace home = world.gateway().network().addClient();
    String profile;
    try (Visitor visitor = signIns.visitorFrom(home, wallet)) {
      profile = signIns.signInProfile(visitor.connect());
    }
    try (OpenVpnClient client = signIns.start(home, profile);
        Visitor visitor = signIns.visitorFrom(home, signIns.customer())) {
      visitor.page().navigate(signIns.page(client, 0));
      visitor.button("Let it in").click();

      assertThat(visitor.alert()).containsText("Switch to that account in your wallet");
      visitor.assertConsoleEmpty();
    }
  }

  @Test
  void nothingWaitsOnceItWasAnsweredOrItsAppHasLeft() throws Exception {
    TestWallet wallet = signIns.customer();
    Namespace home = world.gateway().network().addClient();
    try (Visitor first = signIns.visitorFrom(home, wallet);
        Visitor second = signIns.visitorFrom(home, wallet)) {
      String profile = signIns.signInProfile(first.connect());
      try (OpenVpnClient client = signIns.start(home, profile)) {
        String link = signIns.page(client, 0);
        second.page().navigate(link);
        assertThat(second.button("Let it in")).isVisible();
        first.page().navigate(link);
        first.button("Let it in").click();
        assertThat(first.page().locator("#waiting")).containsText("It is in.");

        second.button("Let it in").click();
        assertThat(second.page().locator("#waiting")).containsText("No VPN app waits here");
      }
      String link;
      try (OpenVpnClient client = signIns.start(home, profile)) {
        link = signIns.page(client, 0);
        first.page().navigate(link);
        assertThat(first.button("Let it in")).isVisible();
      }
      signIns.awaitGone(home, link);
      first.button("Let it in").click();
      assertThat(first.page().locator("#waiting")).containsText("No VPN app waits here");
    }
  }

  @Test
  void turnsAwayWhomNobodyLetInInTime() throws Exception {
    Namespace home = world.gateway().network().addClient();
    signIns.restart("--set", "credential.web-sign-in-time=10s");
    try (Visitor visitor = signIns.visitorFrom(home, signIns.customer());
        OpenVpnClient client = signIns.start(home, signIns.signInProfile(visitor.connect()))) {
      String link = signIns.page(client, 0);
      assertThat(client.output().await("AUTH_PENDING", LabGateway.LONG).text()).contains("40s");
      Output.Line refusal = client.output().await("AUTH_FAILED", LabGateway.LONG);

      assertThat(refusal.text())
          .contains("Nobody has allowed this connection on the page.", "[not_approved]");
      assertThat(client.process().awaitExit(LabGateway.LONG)).isZero();
      visitor.page().navigate(link);
      assertThat(visitor.page().locator("#waiting")).containsText("No VPN app waits here");
    } finally {
      signIns.restart();
    }
  }

  @Test
  void saysSoWhenTheTimeIsOverMeanwhile() throws Exception {
    TestWallet wallet = signIns.customer();
    Namespace home = world.gateway().network().addClient();
    try (Visitor visitor = signIns.visitorFrom(home, wallet)) {
      String profile = signIns.signInProfile(visitor.connect());
      world
          .gateway()
          .contract()
          .refund(
              LabGateway.OWNER, wallet.key().address(), wallet.key().address(), BigInteger.ZERO);
      // The transaction is mined; the gate knows of it only with its next look at the chain.
      assertThat(visitor.page().locator("#time-end")).containsText("It ended at");
      try (OpenVpnClient client = signIns.start(home, profile)) {
        visitor.page().navigate(signIns.page(client, 0));
        visitor.button("Let it in").click();

        assertThat(visitor.page().locator("#waiting")).containsText("Your time ended at");
        client.output().await("[no_time]", LabGateway.LONG);
      }
    }
  }
}
