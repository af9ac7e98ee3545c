package org.hourgate.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.parallel.ExecutionMode.CONCURRENT;

import java.net.CookieManager;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.hourgate.app.lab.LabProcess;
import org.hourgate.app.lab.OpenVpnClient;
import org.hourgate.app.lab.PacketStream;
import org.hourgate.credential.WalletKey;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ResourceAccessMode;
import org.junit.jupiter.api.parallel.ResourceLock;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** A client that ignores the farewell, however it is told to go. */
@Execution(CONCURRENT)
final class StubbornIT {

  private static final String GATE = "the gate of StubbornIT";

  @RegisterExtension static final Lab lab = Lab.standard();

  @Test
  @ResourceLock(GATE)
  void isOffTheNetAlsoWhenTheGateHasNotSeenItsKeys() throws Exception {
    WalletKey wallet = Lab.newWallet();
    lab.grant(wallet, Lab.TIME_TO_CONNECT.plusSeconds(10));
    try (OpenVpnClient client =
        lab.gateway().client(wallet, "device").line("reneg-sec 8").stubborn().start()) {
      client.awaitConnected(Lab.LONG);
      lab.atLeast(wallet, Duration.ofSeconds(18));
      Handshakes.await(client, 0, 1 + 1);
      lab.gateway().killGate();
      lab.atLeast(wallet, Duration.ofSeconds(10));
      lab.startGate();
      try (PacketStream packets = PacketStream.start(lab.server(), client, Stubborn.INTERVAL)) {
        Instant end = lab.atLeast(wallet, Duration.ofSeconds(4));
        Stubborn.assertOffTheNetAt(end, client, packets);
      }
    }
  }

  /** Its answers are lost from the next renegotiation on, so that the cut finds it half-way. */
  @Test
  @ResourceLock(value = GATE, mode = ResourceAccessMode.READ)
  void isOffTheNetWhenItsTimeEndsInTheMiddleOfARenegotiation() throws Exception {
    WalletKey wallet = Lab.newWallet();
    lab.grant(wallet, Lab.TIME_TO_CONNECT);
    try (OpenVpnClient client =
        lab.gateway().client(wallet, "device").line("reneg-sec 8").stubborn().start()) {
      client.awaitConnected(Lab.LONG);
      try (PacketStream packets = PacketStream.start(lab.server(), client, Stubborn.INTERVAL)) {
        losesItsHandshakes(client);
        int mark = client.output().mark();
        Instant end = lab.atLeast(wallet, Lab.TIME_TO_CONNECT);
        client.output().await(mark, "TLS: soft reset", Lab.LONG);

        Stubborn.assertOffTheNetAt(end, client, packets);
        assertThat(client.output().lines().stream().skip(mark))
            .noneMatch(line -> line.text().contains("Control Channel: TLS"));
      }
    }
  }

  /** What carries the handshake begins with the number 4 in five bits ({@code P_CONTROL_V1}). */
  private static void losesItsHandshakes(OpenVpnClient client) {
    String rules =
        "add table inet lost; add chain inet lost out { type filter hook output priority 0; };"
            + " add rule inet lost out udp dport 1194 @th,64,5 4 drop";
    try (LabProcess nft =
        LabProcess.start("nft", client.namespace().command(List.of("/usr/sbin/nft", rules)))) {
      assertThat(nft.awaitExit(Lab.LONG)).as("%s", nft.output().tail()).isZero();
    }
  }

  @Test
  @ResourceLock(value = GATE, mode = ResourceAccessMode.READ)
  void isOffTheNetWhenTheOperatorEndsIt() throws Exception {
    String reason = "Ended from the command line";
    assertOffTheNet(reason, (wallet, _) -> lab.kill(wallet, reason));
  }

  @Test
  @ResourceLock(value = GATE, mode = ResourceAccessMode.READ)
  void isOffTheNetWhenItsOwnerEndsItOnThePage() throws Exception {
    assertOffTheNet("You ended this connection on the page", StubbornIT::disconnectOnThePage);
  }

  private interface Kill {
    void of(WalletKey wallet, String password) throws Exception;
  }

  /** Judged by the moment at which OpenVPN was told. */
  private static void assertOffTheNet(String reason, Kill kill) throws Exception {
    WalletKey wallet = Lab.newWallet();
    lab.grant(wallet, Duration.ofHours(1));
    String password = lab.gateway().password(wallet, "device");
    try (OpenVpnClient client =
        lab.client(lab.server(), wallet, password).line("reneg-sec 8").stubborn().start()) {
      client.awaitConnected(Lab.LONG);
      Handshakes.await(client, 0, 1 + 1);
      try (PacketStream packets = PacketStream.start(lab.server(), client, Stubborn.INTERVAL)) {
        packets.up().awaitAfter(Instant.now(), Lab.LONG);
        packets.down().awaitAfter(Instant.now(), Lab.LONG);
        int mark = lab.server().output().mark();

        kill.of(wallet, password);

        Instant told =
            lab.server()
                .output()
                .await(
                    mark,
                    "the kill",
                    line -> line.contains("CMD 'client-kill ") && line.contains(reason),
                    Lab.LONG)
                .readAt();
        Stubborn.assertOffTheNetAt(told, client, packets);
      }
    }
  }

  private static void disconnectOnThePage(WalletKey wallet, String password) throws Exception {
    try (HttpClient browser = HttpClient.newBuilder().cookieHandler(new CookieManager()).build()) {
      String login =
          JsonMapper.shared()
              .writeValueAsString(
                  Map.of("username", wallet.address().checksummed(), "password", password));
      assertThat(send(browser, "/api/session", login).statusCode()).isEqualTo(204);
      JsonNode me = JsonMapper.shared().readTree(send(browser, "/api/me", null).body());
      String session = me.get("sessions").get(0).get("id").asString();
      assertThat(
              send(browser, "/api/me/disconnect", "{\"session\":\"" + session + "\"}").statusCode())
          .isEqualTo(204);
    }
  }

  private static HttpResponse<String> send(HttpClient browser, String path, @Nullable String posted)
      throws Exception {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(lab.gateway().shop().resolve(path))
            .header("Content-Type", "application/json");
    if (posted != null) {
      request.POST(HttpRequest.BodyPublishers.ofString(posted));
    }
    return browser.send(request.build(), HttpResponse.BodyHandlers.ofString());
  }
}
