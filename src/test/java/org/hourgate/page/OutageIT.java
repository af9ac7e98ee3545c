package org.hourgate.page;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.parallel.ExecutionMode.CONCURRENT;

import com.microsoft.playwright.Locator;
import java.nio.file.Files;
import java.time.Duration;
import org.hourgate.app.lab.LabGateway;
import org.hourgate.app.lab.LabNetwork;
import org.hourgate.app.lab.OpenVpnServer;
import org.hourgate.app.lab.Pki;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ResourceLock;

/**
 * While something is down nobody can pay, everybody reads why, and the page comes back by itself.
 */
@Execution(CONCURRENT)
@ResourceLock("OutageIT")
final class OutageIT {

  @RegisterExtension static final PageWorld world = PageWorld.standard();

  @BeforeAll
  static void offers() {
    world.sell(Duration.ofHours(1));
  }

  @Test
  void whenTheChainIsOutOfReachWhatWasPaidIsStillKnown() {
    try (Visitor visitor = customer()) {
      world.anvil().freeze();
      try {
        assertDown(visitor, "The gateway can not read the blockchain.");
        assertThat(visitor.page().locator("#time-left")).isVisible();
        visitor.page().waitForDownload(() -> visitor.button("Download profile").first().click());
      } finally {
        world.anvil().thaw();
      }
      assertUp(visitor);
      // The browser itself notes that the payments could not be read.
      assertThat(visitor.console()).allMatch(line -> line.contains("503"));
    }
  }

  @Test
  void whenOpenVpnIsGoneTheTimeThatIsLostIsShown() {
    try (Visitor visitor = customer()) {
      world.gateway().server().kill();
      try {
        assertDown(visitor, "The VPN server does not answer.");
        assertThat(visitor.page().locator("#time-hint")).containsText("Down since");
      } finally {
        world.gateway().server().start();
      }
      assertUp(visitor);
      assertThat(visitor.page().locator("#time-hint")).not().containsText("Down since");
      visitor.assertConsoleEmpty();
    }
  }

  @Test
  void whenTheGateItselfIsGoneThePageSaysHowOldItsKnowledgeIs() {
    try (Visitor visitor = customer()) {
      world.gateway().killGate();
      assertThat(visitor.page().locator("#status-text")).containsText("as of");
      assertThat(visitor.page().locator("#time-left")).isVisible();
      assertThat(visitor.offer("1 hour").locator("button")).isDisabled();
      world.gateway().startGate();
      assertUp(visitor);
    }
  }

  @Test
  void whileOneOfTwoServersServesPeoplePayAndReadWhichOneIsDown() throws Exception {
    LabNetwork network = world.gateway().network();
    Pki pki =
        Pki.create(
            Files.createDirectory(network.directory().resolve("tcp")), "tcp", Duration.ofDays(1));
    world.gateway().stopGate();
    try (OpenVpnServer tcp =
        OpenVpnServer.on(network, pki).instance("tcp", 1195, "10.89.0.0").tcp().start()) {
      world
          .gateway()
          .startGate(
              "--set",
              "openvpn[1].name=tcp",
              "--set",
              "openvpn[1].management=unix:" + tcp.managementSocket());
      try (Visitor visitor = customer()) {
        Locator status = visitor.page().locator("#status-text");
        Locator servers = visitor.page().locator("#server");
        assertThat(status).hasText("Up: you can connect now.");
        assertThat(servers.locator("option")).hasText(new String[] {"udp", "tcp"});

        world.gateway().server().kill();
        assertThat(status).hasText("Up: you can connect now, but the server udp is down.");
        assertThat(visitor.offer("1 hour").locator("button")).isEnabled();
        assertThat(servers.locator("option")).hasText(new String[] {"udp (down)", "tcp"});
        assertThat(servers).hasValue("tcp");

        tcp.kill();
        assertDown(visitor, "The VPN server does not answer.");

        world.gateway().server().start();
        assertThat(status).hasText("Up: you can connect now, but the server tcp is down.");
        assertThat(visitor.offer("1 hour").locator("button")).isEnabled();
        visitor.assertConsoleEmpty();
      }
    } finally {
      world.gateway().stopGate();
      world.gateway().startGate();
    }
  }

  private static Visitor customer() {
    TestWallet wallet = world.newcomer();
    world.gateway().contract().grant(LabGateway.OWNER, wallet.key().address(), Duration.ofHours(1));
    Visitor visitor = Visitor.open(world, wallet).connect();
    assertThat(visitor.page().locator("#time-left")).isVisible();
    return visitor;
  }

  private static void assertDown(Visitor visitor, String reason) {
    Locator status = visitor.page().locator("#status-text");
    assertThat(status).containsText(reason);
    assertThat(status).containsText("Buying is off until it is back.");
    assertThat(visitor.page().locator("#offers-note")).containsText(reason);
    assertThat(visitor.offer("1 hour").locator("button")).isDisabled();
  }

  private static void assertUp(Visitor visitor) {
    assertThat(visitor.page().locator("#status-text")).hasText("Up: you can connect now.");
    assertThat(visitor.offer("1 hour").locator("button")).isEnabled();
  }
}
