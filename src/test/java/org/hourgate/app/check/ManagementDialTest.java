package org.hourgate.app.check;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import org.hourgate.app.check.ManagementDial.Outcome;
import org.hourgate.management.client.ManagementAddress;
import org.hourgate.management.fake.FakeOpenVpn;
import org.hourgate.session.DaemonVersion;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class ManagementDialTest {

  private static final Duration PATIENT = Duration.ofSeconds(20);
  private static final Duration SHORT = Duration.ofMillis(300);

  @TempDir private Path folder;

  @Test
  void learnsVersionAndPid() {
    try (FakeOpenVpn openVpn = FakeOpenVpn.start()) {
      assertThat(ManagementDial.dial(openVpn.address(), Optional.empty(), PATIENT))
          .isEqualTo(
              new Outcome.Answered(
                  Optional.of(new DaemonVersion(2, 6, 14)), Optional.of((long) openVpn.pid())));
    }
  }

  @Test
  void givesThePasswordAndTellsWhenItIsWrong() {
    try (FakeOpenVpn openVpn = FakeOpenVpn.builder().tcp().password("right").start()) {
      assertThat(ManagementDial.dial(openVpn.address(), Optional.of("right"), PATIENT))
          .isInstanceOf(Outcome.Answered.class);
      assertThat(ManagementDial.dial(openVpn.address(), Optional.of("wrong"), PATIENT))
          .isEqualTo(new Outcome.WrongPassword(true));
      assertThat(ManagementDial.dial(openVpn.address(), Optional.empty(), PATIENT))
          .isEqualTo(new Outcome.WrongPassword(false));
    }
  }

  @Test
  void tellsThatNobodyIsThere() {
    ManagementAddress address = new ManagementAddress.Unix(folder.resolve("none.sock"));

    assertThat(ManagementDial.dial(address, Optional.empty(), PATIENT))
        .isInstanceOf(Outcome.NotConnected.class);
  }

  @Test
  void tellsThatItIsLeftWaiting() throws Exception {
    try (ServerSocket silent = listener()) {
      assertThat(ManagementDial.dial(address(silent), Optional.empty(), SHORT))
          .isEqualTo(new Outcome.Silent());
    }
  }

  @Test
  void tellsThatItIsLeftWaitingAlsoWhenTheQueueIsFull() throws Exception {
    Path socket = folder.resolve("m.sock");
    ManagementAddress address = new ManagementAddress.Unix(socket);
    try (ServerSocketChannel silent = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
      silent.bind(UnixDomainSocketAddress.of(socket), 1);

      for (int i = 0; i < 4; i++) {
        assertThat(ManagementDial.dial(address, Optional.empty(), SHORT))
            .isEqualTo(new Outcome.Silent());
      }
    }
  }

  /** Its time may be over at any point, also between two calls. */
  @Test
  void tellsThatItIsLeftWaitingHoweverLittleItWaits() throws Exception {
    Path socket = folder.resolve("m.sock");
    ManagementAddress address = new ManagementAddress.Unix(socket);
    try (ServerSocketChannel silent = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
      silent.bind(UnixDomainSocketAddress.of(socket), 1_000);

      for (int i = 0; i < 500; i++) {
        assertThat(ManagementDial.dial(address, Optional.empty(), Duration.ofMillis(i % 3)))
            .isEqualTo(new Outcome.Silent());
      }
    }
  }

  @Test
  void tellsThatItIsTurnedAway() throws Exception {
    assertThat(answeredWith("")).isEqualTo(new Outcome.TurnedAway());
  }

  @Test
  void tellsThatSomethingElseAnswers() throws Exception {
    assertThat(answeredWith("220 mail.example.org ESMTP\r\n")).isEqualTo(new Outcome.NotOpenVpn());
  }

  private static Outcome answeredWith(String text) throws Exception {
    try (ServerSocket listener = listener()) {
      Thread server =
          Thread.ofVirtual()
              .start(
                  () -> {
                    try (Socket client = listener.accept()) {
                      client.getOutputStream().write(text.getBytes(US_ASCII));
                    } catch (IOException e) {
                      throw new AssertionError(e);
                    }
                  });
      Outcome outcome = ManagementDial.dial(address(listener), Optional.empty(), PATIENT);
      server.join();
      return outcome;
    }
  }

  private static ServerSocket listener() throws IOException {
    return new ServerSocket(0, 10, InetAddress.getLoopbackAddress());
  }

  private static ManagementAddress address(ServerSocket listener) {
    return new ManagementAddress.Tcp("127.0.0.1", listener.getLocalPort());
  }
}
