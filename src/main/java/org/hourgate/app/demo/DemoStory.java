package org.hourgate.app.demo;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.hourgate.app.lab.Anvil;
import org.hourgate.app.lab.Arrivals;
import org.hourgate.app.lab.LabGateway;
import org.hourgate.app.lab.OpenVpnClient;
import org.hourgate.app.lab.Output;
import org.hourgate.app.lab.PingStream;
import org.hourgate.credential.WalletKey;

/**
 * The story in the order it is told. Whoever tells it plays it for real: every figure is measured,
 * and a step that fails ends the story with an exception.
 */
final class DemoStory {

  private static final WalletKey STRANGER = Anvil.key(3);
  private static final WalletKey ALICE = Anvil.key(1);
  private static final WalletKey BOB = Anvil.key(2);
  private static final Duration SHORT_PRODUCT = Duration.ofSeconds(20);
  private static final Duration LONG_PRODUCT = Duration.ofMinutes(10);
  private static final Duration PATIENCE = Duration.ofSeconds(60);
  private static final Duration PING_INTERVAL = Duration.ofMillis(20);
  private static final Duration PROGRESS = Duration.ofSeconds(3);

  private final LabGateway gateway;
  private final Narrator narrator;

  DemoStory(LabGateway gateway, Narrator narrator) {
    this.gateway = gateway;
    this.narrator = narrator;
  }

  void tell() throws Exception {
    strangerIsRefused();
    try (OpenVpnClient bob = bobConnects();
        PingStream bobsPings = ping(bob);
        OpenVpnClient alice = aliceConnects();
        PingStream alicesPings = ping(alice)) {
      alicesPings.replies().awaitAfter(Instant.EPOCH, PATIENCE);
      bobsPings.replies().awaitAfter(Instant.EPOCH, PATIENCE);
      narrator.say("both ping through the tunnel every 20 ms");
      Instant firstEnd = gateway.contract().entitlementOf(ALICE.address()).paidUntil();
      Instant end = aliceExtends(firstEnd);
      gateIsKilled(alicesPings, bobsPings);
      waitUntil(firstEnd.plusSeconds(1), end, alicesPings, bobsPings);
      narrator.say(
          "the first 20 s are over: Alice is still on the net, longest silence %d ms",
          longestSilence(alicesPings).toMillis());
      require(alicesPings.lost() == 0, "pings of Alice were lost");
      timeEnds(end, alice, alicesPings, bobsPings);
    }
  }

  private void strangerIsRefused() throws Exception {
    narrator.chapter("A wallet that has paid nothing is refused, and reads why");
    try (OpenVpnClient client = gateway.client(STRANGER, "login").start()) {
      Output.Line line = client.output().await("AUTH_FAILED", PATIENCE);
      narrator.say("client: %s", line.text().replaceFirst("^[-0-9]+ [:0-9]+ ", ""));
    }
  }

  private OpenVpnClient bobConnects() throws Exception {
    narrator.chapter("Bob buys ten minutes and connects; he stays through all that follows");
    gateway.buy(BOB, LONG_PRODUCT);
    return connect("Bob", BOB);
  }

  private OpenVpnClient aliceConnects() throws Exception {
    narrator.chapter("Alice buys 20 seconds and connects");
    Instant end = gateway.buy(ALICE, SHORT_PRODUCT);
    narrator.say("paid until %s", end);
    return connect("Alice", ALICE);
  }

  private OpenVpnClient connect(String name, WalletKey wallet) throws Exception {
    Instant before = narrator.now();
    OpenVpnClient client = gateway.client(wallet, "login").start();
    client.awaitConnected(PATIENCE);
    narrator.say(
        "%s is connected %s after the client was started",
        name, Narrator.seconds(Duration.between(before, narrator.now())));
    return client;
  }

  private PingStream ping(OpenVpnClient client) {
    return PingStream.start(client.namespace(), gateway.server().gateway(), PING_INTERVAL);
  }

  private Instant aliceExtends(Instant firstEnd) {
    narrator.chapter("Alice buys 20 seconds more while she is connected");
    Instant end = gateway.buy(ALICE, SHORT_PRODUCT);
    narrator.say("her end moves from %s to %s, without a reconnect", firstEnd, end);
    return end;
  }

  private void gateIsKilled(PingStream alicesPings, PingStream bobsPings) {
    narrator.chapter("The gate is killed with -9 and started again; nobody notices");
    gateway.killGate();
    narrator.say("killed; both still ping, OpenVPN goes on by itself");
    Instant before = narrator.now();
    gateway.startGate();
    narrator.say(
        "ready again after %s (a new virtual machine included)",
        Narrator.seconds(Duration.between(before, narrator.now())));
    alicesPings.replies().awaitAfter(narrator.now(), PATIENCE);
    bobsPings.replies().awaitAfter(narrator.now(), PATIENCE);
    narrator.say(
        "longest silence so far: Alice %d ms, Bob %d ms",
        longestSilence(alicesPings).toMillis(), longestSilence(bobsPings).toMillis());
  }

  private void waitUntil(Instant moment, Instant end, PingStream alicesPings, PingStream bobsPings)
      throws InterruptedException {
    while (narrator.now().isBefore(moment)) {
      Duration rest = Duration.between(narrator.now(), moment);
      Thread.sleep(rest.compareTo(PROGRESS) < 0 ? rest : PROGRESS);
      narrator.say(
          "Alice has %d s left; pings answered: Alice %d, Bob %d",
          Math.max(0, Duration.between(narrator.now(), end).toSeconds()),
          alicesPings.replies().count(),
          bobsPings.replies().count());
    }
  }

  private void timeEnds(
      Instant end, OpenVpnClient alice, PingStream alicesPings, PingStream bobsPings)
      throws InterruptedException {
    narrator.chapter("Her time ends: the second counts");
    waitUntil(end.minusSeconds(1), end, alicesPings, bobsPings);
    alice.process().awaitExit(PATIENCE);
    Output.Line farewell = alice.output().await("Halt command was pushed", PATIENCE);
    narrator.say("client: %s", farewell.text().replaceFirst("^[-0-9]+ [:0-9]+ ", ""));
    Instant last = alicesPings.replies().last().orElseThrow();
    narrator.say(
        "last ping answered %s relative to the paid second; the client knew %s after it",
        Narrator.milliseconds(Duration.between(end, last)),
        Narrator.milliseconds(Duration.between(end, farewell.readAt())));
    require(last.isBefore(end.plusSeconds(1)), "packets passed after the paid time");
    bobsPings.replies().awaitAfter(narrator.now(), PATIENCE);
    require(bobsPings.lost() == 0, "pings of Bob were lost");
    narrator.say(
        "Bob: %d pings answered, none lost, longest silence %d ms",
        bobsPings.replies().count(), longestSilence(bobsPings).toMillis());
  }

  private static Duration longestSilence(PingStream pings) {
    return pings.replies().gaps(Duration.ZERO).stream()
        .map(Arrivals.Gap::length)
        .max(Duration::compareTo)
        .orElse(Duration.ZERO);
  }

  private static void require(boolean condition, String complaint) {
    if (!condition) {
      throw new IllegalStateException("the story went wrong: " + complaint);
    }
  }

  static List<WalletKey> customers() {
    return List.of(ALICE, BOB);
  }
}
