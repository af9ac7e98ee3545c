package org.hourgate.app.lab;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import org.hourgate.app.install.Pki;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * What {@code docs/decisions/0001-the-cut.md} rests on, tried on the installed OpenVPN. A session
 * that was not cut right keeps traffic for another 2.5 to 5 s, so that a second of tolerance leaves
 * no doubt.
 */
final class CutIT {

  private static final Duration LONG = Duration.ofSeconds(60);
  private static final Duration TOLERANCE = Duration.ofSeconds(1);
  private static final Duration INTERVAL = Duration.ofMillis(10);

  private LabNetwork network;
  private OpenVpnServer server;
  private AcceptAll peer;

  @BeforeEach
  void startServer() throws IOException {
    network = LabNetwork.create();
    server =
        OpenVpnServer.on(
                network, Pki.create(network.directory(), "hourgate-lab", Duration.ofDays(1)))
            .renegotiateEvery(Duration.ofSeconds(12))
            .handWindow(Duration.ofSeconds(10))
            .start();
    peer = new AcceptAll(server.managementSocket());
  }

  @AfterEach
  void stopServer() throws IOException {
    peer.close();
    network.close();
  }

  @Test
  void takesTheNetFromAStubbornClientInBothDirectionsAtOnce() throws Exception {
    OpenVpnClient client = stubborn();
    try (PacketStream packets = PacketStream.start(server, client, INTERVAL)) {
      flow(packets);

      Cut cut = cut(1);

      assertSilentSince(cut, packets);
      assertThat(client.process().isAlive()).isTrue();
    }
  }

  @Test
  void takesTheFormerKeyAsWellAfterARenegotiation() throws Exception {
    OpenVpnClient client = stubborn();
    try (PacketStream packets = PacketStream.start(server, client, INTERVAL)) {
      peer.output().await(">CLIENT:REAUTH,0,3", LONG);
      flow(packets);

      Cut cut = cut(3, 1);

      assertSilentSince(cut, packets);
    }
  }

  @Test
  void leavesTheFormerKeyToTheClientWhenOnlyTheNewestIsDenied() throws Exception {
    OpenVpnClient client = stubborn();
    try (PacketStream packets = PacketStream.start(server, client, INTERVAL)) {
      peer.output().await(">CLIENT:REAUTH,0,3", LONG);
      flow(packets);

      Cut cut = cut(3);

      packets.down().awaitAfter(cut.sent().plus(TOLERANCE), LONG);
    }
  }

  @Test
  void doesNoHarmWithKeysThatDoNotExist() throws Exception {
    OpenVpnClient client = stubborn();
    try (PacketStream packets = PacketStream.start(server, client, INTERVAL)) {
      flow(packets);

      Cut cut = cut(6, 5, 4, 3, 2, 1);

      assertSilentSince(cut, packets);
    }
  }

  @Test
  void showsTheReasonAndEndsAnHonestClientWithoutASecondLogin() throws Exception {
    peer.pushToken("a-reconnect-token");
    OpenVpnClient client =
        OpenVpnClient.of(server, network.addClient()).login("alice", "signature").start();
    client.awaitConnected(LONG);

    cut(1);

    assertThat(client.process().awaitExit(LONG)).isZero();
    client.output().await("Halt command was pushed by server ('Your time ended.')", LONG);
    peer.output().await(">CLIENT:DISCONNECT,0", LONG);
    assertThat(peer.output().last(">CLIENT:CONNECT,1,")).isEmpty();
  }

  private OpenVpnClient stubborn() {
    OpenVpnClient client =
        OpenVpnClient.of(server, network.addClient()).login("bob", "x").stubborn().start();
    client.awaitConnected(LONG);
    return client;
  }

  private static void flow(PacketStream packets) {
    Instant now = Instant.now();
    packets.up().awaitAfter(now, LONG);
    packets.down().awaitAfter(now, LONG);
  }

  /**
   * A cut, however long OpenVPN waited for a processor meanwhile.
   *
   * @param sent before it was written
   * @param obeyed when OpenVPN had done all of it
   */
  private record Cut(Instant sent, Instant obeyed) {}

  private Cut cut(int... keys) throws IOException {
    StringBuilder write = new StringBuilder("client-kill 0 \"HALT,Your time ended.\"");
    for (int key : keys) {
      write.append("\nclient-deny 0 ").append(key).append(" no_time \"Your time ended.\"");
    }
    int mark = peer.output().mark();
    Instant sent = Instant.now();
    peer.send(write + "\npid");
    return new Cut(sent, peer.output().await(mark, "SUCCESS: pid=", LONG).readAt());
  }

  private void assertSilentSince(Cut cut, PacketStream packets) {
    peer.output().await(">CLIENT:DISCONNECT,0", LONG);
    Instant end = cut.obeyed().plus(TOLERANCE);
    assertThat(packets.up().last().orElseThrow()).isBefore(end);
    assertThat(packets.down().last().orElseThrow()).isBefore(end);
  }
}
