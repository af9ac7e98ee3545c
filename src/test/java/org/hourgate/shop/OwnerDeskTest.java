package org.hourgate.shop;

import static org.assertj.core.api.Assertions.assertThat;
import static org.hourgate.shop.OwnAccountTest.session;
import static org.hourgate.shop.ShopWorld.ALICE;
import static org.hourgate.shop.ShopWorld.BOB;
import static org.hourgate.shop.ShopWorld.NOW;
import static org.hourgate.shop.ShopWorld.TOKEN;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import java.math.BigInteger;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.hourgate.chain.Currency;
import org.hourgate.chain.Takings;
import org.hourgate.credential.DeviceId;
import org.hourgate.credential.WalletKey;
import org.hourgate.gate.KillResult;
import org.hourgate.gate.KillTarget;
import org.hourgate.management.ClientId;
import org.hourgate.testing.StubGateControl;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.slf4j.LoggerFactory;

final class OwnerDeskTest {

  private static final WalletKey SELLER = WalletKey.parse("33".repeat(32));
  private static final String DEVICE = "0123456789abcdef";

  @TempDir private Path folder;
  private ShopWorld shop;
  private final Logger audit = (Logger) LoggerFactory.getLogger("org.hourgate.audit");
  private final ListAppender<ILoggingEvent> lines = new ListAppender<>();
  private final Optional<Level> before = Optional.ofNullable(audit.getLevel());

  @BeforeEach
  void start() throws Exception {
    shop = new ShopWorld(folder);
    shop.storefront.owner(SELLER.address());
    shop.gate.willShow(
        session(ALICE, 12, "203.0.113.77:51000"), session(BOB, 13, "198.51.100.1:1194"));
    audit.setLevel(Level.INFO);
    lines.start();
    audit.addAppender(lines);
  }

  @AfterEach
  void close() {
    audit.detachAppender(lines);
    audit.setLevel(before.orElse(null));
    shop.close();
  }

  @Test
  void showsTheOwnerWhatWasEarnedAndWhoIsOnline() throws Exception {
    shop.storefront.takings(
        new Takings(
            List.of(
                new Takings.Holding(Currency.ETHER, BigInteger.TEN),
                new Takings.Holding(new Currency(Optional.of(TOKEN), "USD", 6), BigInteger.TWO)),
            List.of(new Takings.Sold(3, 2, BigInteger.valueOf(20))),
            41,
            43));

    HttpResponse<String> answer = view(SELLER);

    assertThat(answer.statusCode()).isEqualTo(200);
    assertThat(answer.body())
        .startsWith("{\"wallet\":\"" + SELLER.address().checksummed() + "\"")
        .contains(
            "\"balances\":[{\"symbol\":\"ETH\",\"decimals\":18,\"amount\":\"10\"},"
                + "{\"token\":\"%s\",\"symbol\":\"USD\",\"decimals\":6,\"amount\":\"2\"}]"
                    .formatted(TOKEN.checksummed()))
        .contains("\"sold\":[{\"product\":3,\"count\":2,\"amount\":\"20\"}]")
        .contains("\"countedTo\":41,\"block\":43")
        .contains(
            "{\"id\":\"udp/12\",\"wallet\":\"%s\",\"instance\":\"udp\",\"state\":\"established\",\"since\":%d,\"until\":%d,\"tunnelAddress\":\"10.88.0.2\",\"tunnelAddress6\":\"fd88::2\",\"realAddress\":\"203.0.113.77:51000\",\"bytesIn\":11,\"bytesOut\":22,\"kind\":\"device\",\"device\":\"0123456789abcdef\"}"
                .formatted(
                    ALICE.address().checksummed(),
                    NOW.getEpochSecond(),
                    NOW.plusSeconds(60).getEpochSecond()))
        .contains("198.51.100.1:1194");
  }

  @Test
  void showsWhoIsOnlineWhileTheBooksCanNotBeRead() throws Exception {
    assertThat(view(SELLER).statusCode()).isEqualTo(200);
    assertThat(view(SELLER).body()).contains("udp/12").doesNotContain("books");
  }

  @Test
  void tellsNobodyElseAnythingAndDoesNothingForHim() throws Exception {
    for (HttpResponse<String> refused :
        List.of(view(ALICE), disconnect(ALICE, "no"), revoke(ALICE, DEVICE))) {
      assertThat(refused.statusCode()).isEqualTo(403);
      assertThat(refused.body())
          .contains("\"code\":\"not_owner\"")
          .doesNotContain("udp/1", "203.0.113", "198.51.100", BOB.address().checksummed());
    }
    assertNothingDone();
  }

  @Test
  void tellsNothingToWhoIsNotSignedIn() throws Exception {
    assertThat(shop.get("/api/owner").statusCode()).isEqualTo(401);
    assertThat(shop.post("/api/owner/disconnect", ended("no")).statusCode()).isEqualTo(401);
    assertThat(shop.post("/api/owner/revoke", lost(DEVICE)).statusCode()).isEqualTo(401);
    assertNothingDone();
  }

  @Test
  void doesNothingForAnotherSitesPage() throws Exception {
    assertThat(
            shop.post(
                    "/api/owner/disconnect",
                    ended("no"),
                    "cookie",
                    shop.cookie(SELLER),
                    "origin",
                    "https://evil.example")
                .statusCode())
        .isEqualTo(403);
    assertNothingDone();
  }

  @Test
  void complainsOnceAMinuteOfAnOwnerWhomTheChainDoesNotTell() throws Exception {
    shop.storefront.ownerIsUnknown();
    Logger log = (Logger) LoggerFactory.getLogger(OwnerDesk.class);
    log.addAppender(lines);
    try {
      for (int i = 0; i < 5; i++) {
        assertThat(view(SELLER).statusCode()).isEqualTo(503);
      }
      assertThat(lines.list).filteredOn(line -> line.getLevel() == Level.WARN).hasSize(1);
      shop.time.advance(Duration.ofMinutes(1));
      view(SELLER);
      assertThat(lines.list).filteredOn(line -> line.getLevel() == Level.WARN).hasSize(2);
    } finally {
      log.detachAppender(lines);
    }
  }

  @Test
  void whoSoldTheContractLosesTheView() throws Exception {
    String cookie = shop.cookie(SELLER);
    assertThat(shop.get("/api/owner", "cookie", cookie).statusCode()).isEqualTo(200);

    shop.storefront.owner(BOB.address());

    assertThat(shop.get("/api/owner", "cookie", cookie).statusCode()).isEqualTo(403);
    assertThat(view(BOB).statusCode()).isEqualTo(200);
  }

  @Test
  void tellsAndDoesNothingWhileTheOwnerIsNotKnown() throws Exception {
    shop.storefront.ownerIsUnknown();

    for (HttpResponse<String> refused :
        List.of(view(SELLER), disconnect(SELLER, "no"), revoke(SELLER, DEVICE))) {
      assertThat(refused.statusCode()).isEqualTo(503);
      assertThat(refused.body()).contains("chain_unavailable").doesNotContain("udp/12", "10.0.0.7");
    }
    assertNothingDone();
  }

  @Test
  void endsASessionAndWritesDownWhoDidItAndWhatBecameOfIt() throws Exception {
    CompletableFuture<KillResult> result = new CompletableFuture<>();
    shop.gate.willKill(result);

    assertThat(disconnect(SELLER, "Too loud").statusCode()).isEqualTo(204);

    assertThat(shop.gate.kills())
        .containsExactly(
            new StubGateControl.Kill(
                new KillTarget.ByOwner(ALICE.address(), "udp", new ClientId(12)), "Too loud"));
    String what =
        "owner=%s from=127.0.0.1 target=%s udp/12"
            .formatted(SELLER.address().shortened(), ALICE.address().shortened());
    assertThat(audited()).containsExactly("kill begun " + what + " reason=\"Too loud\"");
    result.complete(StubGateControl.ended(1, 1));
    assertThat(audited()).last().isEqualTo("kill done " + what + " cut=1 confirmed=1");
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "  ", "two\\nlines", "more than 160"})
  void endsNothingWithoutAReasonThatACustomerCanRead(String reason) throws Exception {
    String written = reason.startsWith("more") ? "x".repeat(161) : reason;
    assertThat(disconnect(SELLER, written).statusCode()).isEqualTo(400);
    assertNothingDone();
  }

  @ParameterizedTest
  @ValueSource(strings = {"udp/13", "udp/14", "tcp/12", "", "../12"})
  void endsNoSessionThatIsNotThatWalletsNow(String id) throws Exception {
    String body =
        "{\"wallet\":\"%s\",\"session\":\"%s\",\"reason\":\"no\"}"
            .formatted(ALICE.address().checksummed(), id);
    assertThat(shop.post("/api/owner/disconnect", body, "cookie", shop.cookie(SELLER)).statusCode())
        .isEqualTo(404);
    assertNothingDone();
  }

  @Test
  void revokesOneProfileOfACustomerAndWritesItDown() throws Exception {
    assertThat(revoke(SELLER, DEVICE).statusCode()).isEqualTo(204);

    assertThat(shop.gate.isRevoked(ALICE.address(), new DeviceId(DEVICE))).isTrue();
    String what =
        "owner=%s from=127.0.0.1 target=%s device=%s"
            .formatted(SELLER.address().shortened(), ALICE.address().shortened(), DEVICE);
    assertThat(audited())
        .containsExactly("revoke begun " + what, "revoke done " + what + " kept=true");
  }

  @Test
  void saysSoWhenARevocationCanNotBeKept() throws Exception {
    shop.gate.willNotKeepRevocations();

    assertThat(revoke(SELLER, DEVICE).statusCode()).isEqualTo(503);
    assertThat(audited()).last().asString().endsWith("kept=false");
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "{}", "null", "{\"wallet\":\"0x1\",\"device\":\"0123456789abcdef\"}"})
  void refusesWhatNamesNobody(String body) throws Exception {
    String cookie = shop.cookie(SELLER);
    assertThat(shop.post("/api/owner/revoke", body, "cookie", cookie).statusCode()).isEqualTo(400);
    assertThat(shop.post("/api/owner/disconnect", body, "cookie", cookie).statusCode())
        .isEqualTo(400);
    assertNothingDone();
  }

  private void assertNothingDone() {
    assertThat(shop.gate.kills()).isEmpty();
    assertThat(shop.gate.isRevoked(ALICE.address(), new DeviceId(DEVICE))).isFalse();
    assertThat(audited()).isEmpty();
  }

  private List<String> audited() {
    return List.copyOf(lines.list).stream().map(ILoggingEvent::getFormattedMessage).toList();
  }

  private HttpResponse<String> view(WalletKey who) throws Exception {
    return shop.get("/api/owner", "cookie", shop.cookie(who));
  }

  private HttpResponse<String> disconnect(WalletKey who, String reason) throws Exception {
    return shop.post("/api/owner/disconnect", ended(reason), "cookie", shop.cookie(who));
  }

  private HttpResponse<String> revoke(WalletKey who, String device) throws Exception {
    return shop.post("/api/owner/revoke", lost(device), "cookie", shop.cookie(who));
  }

  private static String ended(String reason) {
    return "{\"wallet\":\"%s\",\"session\":\"udp/12\",\"reason\":\"%s\"}"
        .formatted(ALICE.address().checksummed(), reason);
  }

  private static String lost(String device) {
    return "{\"wallet\":\"%s\",\"device\":\"%s\"}".formatted(ALICE.address().checksummed(), device);
  }
}
