package org.hourgate.management.fake;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.BindException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.hourgate.management.client.ManagementAddress;
import org.hourgate.testing.RawController;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the comparison with the real daemon can't show: time, clients that stay, and mishaps. */
final class FakeOpenVpnTest {

  private final FakeOpenVpn openVpn = FakeOpenVpn.builder().virtualTime().start();

  @AfterEach
  void close() {
    openVpn.close();
  }

  @Test
  void sessionTimeoutEndsTheSessionToTheSecond() throws IOException {
    try (RawController controller = attach()) {
      FakeVpnClient alice = openVpn.connect("alice", "secret");
      controller.ask("client-auth 0 1\nsession-timeout 10\nEND");
      openVpn.advance(Duration.ofMillis(9_999));
      assertThat(alice.passesTraffic()).isTrue();
      openVpn.advance(Duration.ofMillis(1));
      assertThat(alice.state()).isEqualTo(FakeVpnClient.State.GONE);
      assertThat(controller.notificationsUpTo(">CLIENT:DISCONNECT,0")).isNotEmpty();
    }
  }

  @Test
  void aRefusedClientIsDisconnectedFiveSecondsLater() throws IOException {
    try (RawController controller = attach()) {
      FakeVpnClient alice = openVpn.connect("alice", "secret");
      controller.ask("client-deny 0 1 \"no_time\" \"Your time ended\"");
      assertThat(alice.state()).isEqualTo(FakeVpnClient.State.DENIED);
      assertThat(alice.denyText()).contains("AUTH_FAILED,Your time ended");
      openVpn.advance(Duration.ofSeconds(5));
      assertThat(alice.state()).isEqualTo(FakeVpnClient.State.GONE);
    }
  }

  @Test
  void clientKillAloneLeavesAStubbornClientFiveSeconds() throws IOException {
    try (RawController controller = attach()) {
      FakeVpnClient honest = openVpn.connect("alice", "secret");
      FakeVpnClient stubborn = openVpn.connect("bob", "secret").stubborn();
      controller.ask("client-auth-nt 0 1\nclient-auth-nt 1 1");
      assertThat(List.of(honest, stubborn)).allMatch(FakeVpnClient::passesTraffic);
      controller.ask("client-kill 0 \"HALT,over\"\nclient-kill 1 \"HALT,over\"");
      assertThat(honest.passesTraffic()).isFalse();
      assertThat(stubborn.passesTraffic()).isTrue();
      controller.ask("client-deny 1 1 x");
      assertThat(stubborn.passesTraffic()).isFalse();
    }
  }

  @Test
  void renegotiationsCountOneThreeFourAndUnansweredOnesEndTheSession() throws IOException {
    try (RawController controller = attach()) {
      FakeVpnClient alice = openVpn.connect("alice", "secret");
      controller.ask("client-auth-nt 0 1");
      assertThat(alice.renegotiate("token").value()).isEqualTo(3);
      assertThat(controller.ask("client-auth-nt 0 3"))
          .containsExactly("SUCCESS: client-auth command succeeded");
      assertThat(alice.renegotiate().value()).isEqualTo(4);
      assertThat(controller.ask("client-deny 0 1 x"))
          .containsExactly("ERROR: client-deny command failed");
      openVpn.advance(Duration.ofSeconds(60));
      assertThat(alice.passesTraffic()).isFalse();
      openVpn.advance(Duration.ofSeconds(5));
      assertThat(alice.state()).isEqualTo(FakeVpnClient.State.GONE);
    }
  }

  @Test
  void theNewerOfTwoClientsOfOneNameDropsTheOlder() throws IOException {
    try (RawController controller = attach()) {
      FakeVpnClient older = openVpn.connect("alice", "secret");
      FakeVpnClient newer = openVpn.connect("alice", "secret");
      controller.ask("client-auth-nt 0 1\nclient-auth-nt 1 1");
      assertThat(older.state()).isEqualTo(FakeVpnClient.State.GONE);
      assertThat(newer.passesTraffic()).isTrue();
      FakeVpnClient newest = openVpn.connect("alice", "secret");
      assertThat(controller.ask("client-auth-nt 2 1\nnclients"))
          .containsExactly("SUCCESS: client-auth command succeeded", "SUCCESS: nclients=1");
      assertThat(newer.state()).isEqualTo(FakeVpnClient.State.GONE);
      assertThat(newest.passesTraffic()).isTrue();
    }
  }

  @Test
  void whatHappensUnattendedIsInTheStatusAndInTheLogOnly() throws IOException {
    try (RawController controller = attach()) {
      FakeVpnClient alice = openVpn.connect("alice", "secret");
      controller.ask("client-auth-nt 0 1");
      assertThat(alice.passesTraffic()).isTrue();
    }
    awaitDetached();
    openVpn.clients().getFirst().renegotiate();
    openVpn.connect("bob", "secret");
    try (RawController controller = attach()) {
      assertThat(controller.notificationsUpTo(">INFO:")).hasSize(1);
      List<String> status = controller.ask("status 3");
      assertThat(status)
          .filteredOn(row -> row.matches("CLIENT_LIST\talice\t.*\t10\\.88\\..*\t0\t.*"))
          .hasSize(1);
      assertThat(status)
          .filteredOn(row -> row.matches("CLIENT_LIST\tbob\t[0-9.:]+\t\t.*BF-CBC"))
          .hasSize(1);
      assertThat(controller.ask("log all"))
          .filteredOn(row -> row.contains("authentication deferred for username"))
          .extracting(row -> row.replaceFirst("^\\d+,,(.*):\\d+ TLS.*'(.*)'.*", "$1 $2"))
          .containsExactly("10.99.0.2 alice", "alice/10.99.0.2 alice", "10.99.0.2 bob");
    }
  }

  @Test
  void hostileBytesBecomeUnderscores() throws IOException {
    try (RawController controller = attach()) {
      openVpn.connect("a\r\n>CLIENT:ENV,END", "\u0000");
      List<String> block = controller.notificationsUpTo(">CLIENT:ENV,END");
      assertThat(block).contains(">CLIENT:ENV,username=a__>CLIENT:ENV,END");
    }
  }

  @Test
  void replacesASocketThatWasLeftOverAndNothingElse(@TempDir Path folder) throws IOException {
    Path file = Files.writeString(folder.resolve("file"), "precious");
    Path subfolder = Files.createDirectory(folder.resolve("folder"));
    for (Path taken : List.of(file, subfolder)) {
      assertThatThrownBy(() -> listen(taken))
          .isInstanceOf(UncheckedIOException.class)
          .hasRootCauseInstanceOf(BindException.class)
          .hasMessageContaining("unix:" + taken + ": Address already in use");
    }
    assertThat(file).hasContent("precious");
    assertThat(subfolder).isDirectory();
    Path leftOver = folder.resolve("left-over");
    try (ServerSocketChannel server = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
      server.bind(UnixDomainSocketAddress.of(leftOver));
      assertThatThrownBy(() -> listen(leftOver)).hasMessageContaining("somebody listens there");
    }
    try (FakeOpenVpn second = listen(leftOver)) {
      new RawController(leftOver).close();
      assertThat(second.pid()).isPositive();
    }
    assertThat(leftOver).doesNotExist();
  }

  private static FakeOpenVpn listen(Path path) {
    return FakeOpenVpn.builder().listen(new ManagementAddress.Unix(path)).start();
  }

  @Test
  void standsStillInTheMiddleOfALineAndReadsNothingMeanwhile() throws IOException {
    try (RawController controller = attach()) {
      openVpn.inOneStep(
          () -> {
            openVpn.stallAfter(">CLIENT:CONN".length());
            openVpn.connect("alice", "secret");
          });
      await().until(openVpn::isStalled);
      controller.send("pid\n");
      openVpn.resume();
      assertThat(controller.notificationsUpTo(">CLIENT:ENV,END"))
          .contains(">CLIENT:CONNECT,0,1", ">CLIENT:ENV,username=alice");
      assertThat(controller.ask("")).containsExactly("SUCCESS: pid=" + openVpn.pid());
    }
  }

  @Test
  void whoWaitedDuringAStandstillIsServedAfterIt() throws IOException {
    RawController first = attach();
    try (RawController second =
        new RawController(((ManagementAddress.Unix) openVpn.address()).path())) {
      openVpn.advance(Duration.ofSeconds(1)); // The second is accepted by now.
      openVpn.stall();
      openVpn.resume();
      first.close();
      assertThat(second.ask("pid")).containsExactly("SUCCESS: pid=" + openVpn.pid());
    }
  }

  @Test
  void repliesKeepTheirOrderWhenTheirDelayEnds() throws IOException {
    try (RawController controller = attach()) {
      openVpn.delayReplies(Duration.ofSeconds(1));
      controller.send("pid\n");
      await().until(() -> openVpn.drainCommands().contains("pid"));
      openVpn.delayReplies(Duration.ZERO);
      assertThat(controller.ask("nclients"))
          .containsExactly("SUCCESS: pid=" + openVpn.pid(), "SUCCESS: nclients=0");
      openVpn.advance(Duration.ofSeconds(1));
      assertThat(controller.ask("nclients")).containsExactly("SUCCESS: nclients=0");
    }
  }

  @Test
  void whatNoDaemonDoesIsRefused() throws IOException {
    try (RawController controller = attach()) {
      FakeVpnClient pending = openVpn.connect("alice", "secret");
      assertThatThrownBy(pending::renegotiate).hasStackTraceContaining("client 0 PENDING");
      pending.vanish();
      assertThatThrownBy(pending::renegotiate).hasStackTraceContaining("client 0 GONE");
      assertThatThrownBy(pending::leave).hasStackTraceContaining("client 0 GONE");
      assertThatThrownBy(() -> pending.respond("x")).hasStackTraceContaining("client 0 GONE");
      assertThatThrownBy(() -> openVpn.writeInPiecesOf(0))
          .isInstanceOf(IllegalArgumentException.class);
      assertThatThrownBy(() -> openVpn.stallAfter(0)).isInstanceOf(IllegalArgumentException.class);
      controller.ask("hold on\nsignal SIGUSR1");
      assertThatThrownBy(() -> openVpn.inOneStep(() -> openVpn.connect("alice", "secret")))
          .hasStackTraceContaining("it is held");
      assertThatThrownBy(pending::reconnect).hasStackTraceContaining("held");
    }
    try (FakeOpenVpn inRealTime = FakeOpenVpn.start()) {
      assertThatThrownBy(() -> inRealTime.advance(Duration.ofSeconds(1)))
          .hasMessageContaining("not virtual");
    }
  }

  private RawController attach() throws IOException {
    RawController controller =
        new RawController(((ManagementAddress.Unix) openVpn.address()).path());
    controller.ask("pid");
    return controller;
  }

  private void awaitDetached() {
    await().until(() -> !openVpn.isAttached());
  }
}
