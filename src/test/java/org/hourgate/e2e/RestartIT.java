package org.hourgate.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.parallel.ExecutionMode.CONCURRENT;

import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.hourgate.app.lab.LabProcess;
import org.hourgate.app.lab.OpenVpnClient;
import org.hourgate.app.lab.Output;
import org.hourgate.credential.PasswordDecoder;
import org.hourgate.credential.WalletKey;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ResourceLock;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** OpenVPN and the gate, ended and started in every way while customers are on the net. */
@Execution(CONCURRENT)
@ResourceLock("the gate of RestartIT")
final class RestartIT {

  /** Unanswered for so long, a login or a renegotiation has failed. */
  private static final Duration HAND_WINDOW = Duration.ofSeconds(30);

  @RegisterExtension
  static final Lab lab = Lab.with(server -> server.handWindow(HAND_WINDOW).line("keepalive 2 10"));

  @ParameterizedTest
  @ValueSource(strings = {"USR1", "HUP"})
  void everybodyIsBackByTokenAfterASoftRestartOfTheServer(String signal) throws Exception {
    afterwardsEverybodyIsBackAndNobodyElse(
        () -> {
          int mark = lab.server().output().mark();
          lab.server().signal(signal);
          // It says goodbye for two seconds: whoever is half-way in by then waits for a minute.
          lab.server().output().await(mark, "Initialization Sequence Completed", Lab.LONG);
        });
  }

  @Test
  void everybodyIsBackByTokenAfterACrashOfTheServer() throws Exception {
    afterwardsEverybodyIsBackAndNobodyElse(
        () -> {
          lab.server().kill();
          lab.server().start();
        });
  }

  @Test
  void everybodyIsBackByTokenAfterASoftRestartThatNoGateSaw() throws Exception {
    afterwardsEverybodyIsBackAndNobodyElse(
        () -> {
          lab.gateway().killGate();
          lab.server().signal("USR1");
          lab.startGate();
        });
  }

  /** The password of a login is good for one session, so whoever comes back needed no new one. */
  private static void afterwardsEverybodyIsBackAndNobodyElse(Runnable restart) throws Exception {
    List<WalletKey> customers = newWallets(2);
    lab.buyForAll(customers, Duration.ofHours(1));
    try (Visit login = lab.connect(customers.getFirst(), "login");
        Visit device = lab.connect(customers.getLast(), "device")) {
      OpenVpnClient.Builder unpaid = lab.gateway().client(Lab.newWallet(), "login");
      int loginMark = login.client().output().mark();
      int deviceMark = device.client().output().mark();
      restart.run();
      try (OpenVpnClient stranger = unpaid.start()) {
        login.client().awaitConnected(loginMark, Lab.LONG);
        device.client().awaitConnected(deviceMark, Lab.LONG);
        login.assertOnline();
        device.assertOnline();

        Output.Line refusal = stranger.output().await("AUTH_FAILED", Lab.LONG);
        assertThat(refusal.text()).contains("[no_time]");
        assertThat(stranger.output().last("Initialization Sequence Completed")).isEmpty();
      }
    }
  }

  @Test
  void theGateEndsAtOnceWhenAskedAndLeavesSessionsAlone() throws Exception {
    try (Visit visit = connectPaid("login")) {
      // One that takes five seconds is killed.
      assertThat(lab.gateway().stopGate()).isZero();
      visit.assertUndisturbed();
      lab.startGate();
      visit.assertUndisturbed();
    }
  }

  @Test
  void whoeverKnockedWhileTheGateWasAwayIsLetInWhenItIsBack() throws Exception {
    WalletKey wallet = newWallets(1).getFirst();
    lab.grant(wallet, Duration.ofHours(1));
    OpenVpnClient.Builder login = lab.gateway().client(wallet, "login");
    lab.gateway().killGate();
    try (OpenVpnClient early = login.start()) {
      early.output().await("Peer Connection Initiated", Lab.LONG);
      lab.startGate();

      early.awaitConnected(Lab.LONG);
    }
  }

  @Test
  void aRenegotiationThatFallsIntoTheAbsenceOfTheGateIsRescued() throws Exception {
    WalletKey wallet = newWallets(1).getFirst();
    lab.grant(wallet, Duration.ofHours(1));
    try (Visit visit = lab.connect(lab.gateway().client(wallet, "login").line("reneg-sec 10"))) {
      lab.gateway().killGate();
      Handshakes.await(visit.client(), visit.client().output().mark(), 1);
      Instant renegotiated = Instant.now();
      lab.startGate();

      Visit.until(renegotiated.plus(HAND_WINDOW).plusSeconds(8));
      visit.assertOnline();
      visit.assertNeverReconnected();
    }
  }

  @Test
  void aGateThatIsBackCutsAtOnceWhoseTimeIsOverAndDisturbsNobodyElse() throws Exception {
    List<WalletKey> staying = newWallets(15);
    List<WalletKey> leaving = newWallets(5);
    List<Visit> visits = new ArrayList<>();
    try {
      lab.buyForAll(staying, Duration.ofHours(1));
      List<Visit> stayingVisits = lab.connectAll(staying, "login");
      visits.addAll(stayingVisits);
      lab.buyForAll(leaving, Lab.TIME_TO_CONNECT.plusSeconds(5));
      List<Visit> leavingVisits = lab.connectAll(leaving, "device");
      visits.addAll(leavingVisits);

      List<Instant> ends = lab.atLeast(leaving, Duration.ofSeconds(8));
      lab.gateway().killGate();
      Visit.until(ends.stream().max(Instant::compareTo).orElseThrow());
      LabProcess gate = lab.startGate();
      Instant attached =
          gate.output().await(0, "the line ready", "ready"::equals, Lab.LONG).readAt();

      for (int i = 0; i < leavingVisits.size(); i++) {
        Visit visit = leavingVisits.get(i);
        assertThat(visit.client().output().await("Halt command was pushed", Lab.LONG).text())
            .contains("[expired]");
        assertThat(visit.client().process().awaitExit(Lab.LONG)).isZero();
        assertThat(visit.lastPacket()).isBetween(ends.get(i), attached.plus(Visit.PROMISE));
      }
      stayingVisits.forEach(Visit::assertUndisturbed);
    } finally {
      visits.forEach(Visit::close);
    }
  }

  @Test
  void oneProfileAloneIsRevokedWhoseSessionAnEarlierGateLetIn() throws Exception {
    WalletKey wallet = Lab.newWallet();
    lab.grant(wallet, Duration.ofHours(1));
    String pass = lab.gateway().password(wallet, "device");
    String device = PasswordDecoder.decode(pass).orElseThrow().deviceId().hex();
    try (Visit visit = lab.connect(lab.client(lab.server(), wallet, pass))) {
      // An orderly end writes down who is there.
      lab.gateway().stopGate();
      lab.startGate();
      try (HttpClient http = HttpClient.newHttpClient()) {
        String cookie =
            post(http, "/api/session", login(wallet, pass), "x-none", "")
                .headers()
                .firstValue("set-cookie")
                .orElseThrow()
                .split(";", 2)[0];
        String revoked = "{\"device\":\"" + device + "\"}";
        assertThat(post(http, "/api/me/revoke", revoked, "cookie", cookie).statusCode())
            .isEqualTo(204);
      }
      visit.assertEnded("[revoked]");
    }
  }

  private static String login(WalletKey wallet, String password) {
    return "{\"username\":\"%s\",\"password\":\"%s\"}"
        .formatted(wallet.address().checksummed(), password);
  }

  private static HttpResponse<String> post(
      HttpClient http, String path, String body, String header, String value) throws Exception {
    return http.send(
        HttpRequest.newBuilder(lab.gateway().shop().resolve(path))
            .header(header, value)
            .POST(HttpRequest.BodyPublishers.ofString(body))
            .build(),
        HttpResponse.BodyHandlers.ofString());
  }

  private static Visit connectPaid(String kind) throws Exception {
    WalletKey wallet = Lab.newWallet();
    lab.grant(wallet, Duration.ofHours(1));
    return lab.connect(wallet, kind);
  }

  private static List<WalletKey> newWallets(int count) {
    return Stream.generate(Lab::newWallet).limit(count).toList();
  }
}
