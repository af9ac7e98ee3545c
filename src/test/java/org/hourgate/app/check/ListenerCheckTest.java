package org.hourgate.app.check;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.hourgate.app.lab.LabGateway;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class ListenerCheckTest {

  private static final GateState ABSENT = new GateState.Absent();
  private static final GateState RUNNING = new GateState.Running(Optional.empty());

  @TempDir private Path folder;

  private List<FindingCode> look(GateState gate, Map<String, String> settings) {
    return Codes.bad(
        findings -> ListenerCheck.look(Codes.config(folder, settings), gate, findings));
  }

  @Test
  void wantsPortsThatNobodyHas() throws Exception {
    try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      String address = "127.0.0.1:" + taken.getLocalPort();

      assertThat(look(ABSENT, Map.of("shop.listen", address)))
          .containsExactly(FindingCode.PORT_TAKEN);
      assertThat(look(RUNNING, Map.of("shop.listen", address))).isEmpty();
      assertThat(look(new GateState.Closed(), Map.of("shop.listen", address))).isEmpty();
      taken.setSoTimeout(1);
      assertThat(taken.accept().getInputStream().read()).isEqualTo(-1);
    }
    String free = "127.0.0.1:" + LabGateway.freePort();
    assertThat(look(ABSENT, Map.of("admin.listen", free))).isEmpty();
    assertThat(look(RUNNING, Map.of("admin.listen", free)))
        .containsExactly(FindingCode.SOCKET_DEAD);
  }

  @Test
  void wantsAddressesOfThisMachine() {
    assertThat(look(ABSENT, Map.of("shop.listen", "192.0.2.1:8443", "shop.tls", "off")))
        .containsExactly(FindingCode.PORT_IMPOSSIBLE);
  }

  @Test
  void waitsForTheTunnelsAddressAndWantsItsPort() throws Exception {
    assertThat(look(ABSENT, Map.of("shop.tunnel-listen", "192.0.2.1:8080"))).isEmpty();
    assertThat(look(RUNNING, Map.of("shop.tunnel-listen", "192.0.2.1:8080"))).isEmpty();
    try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      assertThat(look(ABSENT, Map.of("shop.tunnel-listen", "127.0.0.1:" + taken.getLocalPort())))
          .containsExactly(FindingCode.PORT_TAKEN);
    }
  }

  @Test
  void wantsOperatorSocketsThatNobodyElseHas() throws Exception {
    Path path = folder.resolve("operator.sock");
    Map<String, String> settings = Map.of("openvpn[0].operator-socket", "operator.sock");
    assertThat(look(ABSENT, settings)).isEmpty();
    assertThat(look(RUNNING, settings)).containsExactly(FindingCode.SOCKET_DEAD);

    Thread acceptor;
    try (ServerSocketChannel other = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
      other.bind(UnixDomainSocketAddress.of(path));
      acceptor =
          Thread.ofVirtual()
              .start(
                  () -> {
                    try {
                      while (true) {
                        other.accept().close();
                      }
                    } catch (java.io.IOException e) {
                      // The end of the test.
                    }
                  });
      assertThat(look(ABSENT, settings)).containsExactly(FindingCode.SOCKET_TAKEN);
      assertThat(look(RUNNING, settings)).isEmpty();
    }
    acceptor.join(); // It listens until the last call of accept has noticed.
    // A file that was left over is no trouble.
    assertThat(Files.exists(path)).isTrue();
    assertThat(look(ABSENT, settings)).isEmpty();
  }

  @Test
  void findsSocketsThatEverybodyCanOpen() throws Exception {
    Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwxr-xr-x"));
    Path admin = Files.writeString(folder.resolve("admin.sock"), "");
    Files.setPosixFilePermissions(admin, PosixFilePermissions.fromString("rw-rw-rw-"));
    assertThat(look(ABSENT, Map.of())).containsExactly(FindingCode.SOCKET_OPEN);

    Files.setPosixFilePermissions(admin, PosixFilePermissions.fromString("rw-rw----"));
    assertThat(look(ABSENT, Map.of())).isEmpty();
  }
}
