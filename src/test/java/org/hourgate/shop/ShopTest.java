package org.hourgate.shop;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.hourgate.shop.ShopWorld.ALICE;
import static org.hourgate.shop.ShopWorld.BOB;
import static org.hourgate.shop.ShopWorld.NOW;

import java.math.BigInteger;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.stream.LongStream;
import org.hourgate.chain.Head;
import org.hourgate.chain.Offer;
import org.hourgate.chain.Product;
import org.hourgate.chain.Shelf;
import org.hourgate.credential.Credential;
import org.hourgate.credential.CredentialKind;
import org.hourgate.credential.PasswordDecoder;
import org.hourgate.credential.WalletAddress;
import org.hourgate.entitlement.ChainStatus;
import org.hourgate.gate.InstanceStatus;
import org.hourgate.gate.SessionView;
import org.hourgate.infrastructure.health.HealthCheck;
import org.hourgate.infrastructure.json.Json;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;

/** What everybody may ask. */
final class ShopTest {

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

  @Test
  void tellsWhoWeAre() throws Exception {
    shop.storefront.head(new Head(17, NOW.minusSeconds(3)));
    shop.storefront.shelf(new Shelf(List.of(), BOB.address(), false, NOW));

    assertThat(shop.get("/api/gateway").body())
        .startsWith(
            "{\"name\":\"Shed\",\"chainId\":31337,"
                + "\"contract\":\"0x5FbDB2315678afecb367f032d93F642f64180aa3\","
                + "\"publicUrl\":\"https://vpn.example.org:8443\",\"ready\":true,\"reasons\":[],")
        .contains("\"checkedAt\":" + NOW.getEpochSecond() + ",")
        .contains(
            "\"instances\":[{\"name\":\"udp\",\"attached\":true,\"state\":\"serving\",\"clients\":0,\"capacity\":253,\"profile\":true}]")
        .contains("\"confirmations\":1,")
        .contains("\"place\":\"Vienna\",\"notes\":[\"Hot & <b>fast</b>\"]")
        .contains("\"head\":{\"number\":17,\"time\":" + NOW.minusSeconds(3).getEpochSecond() + "}")
        .contains(
            "\"chain\":{\"id\":31337,\"name\":\"Lab\","
                + "\"currency\":{\"name\":\"Ether\",\"symbol\":\"ETH\",\"decimals\":18},"
                + "\"rpcUrls\":[\"http://127.0.0.1:8545\"],"
                + "\"explorer\":\"https://explorer.example.org\"}")
        .contains("\"owner\":\"" + BOB.address().checksummed() + "\"")
        .contains("\"limits\":{\"sessionsPerWallet\":2,\"whenFull\":\"newest-wins\"}");
  }

  @Test
  void tellsWhyNobodyCanGetInByCodeAlone() throws Exception {
    shop.chain = new HealthCheck.Result.Unhealthy("chain_unavailable", "http://10.0.0.7 is down");
    shop.instances = List.of(new InstanceStatus("udp", false, List.of("/etc/secret is wrong")));

    assertThat(shop.get("/api/gateway").body())
        .contains("\"ready\":false,\"reasons\":[\"chain_unavailable\",\"starting\"]")
        .contains("\"attached\":false,\"state\":\"away\"")
        .doesNotContain("10.0.0.7", "secret");
  }

  @Test
  void nobodyNewCanGetInWhereEveryPlaceIsTaken() throws Exception {
    SessionView[] all =
        LongStream.range(0, 253)
            .mapToObj(cid -> OwnAccountTest.session(BOB, cid, "udp4:192.0.2.7:5000"))
            .toArray(SessionView[]::new);
    shop.gate.willShow(all);
    awaitGateway("\"ready\":false,\"reasons\":[\"overloaded\"]");

    shop.gate.willShow(Arrays.copyOf(all, 252));
    awaitGateway("\"ready\":true,\"reasons\":[]");
  }

  @Test
  void customersGetInWhileOneOfSeveralInstancesServesAndHasRoom() throws Exception {
    shop.instances = List.of(away("udp"), serving("tcp"));
    assertThat(shop.get("/api/gateway").body())
        .contains("\"ready\":true,\"reasons\":[]")
        .contains("\"name\":\"udp\",\"attached\":false,\"state\":\"away\"");

    shop.instances = List.of(away("udp"), away("tcp"));
    assertThat(shop.get("/api/gateway").body())
        .contains("\"ready\":false,\"reasons\":[\"starting\"]");

    shop.instances = List.of(serving("udp"), away("tcp"));
    shop.gate.willShow(
        LongStream.range(0, 253)
            .mapToObj(cid -> OwnAccountTest.session(BOB, cid, "udp4:192.0.2.7:5000"))
            .toArray(SessionView[]::new));
    awaitGateway("\"ready\":false,\"reasons\":[\"overloaded\"]");
  }

  private static InstanceStatus serving(String name) {
    return new InstanceStatus(name, true, List.of());
  }

  private static InstanceStatus away(String name) {
    return new InstanceStatus(name, false, List.of("not attached"));
  }

  private void awaitGateway(String expected) {
    await()
        .atMost(Duration.ofSeconds(60))
        .untilAsserted(() -> assertThat(shop.get("/api/gateway").body()).contains(expected));
  }

  @Test
  void tellsWhatIsForSaleAndHowItsPriceIsWritten() throws Exception {
    shop.storefront.shelf(
        new Shelf(
            List.of(
                new Offer(
                    new Product(
                        0,
                        Optional.empty(),
                        new BigInteger("79228162514264337593543950335"),
                        Duration.ofHours(1),
                        true),
                    "",
                    18),
                new Offer(
                    new Product(
                        1, Optional.of(ShopWorld.TOKEN), BigInteger.TWO, Duration.ofDays(1), false),
                    "USDX",
                    6)),
            BOB.address(),
            false,
            NOW));

    assertThat(shop.get("/api/offers").body())
        .isEqualTo(
            "[{\"id\":0,\"price\":\"79228162514264337593543950335\",\"symbol\":\"ETH\","
                + "\"decimals\":18,\"duration\":3600,\"confirmations\":7,\"active\":true,"
                + "\"fiat\":{\"amount\":\"194148612241204.76\",\"currency\":\"EUR\",\"asOf\":\"2026-11-21\"}},"
                + "{\"id\":1,\"price\":\"2\",\"token\":\""
                + ShopWorld.TOKEN.checksummed()
                + "\",\"symbol\":\"USDX\",\"decimals\":6,\"duration\":86400,\"confirmations\":1,\"active\":false,"
                + "\"fiat\":{\"amount\":\"0.000002\",\"currency\":\"EUR\",\"asOf\":\"2026-11-21\"}}]");
  }

  @Test
  void doesNotTakeOffersThatWereNeverReadForNone() throws Exception {
    HttpResponse<String> answer = shop.get("/api/offers");

    assertThat(answer.statusCode()).isEqualTo(503);
    assertThat(answer.headers().firstValue("retry-after")).contains("10");
    assertThat(answer.body()).contains("\"code\":\"chain_unavailable\"");
  }

  @Test
  void tellsUntilWhenAWalletHasPaid() throws Exception {
    Instant until = NOW.plusSeconds(60);
    shop.ledger.paid(ALICE.address(), until);

    HttpResponse<String> answer = shop.get("/api/access?wallet=" + ALICE.address().lowerCase());

    assertThat(answer.body())
        .startsWith("{\"wallet\":\"" + ALICE.address().checksummed() + "\"")
        .contains("\"paidUntil\":" + until.getEpochSecond())
        .contains("\"credentialsFrom\":0");
  }

  @Test
  void asksTheChainOnceASecondForOneWalletWhoeverAsks() throws Exception {
    for (int i = 0; i < 10; i++) {
      shop.get("/api/access?wallet=" + ALICE.address().lowerCase());
    }
    assertThat(shop.ledger.questions()).isEqualTo(1);

    shop.time.advance(Duration.ofSeconds(2));
    shop.get("/api/access?wallet=" + ALICE.address().lowerCase());
    assertThat(shop.ledger.questions()).isEqualTo(2);
  }

  @Test
  void tellsWhatWasKnownLastWhileTheChainIsAway() throws Exception {
    shop.ledger.paid(ALICE.address(), NOW.plusSeconds(60));
    String before = shop.get("/api/access?wallet=" + ALICE.address().lowerCase()).body();
    shop.ledger.available(false);
    shop.time.advance(Duration.ofMinutes(5));

    assertThat(shop.get("/api/access?wallet=" + ALICE.address().lowerCase()).body())
        .isEqualTo(before);
    assertThat(shop.get("/api/access?wallet=" + BOB.address().lowerCase()).statusCode())
        .isEqualTo(503);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "?wallet=", "?wallet=0x12", "?other=1", "?wallet=%zz"})
  void refusesToLookUpWhatIsNoWallet(String query) throws Exception {
    // The client of the tests does not send what is no URL.
    HttpResponse<String> answer = shop.get("/api/access" + query.replace("%zz", "%25zz"));

    assertThat(answer.statusCode()).isEqualTo(400);
  }

  @Test
  void limitsLookUpsBySourceAndLeavesTheRestAlone() throws Exception {
    for (int i = 0; i < 100; i++) {
      shop.get("/api/access?wallet=" + ALICE.address().lowerCase());
    }

    assertThat(shop.get("/api/access?wallet=" + ALICE.address().lowerCase()).statusCode())
        .isEqualTo(429);
    assertThat(shop.get("/api/gateway").statusCode()).isEqualTo(200);
    assertThat(ask(ALICE.address().checksummed(), "login").statusCode()).isEqualTo(200);
  }

  @ParameterizedTest
  @ValueSource(strings = {"login", "device"})
  void givesATextWhoseSignatureMakesAPasswordOfOurs(String kind) throws Exception {
    WalletAddress wallet = ALICE.address();

    HttpResponse<String> answer = ask(wallet.checksummed(), kind);

    assertThat(answer.statusCode()).isEqualTo(200);
    JsonNode nonce = Json.readTree(answer.body());
    Duration lifetime = kind.equals("login") ? Duration.ofMinutes(5) : Duration.ofDays(30);
    assertThat(nonce.get("expires").asLong()).isEqualTo(NOW.plus(lifetime).getEpochSecond());
    String prefix = nonce.get("passwordPrefix").asString();
    assertThat(prefix).hasSize(32);
    byte[] signature = ALICE.signPersonal(nonce.get("message").asString());
    String password = prefix + Base64.getUrlEncoder().withoutPadding().encodeToString(signature);
    Credential credential = PasswordDecoder.decode(password).orElseThrow();
    assertThat(credential.kind())
        .isEqualTo(kind.equals("login") ? CredentialKind.LOGIN : CredentialKind.DEVICE);
    assertThat(shop.authority.isAuthentic(wallet, credential)).isTrue();
    assertThat(shop.authority.isSignedBy(wallet, (Credential.Signed) credential)).isTrue();
  }

  @Test
  void refusesAWalletWithATypingError() throws Exception {
    HttpResponse<String> answer = ask("0x5FbDB2315678afecb367f032d93F642f64180AA3", "login");

    assertThat(answer.statusCode()).isEqualTo(400);
    assertThat(answer.headers().firstValue("content-type")).contains("application/problem+json");
    assertThat(answer.body()).contains("\"code\":\"bad_username\"").contains("typing error");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "null",
        "[]",
        "{}",
        "\"text\"",
        "{\"wallet\":\"0x5fbdb2315678afecb367f032d93f642f64180aa3\"}",
        "{\"wallet\":\"0x5fbdb2315678afecb367f032d93f642f64180aa3\",\"kind\":\"token\"}",
        "{\"wallet\":\"0x5fbdb2315678afecb367f032d93f642f64180aa3\",\"kind\":1}",
        "{\"wallet\":5,\"kind\":\"login\"}",
        "{\"wallet\":\"0x5fbdb2315678afecb367f032d93f642f64180aa3\",\"kind\":\"login\",\"kind\":\"device\"}",
        "{\"wallet\":\"0x5fbdb2315678afecb367f032d93f642f64180aa3\",\"kind\":\"login\"} {}",
        "{\"wallet\":\"0x5fbdb2315678afecb367f032d93f642f64180aa3\",\"kind\":\"login\"",
        "{'wallet':'0x5fbdb2315678afecb367f032d93f642f64180aa3','kind':'login'}",
      })
  void refusesWhatIsNotTheRightObject(String body) throws Exception {
    HttpResponse<String> answer = post(body);

    assertThat(answer.statusCode()).isEqualTo(400);
    assertThat(answer.body()).contains("\"code\":\"bad_request\"");
  }

  @Test
  void refusesMoreRequestsThanTheRateUntilTimeHasPassed() throws Exception {
    for (int i = 0; i < 20; i++) {
      assertThat(ask(ALICE.address().checksummed(), "login").statusCode()).isEqualTo(200);
    }

    HttpResponse<String> refused = ask(ALICE.address().checksummed(), "login");
    assertThat(refused.statusCode()).isEqualTo(429);
    assertThat(refused.headers().firstValue("retry-after")).contains("10");
    assertThat(refused.body()).contains("\"code\":\"rate_limited\"");

    shop.time.advance(Duration.ofSeconds(10));
    assertThat(ask(ALICE.address().checksummed(), "login").statusCode()).isEqualTo(200);
  }

  /** Its time may be a wrong one, and outlive a revocation. */
  @Test
  void givesNoTextToSignBeforeTheChainHasBorneOutTheClock() throws Exception {
    shop.gate.willNotVouchForItsClock();
    shop.ledger.status(new ChainStatus(false, List.of("old"), Instant.EPOCH, true));

    HttpResponse<String> refused = ask(ALICE.address().checksummed(), "login");

    assertThat(refused.statusCode()).isEqualTo(503);
    assertThat(refused.body()).contains("\"code\":\"chain_unavailable\"", "try again in a minute");
    shop.ledger.status(new ChainStatus(true, List.of(), NOW, true));
    assertThat(ask(ALICE.address().checksummed(), "login").statusCode()).isEqualTo(200);
  }

  /** It would say a wrong time, and be of no use when the clock is right. */
  @Test
  void givesNoTextWhileTheClockIsInDoubt() throws Exception {
    shop.chain = new HealthCheck.Result.Unhealthy("clock", "");

    HttpResponse<String> refused = ask(ALICE.address().checksummed(), "device");

    assertThat(refused.statusCode()).isEqualTo(503);
    assertThat(refused.body()).contains("\"code\":\"clock\"");
    HttpResponse<String> app = shop.get("/api/connection/waits");
    assertThat(app.statusCode()).isEqualTo(503);
    assertThat(app.body()).contains("\"code\":\"clock\"");
    shop.chain = new HealthCheck.Result.Unhealthy("chain_unavailable", "");
    assertThat(ask(ALICE.address().checksummed(), "device").statusCode()).isEqualTo(200);
  }

  private HttpResponse<String> ask(String wallet, String kind) throws Exception {
    return post("{\"wallet\":\"" + wallet + "\",\"kind\":\"" + kind + "\"}");
  }

  private HttpResponse<String> post(String body) throws Exception {
    return shop.post("/api/nonce", body);
  }
}
