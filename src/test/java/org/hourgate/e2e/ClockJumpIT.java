package org.hourgate.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.parallel.ExecutionMode.CONCURRENT;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.hourgate.app.lab.LabGateway;
import org.hourgate.app.lab.LabProcess;
import org.hourgate.app.lab.OpenVpnClient;
import org.hourgate.app.lab.PacketStream;
import org.hourgate.credential.WalletKey;
import org.hourgate.testing.SetClock;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ResourceLock;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The machine's wall clock jumps: for the gate as for OpenVPN, and for nobody else. */
@Execution(CONCURRENT)
@ResourceLock("the clock of ClockJumpIT")
final class ClockJumpIT {

  private static final Duration SEEN_BY_OPENVPN = Duration.ofSeconds(2);
  private static final Duration PATIENCE = Lab.LONG.multipliedBy(3);
  private static final HttpClient HTTP = HttpClient.newHttpClient();
  private static SetClock clock;
  private static LabGateway gateway;
  private static LabProcess gate;

  @BeforeAll
  static void start() throws IOException {
    clock = new SetClock();
    gateway = LabGateway.create(server -> server.launchedBy(clock.command()).line("keepalive 2 8"));
    gate = serve();
    gate.output().await(0, "the line ready", "ready"::equals, Lab.LONG);
  }

  private static LabProcess serve() {
    List<String> command = new ArrayList<>(clock.command());
    command.addAll(gateway.commandLine("serve"));
    return LabProcess.start("hourgate serve", command);
  }

  @AfterAll
  static void stop() {
    gate.close();
    gateway.close();
    clock.close();
  }

  @ParameterizedTest
  @ValueSource(strings = {"PT-15M", "PT2H"})
  void whileItIsInDoubtNobodyIsLetInAndASessionEndsAtTheRightSecond(Duration jump)
      throws Exception {
    WalletKey member = paid(Duration.ofHours(1));
    WalletKey newcomer = paid(Duration.ofHours(1));
    OpenVpnClient.Builder newcomersClient = gateway.client(newcomer, "device");
    WalletKey leaving = paid(Lab.TIME_TO_CONNECT);
    try (OpenVpnClient staying = gateway.client(member, "device").start();
        OpenVpnClient client = gateway.client(leaving, "device").stubborn().start()) {
      staying.awaitConnected(Lab.LONG);
      client.awaitConnected(Lab.LONG);
      try (PacketStream stayingPackets =
              PacketStream.start(gateway.server(), staying, Stubborn.INTERVAL);
          PacketStream packets = PacketStream.start(gateway.server(), client, Stubborn.INTERVAL)) {
        Instant end = Lab.atLeast(gateway, leaving, Duration.ofSeconds(10));

        clock.wrongBy(jump);
        await()
            .atMost(Lab.LONG)
            .untilAsserted(() -> assertThat(readiness()).contains("\"code\":\"clock\""));
        // OpenVPN forgets a client whose handshake it thinks took hours; that one waits for long.
        Visit.until(Instant.now().plus(SEEN_BY_OPENVPN));
        try (OpenVpnClient waiting = newcomersClient.start()) {
          // For the clock, or for a chain whose newest block seems to be hours old.
          waiting.output().await("AUTH_FAILED,TEMP", PATIENCE);
          assertThatThrownBy(() -> gateway.password(newcomer, "device"))
              .hasMessageContaining("\"code\":\"clock\"");
          if (jump.isNegative()) {
            Stubborn.assertOffTheNetAt(end, client, packets);
            assertThat(stayingPackets.up().gaps(Duration.ofSeconds(5))).isEmpty();
          } else {
            // OpenVPN's own timers go by the wall clock: it ends who would be over by then.
            Visit.until(end.plus(Stubborn.LEAK));
            assertThat(packets.up().last().orElseThrow()).isBefore(end.plus(Visit.PROMISE));
            assertThat(packets.down().last().orElseThrow()).isBefore(end.plus(Visit.PROMISE));
          }
          assertThat(readiness()).contains("\"code\":\"clock\"");
          assertThat(waiting.output().lines())
              .noneMatch(line -> line.text().contains("Initialization Sequence Completed"));

          clock.right();

          waiting.awaitConnected(PATIENCE);
          stayingPackets.up().awaitAfter(Instant.now(), PATIENCE);
          stayingPackets.down().awaitAfter(Instant.now(), PATIENCE);
          await().atMost(Lab.LONG).until(() -> readiness().equals("200"));
        }
      }
    } finally {
      clock.right();
    }
  }

  @Test
  void aGateThatIsStartedWithItSetAheadSaysSoAndGivesNothingToSign() throws Exception {
    gate.close();
    clock.wrongBy(Duration.ofHours(2));
    try {
      gate = serve();
      await()
          .atMost(PATIENCE)
          .ignoreExceptions()
          .untilAsserted(() -> assertThat(readiness()).contains("\"code\":\"clock\""));
      assertThatThrownBy(() -> gateway.password(Lab.newWallet(), "device"))
          .hasMessageContaining("\"code\":\"clock\"");
    } finally {
      clock.right();
    }
    await().atMost(PATIENCE).untilAsserted(() -> assertThat(readiness()).isEqualTo("200"));
  }

  private static WalletKey paid(Duration time) {
    WalletKey wallet = Lab.newWallet();
    gateway.contract().grant(LabGateway.OWNER, wallet.address(), time);
    return wallet;
  }

  private static String readiness() throws Exception {
    URI uri = gateway.admin().resolve("/readyz");
    HttpResponse<String> answer =
        HTTP.send(HttpRequest.newBuilder(uri).build(), HttpResponse.BodyHandlers.ofString());
    return answer.statusCode() == 200 ? "200" : answer.body();
  }
}
