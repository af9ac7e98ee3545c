package org.hourgate.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.hourgate.app.lab.LabGateway;
import org.hourgate.app.lab.LabProcess;
import org.hourgate.app.lab.OpenVpnClient;
import org.hourgate.app.lab.OpenVpnServer;
import org.hourgate.credential.WalletKey;
import org.hourgate.testing.FaultyRpc;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/**
 * What is our fault or nobody's passes: the gate starts, says what it waits for, and goes on by
 * itself; new customers are told to come back and do; whoever is online stays.
 */
final class TemporaryIT {

  @RegisterExtension static final Lab lab = Lab.standard();

  private static final WalletKey KNOWN = Lab.newWallet();
  private static Visit witness;

  @BeforeAll
  static void somebodyIsOnline() throws Exception {
    WalletKey wallet = Lab.newWallet();
    lab.grant(wallet, Duration.ofHours(1));
    lab.grant(KNOWN, Duration.ofHours(1));
    witness = lab.connect(wallet, "login");
  }

  @AfterAll
  static void heLeaves() {
    witness.close();
  }

  @AfterEach
  void nobodyWasThrownOut() {
    witness.assertOnline();
    witness.assertNeverReconnected();
  }

  @Test
  void waitsForAChainThatDoesNotAnswer() throws Exception {
    LabGateway gateway = lab.gateway();
    restart();
    lab.connect(KNOWN, "login").close();
    WalletKey newcomer = customer();
    gateway.anvil().freeze();
    try {
      await()
          .atMost(Lab.LONG)
          .until(() -> Readiness.of(gateway).complaint("chain").startsWith("chain_unavailable: "));
      assertThat(Readiness.of(gateway).status()).isEqualTo(503);
      try (OpenVpnClient client = gateway.client(newcomer, "login").start()) {
        assertToldToComeBack(client, "chain_unavailable");
        // Who was seen to have time is let in.
        lab.connect(KNOWN, "login").close();

        gateway.anvil().thaw();

        client.awaitConnected(Lab.LONG);
      }
    } finally {
      gateway.anvil().thaw();
    }
    await().atMost(Lab.LONG).until(() -> Readiness.of(gateway).status() == 200);
  }

  @Test
  void waitsForANodeThatIsNotThere() throws Exception {
    OpenVpnClient.Builder login = signedBefore(customer());
    try (FaultyRpc node = FaultyRpc.before(lab.gateway().anvil().rpc())) {
      node.refuse();
      try (LabProcess gate = start("chain.rpc=" + node.uri())) {
        assertNotReady(gate, "chain", "cannot reach " + node.uri());
        try (OpenVpnClient client = login.start()) {
          assertToldToComeBack(client, "chain_unavailable");

          node.accept();

          client.awaitConnected(Lab.LONG);
          assertReady(gate);
        }
      }
    }
  }

  @Test
  void saysThatTheChainIsAnother() throws Exception {
    OpenVpnClient.Builder login = signedBefore(customer());
    try (FaultyRpc node = FaultyRpc.before(lab.gateway().anvil().rpc())) {
      node.behave("eth_chainId", question -> question.result("\"0x1\""));
      try (LabProcess gate = start("chain.rpc=" + node.uri())) {
        assertNotReady(gate, "chain", "wrong chain id: configured 31337, node says 1");
        assertTurnsAway(login);
      }
    }
  }

  @Test
  void saysThatThereIsNoContract() throws Exception {
    OpenVpnClient.Builder login = signedBefore(customer());
    try (FaultyRpc node = FaultyRpc.before(lab.gateway().anvil().rpc())) {
      node.behave("eth_getCode", question -> question.result("\"0x\""));
      try (LabProcess gate = start("chain.rpc=" + node.uri())) {
        String contract = lab.gateway().contract().address().lowerCase();
        assertNotReady(gate, "chain", "no code at " + contract);
        assertTurnsAway(login);
      }
    }
  }

  @Test
  void waitsForOpenVpnAndForItsPassword() throws Exception {
    Path folder = lab.gateway().network().directory();
    Path socket = folder.resolve("late.sock");
    String management = "openvpn[0].management=unix:" + socket;
    Path password = Files.writeString(folder.resolve("our.pw"), "open barley\n");
    WalletKey newcomer = customer();

    OpenVpnServer server;
    try (LabProcess gate = start(management)) {
      assertNotReady(gate, "openvpn-udp", "there is no such socket");
      server = lab.another("late").managementPassword("open sesame").start();
      assertNotReady(gate, "openvpn-udp", "asks for a management password and none is configured");
    }
    try (server;
        LabProcess gate = start(management, "openvpn[0].management-password=file:" + password)) {
      assertNotReady(gate, "openvpn-udp", "refused the management password");

      Files.writeString(password, "open sesame\n");

      assertReady(gate);
      try (OpenVpnClient client =
          OpenVpnClient.of(server, lab.gateway().network().addClient())
              .login(newcomer.address().checksummed(), lab.gateway().password(newcomer, "login"))
              .start()) {
        client.awaitConnected(Lab.LONG);
      }
    }
  }

  @Test
  void waitsForAnotherControllerToLeave() throws Exception {
    lab.gateway().stopGate();
    SocketChannel other = SocketChannel.open(StandardProtocolFamily.UNIX);
    try {
      other.connect(UnixDomainSocketAddress.of(lab.server().managementSocket()));
      try (LabProcess gate = start()) {
        assertNotReady(gate, "openvpn-udp", "another program holds the management interface");
        // Our own earlier attempts stand in OpenVPN's queue by now.
        assertNotReady(gate, "openvpn-udp", "and others wait");

        other.close();

        assertReady(gate);
        lab.connect(KNOWN, "login").close();
      }
    } finally {
      other.close();
    }
  }

  private static WalletKey customer() {
    WalletKey wallet = Lab.newWallet();
    lab.grant(wallet, Duration.ofHours(1));
    return wallet;
  }

  /** A client whose login an earlier gate has given. */
  private static OpenVpnClient.Builder signedBefore(WalletKey wallet) throws Exception {
    lab.ensureGate();
    return lab.gateway().client(wallet, "login");
  }

  private static void restart() {
    lab.gateway().stopGate();
    lab.startGate();
  }

  /** Starts a gate that need not become ready. */
  private static LabProcess start(String... settings) {
    lab.gateway().stopGate();
    List<String> arguments = new ArrayList<>();
    for (String setting : settings) {
      arguments.addAll(List.of("--set", setting));
    }
    return lab.gateway().hourgate("serve", arguments.toArray(String[]::new));
  }

  /** Says so in the log and to whoever asks. */
  private static void assertNotReady(LabProcess gate, String check, String reason)
      throws Exception {
    gate.output().await(reason, Lab.LONG);
    await()
        .atMost(Lab.LONG)
        .untilAsserted(
            () -> {
              Readiness readiness = Readiness.of(lab.gateway());
              assertThat(readiness.complaint(check)).contains(reason);
              assertThat(readiness.status()).isEqualTo(503);
            });
    assertThat(gate.output().lines()).noneMatch(line -> line.text().equals("ready"));
  }

  private static void assertReady(LabProcess gate) {
    gate.output().await(0, "the line ready", "ready"::equals, Lab.LONG);
    await().atMost(Lab.LONG).until(() -> Readiness.of(lab.gateway()).status() == 200);
  }

  /** Both whoever has a password and whoever wants one. */
  private static void assertTurnsAway(OpenVpnClient.Builder login) {
    try (OpenVpnClient client = login.start()) {
      assertToldToComeBack(client, "chain_unavailable");
    }
    assertThatThrownBy(() -> lab.gateway().password(KNOWN, "login"))
        .hasMessageContaining("\"code\":\"chain_unavailable\"");
  }

  private static void assertToldToComeBack(OpenVpnClient client, String code) {
    assertThat(client.output().await("AUTH_FAILED", Lab.LONG).text())
        .contains("AUTH_FAILED,TEMP[backoff ")
        .contains("[" + code + "]");
    // By itself, more than once, with the login it has.
    int mark = client.output().mark();
    client.output().await(mark, "AUTH_FAILED,TEMP", Lab.LONG);
  }
}
