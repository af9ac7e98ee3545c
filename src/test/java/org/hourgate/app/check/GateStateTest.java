package org.hourgate.app.check;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.hourgate.infrastructure.health.HealthCheck;
import org.hourgate.infrastructure.http.HttpServer;
import org.hourgate.infrastructure.http.HttpServerSettings;
import org.hourgate.infrastructure.netty.EventLoops;
import org.hourgate.metrics.AdminEndpoints;
import org.hourgate.metrics.Metrics;
import org.hourgate.operator.AdminSocket;
import org.hourgate.testing.StubAdminParts;
import org.hourgate.testing.StubGateControl;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The real admin socket and listener, in front of no gate. */
final class GateStateTest {

  private static final Path SOCKET = Path.of("admin.sock");

  @TempDir private Path folder;

  private GateState state(Map<String, String> settings) {
    return GateState.of(Codes.config(folder, settings));
  }

  @Test
  void knowsThatNobodyIsThere() throws Exception {
    assertThat(state(Map.of())).isEqualTo(new GateState.Absent());

    // What a dead one left.
    try (ServerSocketChannel dead = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
      dead.bind(UnixDomainSocketAddress.of(folder.resolve("admin.sock")));
    }
    assertThat(state(Map.of())).isEqualTo(new GateState.Absent());
    assertThat(Codes.bad(f -> new GateState.Absent().tell(SOCKET, f))).isEmpty();
  }

  @Test
  void waitsForNobodyForEver() throws Exception {
    try (ServerSocketChannel silent = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
      silent.bind(UnixDomainSocketAddress.of(folder.resolve("admin.sock")));

      assertThat(GateState.of(Codes.config(folder, Map.of()), Duration.ofMillis(300)))
          .isEqualTo(new GateState.Silent());
    }
    assertThat(Codes.bad(f -> new GateState.Silent().tell(SOCKET, f)))
        .containsExactly(FindingCode.GATE_SILENT);
    assertThat(Codes.bad(f -> new GateState.Closed().tell(SOCKET, f)))
        .containsExactly(FindingCode.GATE_CLOSED_TO_US);
  }

  @Test
  void takesABusyOneForNoSilentOne() throws Exception {
    EventLoops loops = new EventLoops("gate-state-test", 1);
    StubGateControl busy = new StubGateControl();
    busy.willShowNothingBefore(Duration.ofSeconds(4));
    try (AdminSocket socket =
        AdminSocket.start(
            loops,
            folder.resolve("admin.sock"),
            Optional.empty(),
            StubAdminParts.of(busy),
            Duration.ofSeconds(30))) {
      assertThat(socket).isNotNull();

      assertThat(state(Map.of("admin.listen", "127.0.0.1:1")))
          .isEqualTo(new GateState.Running(Optional.empty()));
    } finally {
      loops.close();
    }
  }

  @Test
  void hearsWhatARunningOneSaysOfItself() throws Exception {
    EventLoops loops = new EventLoops("gate-state-test", 1);
    List<HealthCheck> checks =
        List.of(
            HealthCheck.of("openvpn-udp", HealthCheck.Result.Healthy::new),
            HealthCheck.of(
                "openvpn-tcp",
                () -> new HealthCheck.Result.Unhealthy("starting", "line 3: remove it")));
    InetSocketAddress any = new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
    try (Metrics metrics = new Metrics("1.2.3", "abc");
        AdminSocket socket =
            AdminSocket.start(
                loops,
                folder.resolve("admin.sock"),
                Optional.empty(),
                StubAdminParts.of(new StubGateControl()),
                Duration.ofSeconds(30));
        HttpServer http =
            HttpServer.start(
                loops,
                HttpServerSettings.of(any),
                Optional.empty(),
                AdminEndpoints.routes(checks, metrics))) {
      assertThat(socket).isNotNull();

      GateState state = state(Map.of("admin.listen", "127.0.0.1:" + http.address().getPort()));

      assertThat(state)
          .isEqualTo(
              new GateState.Running(
                  Optional.of(Map.of("openvpn-udp", "", "openvpn-tcp", "line 3: remove it"))));
      GateState.Running running = (GateState.Running) state;
      assertThat(running.minds("udp")).isTrue();
      assertThat(running.minds("new")).isFalse();
      assertThat(running.complaint("udp")).isEmpty();
      assertThat(running.complaint("tcp")).contains("line 3: remove it");
      assertThat(Codes.bad(f -> running.tell(SOCKET, f)))
          .containsExactly(FindingCode.GATE_NOT_READY);
      assertThat(state(Map.of("admin.listen", "127.0.0.1:1")))
          .isEqualTo(new GateState.Running(Optional.empty()));
    } finally {
      loops.close();
    }
  }
}
