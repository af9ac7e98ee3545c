package org.hourgate.shop;

import static org.assertj.core.api.Assertions.assertThat;
import static org.hourgate.shop.ShopWorld.ALICE;
import static org.hourgate.shop.ShopWorld.BOB;
import static org.hourgate.shop.ShopWorld.NOW;

import java.math.BigInteger;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.hourgate.chain.Purchase;
import org.hourgate.credential.DeviceId;
import org.hourgate.credential.WalletKey;
import org.hourgate.gate.Ban;
import org.hourgate.gate.KillResult;
import org.hourgate.gate.KillTarget;
import org.hourgate.gate.SessionView;
import org.hourgate.management.ClientId;
import org.hourgate.testing.StubGateControl;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class OwnAccountTest {

  @TempDir private Path folder;
  private ShopWorld shop;

  @BeforeEach
  void start() throws Exception {
    shop = new ShopWorld(folder);
  }

  @AfterEach
  void close() {
    shop.close();
  }

  static SessionView session(WalletKey wallet, long cid, String from) {
    return new SessionView(
        "udp",
        new ClientId(cid),
        wallet.address().checksummed(),
        from,
        "10.88.0.2",
        "fd88::2",
        NOW,
        Optional.of(NOW.plusSeconds(60)),
        Optional.of(NOW),
        11,
        22,
        SessionView.Kind.DEVICE,
        Optional.of(new DeviceId("0123456789abcdef")),
        SessionView.State.ESTABLISHED);
  }

  @Test
  void tellsABannedWalletAndNobodyElse() throws Exception {
    shop.ledger.paid(ALICE.address(), NOW.plusSeconds(60));
    shop.ledger.paid(BOB.address(), NOW.plusSeconds(60));
    assertThat(shop.get("/api/me", "cookie", shop.cookie(ALICE)).body()).doesNotContain("banned");
    shop.gate.banNow(
        new Ban(ALICE.address(), NOW, Optional.of(NOW.plusSeconds(3600)), "mail flood", "root"));
    shop.gate.banNow(new Ban(BOB.address(), NOW, Optional.empty(), "abuse", "root"));

    assertThat(shop.get("/api/me", "cookie", shop.cookie(ALICE)).body())
        .contains(
            "\"banned\":{\"until\":"
                + NOW.plusSeconds(3600).getEpochSecond()
                + ",\"reason\":\"mail flood\"}")
        .doesNotContain("root");
    assertThat(shop.get("/api/me", "cookie", shop.cookie(BOB)).body())
        .contains("\"banned\":{\"reason\":\"abuse\"}");
    assertThat(shop.get("/api/access?wallet=" + ALICE.address().checksummed()).body())
        .doesNotContain("banned");
  }

  @Test
  void keepsTheRevocationsOfWhoeverHasEverPaidAlone() throws Exception {
    String stranger = shop.cookie(ALICE);
    String device = "{\"device\":\"0123456789abcdef\"}";

    HttpResponse<String> refused = shop.post("/api/me/revoke", device, "cookie", stranger);

    assertThat(refused.statusCode()).isEqualTo(402);
    assertThat(refused.body()).contains("\"code\":\"no_time\"");
    assertThat(shop.gate.isRevoked(ALICE.address(), new DeviceId("0123456789abcdef"))).isFalse();
    shop.ledger.paid(BOB.address(), NOW.minusSeconds(60)); // It may be over.
    assertThat(shop.post("/api/me/revoke", device, "cookie", shop.cookie(BOB)).statusCode())
        .isEqualTo(204);
  }

  @Test
  void showsOnesOwnTimeAndSessionsAlone() throws Exception {
    shop.ledger.paid(ALICE.address(), NOW.plusSeconds(60));
    shop.gate.willShow(
        session(ALICE, 12, "203.0.113.77:51000"), session(BOB, 13, "198.51.100.1:1194"));

    String me = shop.get("/api/me", "cookie", shop.cookie(ALICE)).body();

    assertThat(me)
        .startsWith("{\"wallet\":\"" + ALICE.address().checksummed() + "\"")
        .contains("\"paidUntil\":" + NOW.plusSeconds(60).getEpochSecond())
        .contains("\"gatePaidUntil\":" + NOW.plusSeconds(60).getEpochSecond())
        .contains("\"limit\":2")
        .contains(
            "\"sessions\":[{\"id\":\"udp/12\",\"instance\":\"udp\",\"state\":\"established\",\"since\":"
                + NOW.getEpochSecond()
                + ",\"tunnelAddress\":\"10.88.0.2\",\"tunnelAddress6\":\"fd88::2\",\"realAddress\":\"203.0.113.0/24\","
                + "\"bytesIn\":11,\"bytesOut\":22,\"kind\":\"device\",\"device\":\"0123456789abcdef\"}]")
        .doesNotContain("198.51.100");
  }

  @ParameterizedTest
  @CsvSource({
    "203.0.113.77:51000, 203.0.113.0/24",
    "udp4:203.0.113.77:51000, 203.0.113.0/24",
    "[2001:db8:aa:bb::1]:1194, 2001:db8:aa::/48",
    "2001:db8:aa:bb::1, 2001:db8:aa::/48",
    "somewhere, ''",
    "'', ''"
  })
  void showsNoMoreOfAnAddressThanItsNetwork(String address, String shown) {
    assertThat(OwnSession.of(session(ALICE, 1, address)).realAddress()).isEqualTo(shown);
  }

  @Test
  void tellsTheNewestBlockAndTheGateApartWhilePurchasesWaitForConfirmations() throws Exception {
    shop.close();
    shop = new ShopWorld(folder, 3);
    shop.ledger.paid(ALICE.address(), NOW.plusSeconds(60));
    shop.ledger.paidAtLatest(ALICE.address(), NOW.plusSeconds(3660));

    assertThat(shop.get("/api/me", "cookie", shop.cookie(ALICE)).body())
        .contains("\"paidUntil\":" + NOW.plusSeconds(3660).getEpochSecond())
        .contains("\"gatePaidUntil\":" + NOW.plusSeconds(60).getEpochSecond());
  }

  @Test
  void endsOnesOwnSessionAndDoesNotWaitForItsEnd() throws Exception {
    shop.gate.willShow(session(ALICE, 12, "203.0.113.77:51000"));
    CompletableFuture<KillResult> never = new CompletableFuture<>();
    shop.gate.willKill(never);

    HttpResponse<String> answer = disconnect("{\"session\":\"udp/12\"}");

    assertThat(answer.statusCode()).isEqualTo(204);
    assertThat(shop.gate.kills())
        .containsExactly(
            new StubGateControl.Kill(
                new KillTarget.ByOwner(ALICE.address(), "udp", new ClientId(12)),
                "You ended this connection on the page"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"udp/13", "udp/14", "tcp/12", "", "udp/012", "../12", "udp/12/1"})
  void hasNoSessionsButOnesOwn(String id) throws Exception {
    shop.gate.willShow(
        session(ALICE, 12, "203.0.113.77:51000"), session(BOB, 13, "198.51.100.1:1194"));

    assertThat(disconnect("{\"session\":\"" + id + "\"}").statusCode()).isEqualTo(404);
    assertThat(shop.gate.kills()).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "{}", "{\"session\":12}", "null"})
  void refusesToEndWhatIsNotNamed(String body) throws Exception {
    assertThat(disconnect(body).statusCode()).isEqualTo(400);
  }

  @Test
  void showsNothingToWhoIsNotSignedIn() throws Exception {
    assertThat(shop.get("/api/me").statusCode()).isEqualTo(401);
    assertThat(shop.get("/api/me/history").statusCode()).isEqualTo(401);
    assertThat(shop.post("/api/me/disconnect", "{\"session\":\"udp/12\"}").statusCode())
        .isEqualTo(401);
  }

  @Test
  void doesNothingForAnotherSitesPage() throws Exception {
    shop.gate.willShow(session(ALICE, 12, "203.0.113.77:51000"));

    assertThat(
            shop.post(
                    "/api/me/disconnect",
                    "{\"session\":\"udp/12\"}",
                    "cookie",
                    shop.cookie(ALICE),
                    "origin",
                    "https://evil.example")
                .statusCode())
        .isEqualTo(403);
    assertThat(shop.gate.kills()).isEmpty();
  }

  @Test
  void tellsWhatWasBought() throws Exception {
    shop.storefront.purchases(
        CompletableFuture.completedFuture(
            List.of(
                new Purchase(
                    "0x" + "ab".repeat(32),
                    17,
                    NOW,
                    3,
                    ALICE.address(),
                    BOB.address(),
                    BigInteger.TEN,
                    Optional.empty(),
                    NOW.plusSeconds(3600)))));

    assertThat(shop.get("/api/me/history", "cookie", shop.cookie(ALICE)).body())
        .isEqualTo(
            "[{\"transaction\":\"0x%s\",\"block\":17,\"time\":%d,\"product\":3,\"account\":\"%s\",\"payer\":\"%s\",\"price\":\"10\",\"paidUntil\":%d}]"
                .formatted(
                    "ab".repeat(32),
                    NOW.getEpochSecond(),
                    ALICE.address().checksummed(),
                    BOB.address().checksummed(),
                    NOW.plusSeconds(3600).getEpochSecond()));
  }

  @Test
  void saysThatTheChainIsAwayWhenAHistoryCanNotBeRead() throws Exception {
    shop.storefront.purchases(
        CompletableFuture.failedFuture(new IllegalStateException("http://10.0.0.7 is down")));

    HttpResponse<String> answer = shop.get("/api/me/history", "cookie", shop.cookie(ALICE));

    assertThat(answer.statusCode()).isEqualTo(503);
    assertThat(answer.body()).contains("chain_unavailable").doesNotContain("10.0.0.7");
  }

  private HttpResponse<String> disconnect(String body) throws Exception {
    return shop.post("/api/me/disconnect", body, "cookie", shop.cookie(ALICE));
  }
}
