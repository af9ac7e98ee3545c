package org.hourgate.e2e;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.UnaryOperator;
import org.hourgate.app.lab.LabGateway;
import org.hourgate.app.lab.LabProcess;
import org.hourgate.app.lab.OpenVpnClient;
import org.hourgate.app.lab.OpenVpnServer;
import org.hourgate.credential.WalletKey;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.TestWatcher;

/**
 * One {@link LabGateway} with a running gate for all tests of a class. When a test fails, what the
 * gate said is printed. Safe for any thread.
 */
final class Lab implements BeforeAllCallback, AfterAllCallback, TestWatcher {

  static final Duration LONG = LabGateway.LONG;

  /** More than enough for a client to connect on a busy machine. */
  static final Duration TIME_TO_CONNECT = Duration.ofSeconds(15);

  private static final AtomicInteger CUSTOMERS = new AtomicInteger();

  private final UnaryOperator<OpenVpnServer.Builder> serverSettings;
  private final List<LabProcess> gates = new CopyOnWriteArrayList<>();
  private @Nullable LabGateway gateway;

  private Lab(UnaryOperator<OpenVpnServer.Builder> serverSettings) {
    this.serverSettings = serverSettings;
  }

  /** The server as it is shipped. */
  static Lab standard() {
    return with(server -> server);
  }

  static Lab with(UnaryOperator<OpenVpnServer.Builder> serverSettings) {
    return new Lab(serverSettings);
  }

  @Override
  public void beforeAll(ExtensionContext context) throws Exception {
    gateway = LabGateway.create(serverSettings);
    startGate();
  }

  @Override
  public void afterAll(ExtensionContext context) {
    if (gateway != null) {
      gateway.close();
    }
  }

  @Override
  public void testFailed(ExtensionContext context, @Nullable Throwable cause) {
    for (LabProcess gate : gates) {
      System.err.println("--- the gate, process " + gate.pid() + ":");
      gate.output().lines().forEach(line -> System.err.println(line.readAt() + " " + line.text()));
    }
    System.err.println("--- the server:");
    gateway().server().output().lines().forEach(line -> System.err.println(line.text()));
  }

  LabGateway gateway() {
    if (gateway == null) {
      throw new IllegalStateException("not started yet");
    }
    return gateway;
  }

  OpenVpnServer server() {
    return gateway().server();
  }

  LabProcess startGate() {
    LabProcess gate = gateway().startGate();
    gates.add(gate);
    return gate;
  }

  /** A wallet that nobody else in the tests has; it owns nothing, and its time is granted. */
  static WalletKey newWallet() {
    return WalletKey.parse("%064x".formatted(0x1000 + CUSTOMERS.incrementAndGet()));
  }

  /** Gives the wallet so much more time, and returns the end of it. */
  Instant grant(WalletKey wallet, Duration time) {
    gateway().contract().grant(LabGateway.OWNER, wallet.address(), time);
    return gateway().contract().entitlementOf(wallet.address()).paidUntil();
  }

  /** Sees to it that no less than so much time is left, however slow everything was till now. */
  Instant atLeast(WalletKey wallet, Duration time) {
    Instant end = gateway().contract().entitlementOf(wallet.address()).paidUntil();
    while (end.isBefore(Instant.now().plus(time))) {
      end = grant(wallet, time);
    }
    return end;
  }

  /** Connects with a fresh password and waits for packets. */
  Visit connect(WalletKey wallet, String kind) throws Exception {
    return connect(gateway().client(wallet, kind));
  }

  Visit connect(OpenVpnClient.Builder client) {
    return Visit.begin(server(), client);
  }
}
