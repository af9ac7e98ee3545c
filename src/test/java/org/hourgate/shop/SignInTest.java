package org.hourgate.shop;

import static org.assertj.core.api.Assertions.assertThat;
import static org.hourgate.shop.ShopWorld.ALICE;
import static org.hourgate.shop.ShopWorld.BOB;
import static org.hourgate.shop.ShopWorld.NOW;
import static org.hourgate.shop.ShopWorld.ORIGIN;

import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import org.hourgate.credential.CredentialKind;
import org.hourgate.credential.DeviceId;
import org.hourgate.entitlement.Entitlement;
import org.hourgate.infrastructure.health.HealthCheck;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

final class SignInTest {

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

  @ParameterizedTest
  @EnumSource(names = {"LOGIN", "DEVICE"})
  void givesACookieThatNoScriptAndNoOtherSiteGetsAt(CredentialKind kind) throws Exception {
    HttpResponse<String> answer =
        shop.post("/api/session", ShopWorld.login(ALICE, shop.password(ALICE, kind)));

    assertThat(answer.statusCode()).isEqualTo(204);
    assertThat(answer.headers().firstValue("set-cookie").orElseThrow())
        .matches(
            "__Host-hourgate=[A-Za-z0-9_-]{92}; Max-Age=86400; Path=/; HttpOnly; SameSite=Strict; Secure");
  }

  @Test
  void takesOnePasswordAgainAndAgain() throws Exception {
    String login = ShopWorld.login(ALICE, shop.password(ALICE, CredentialKind.LOGIN));

    assertThat(shop.post("/api/session", login).statusCode()).isEqualTo(204);
    assertThat(shop.post("/api/session", login).statusCode()).isEqualTo(204);
  }

  @Test
  void knowsTheCookieAfterARestart() throws Exception {
    String cookie = shop.cookie(ALICE);
    shop.close();
    shop = new ShopWorld(folder);

    assertThat(shop.get("/api/me", "cookie", cookie).body())
        .contains("\"wallet\":\"" + ALICE.address().checksummed() + "\"");
  }

  @Test
  void takesTheCookieAway() throws Exception {
    HttpResponse<String> answer = shop.delete("/api/session", "origin", ORIGIN);

    assertThat(answer.statusCode()).isEqualTo(204);
    assertThat(answer.headers().firstValue("set-cookie").orElseThrow())
        .startsWith("__Host-hourgate=; Max-Age=0; Path=/;");
  }

  @Test
  void refusesWhatAnotherSitesPageSends() throws Exception {
    String login = shop.login(ALICE);
    for (String origin :
        new String[] {
          "https://evil.example", "null", "https://vpn.example.org", "http://vpn.example.org:8443"
        }) {
      HttpResponse<String> answer = shop.post("/api/session", login, "origin", origin);
      assertThat(answer.statusCode()).isEqualTo(403);
      assertThat(answer.body()).contains("\"code\":\"wrong_origin\"");
      assertThat(answer.headers().firstValue("set-cookie")).isEmpty();
    }
    assertThat(shop.post("/api/session", login, "origin", ORIGIN).statusCode()).isEqualTo(204);
  }

  @Test
  void refusesTheSignatureOfAnotherWallet() throws Exception {
    String password = shop.password(ALICE, BOB, CredentialKind.DEVICE);

    refused(ShopWorld.login(ALICE, password), 401, "bad_signature");
  }

  @Test
  void refusesAPasswordThatWasIssuedForAnotherWallet() throws Exception {
    refused(ShopWorld.login(BOB, shop.password(ALICE, CredentialKind.DEVICE)), 401, "nonce_forged");
  }

  @Test
  void asksForAnotherSignatureInPlaceOfOneThatAWrongClockHasDatedAhead() throws Exception {
    shop.time.advance(Duration.ofHours(2));
    String login = shop.login(ALICE);
    shop.time.jump(Duration.ofHours(-2));

    refused(login, 401, "clock");
    shop.chain = new HealthCheck.Result.Unhealthy("clock", "");
    refused(login, 503, "clock");
  }

  @Test
  void refusesAPasswordThatIsTooOld() throws Exception {
    String login = shop.login(ALICE);
    shop.time.advance(Duration.ofMinutes(30));

    refused(login, 401, "nonce_expired");
  }

  @Test
  void refusesAReconnectToken() throws Exception {
    String token =
        shop.authority.mintToken(
            ALICE.address(), NOW, Duration.ofHours(1), new DeviceId("0123456789abcdef"));

    refused(ShopWorld.login(ALICE, token), 400, "bad_password");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "{}",
        "[]",
        "{\"username\":\"0x19e7e376e7c213b7e7e7e46cc70a5dd086daff2a\"}",
        "{\"password\":\"x\"}",
        "{\"username\":\"0x19e7e376e7c213b7e7e7e46cc70a5dd086daff2a\",\"password\":\"x\"}",
        "{\"username\":\"alice\",\"password\":\"x\"}",
        "{\"username\":7,\"password\":\"x\"}"
      })
  void refusesWhatIsNoLogin(String body) throws Exception {
    assertThat(shop.post("/api/session", body).statusCode()).isEqualTo(400);
  }

  @Test
  void forgetsWhoRevokedOnTheContract() throws Exception {
    String login = shop.login(ALICE);
    String cookie = shop.cookie(ALICE);
    shop.ledger.entitle(ALICE.address(), new Entitlement(NOW.plusSeconds(3600), NOW));
    shop.time.advance(Duration.ofSeconds(2));

    assertThat(shop.get("/api/me", "cookie", cookie).body()).contains("\"code\":\"revoked\"");
    refused(login, 401, "revoked");
  }

  @Test
  void forgetsACookieAfterADay() throws Exception {
    String cookie = shop.cookie(ALICE);
    shop.time.advance(Duration.ofHours(24).minusSeconds(1));
    assertThat(shop.get("/api/me", "cookie", cookie).statusCode()).isEqualTo(200);

    shop.time.advance(Duration.ofSeconds(1));

    assertThat(shop.get("/api/me", "cookie", cookie).body()).contains("\"not_signed_in\"");
  }

  @Test
  void believesNoCookieThatItDidNotMake() throws Exception {
    String cookie = shop.cookie(ALICE);
    for (int i = "__Host-hourgate=".length(); i < cookie.length(); i += 3) {
      char other = cookie.charAt(i) == 'A' ? 'B' : 'A';
      String forged = cookie.substring(0, i) + other + cookie.substring(i + 1);
      assertThat(shop.get("/api/me", "cookie", forged).statusCode()).isEqualTo(401);
    }
    assertThat(shop.get("/api/me", "cookie", cookie + "A").statusCode()).isEqualTo(401);
    assertThat(shop.get("/api/me", "cookie", "__Host-hourgate=").statusCode()).isEqualTo(401);
    assertThat(shop.get("/api/me").statusCode()).isEqualTo(401);
  }

  @Test
  void doesNotTakeAReconnectTokenOrAPasswordForACookie() throws Exception {
    String password = shop.password(ALICE, CredentialKind.DEVICE);

    assertThat(shop.get("/api/me", "cookie", "__Host-hourgate=" + password).statusCode())
        .isEqualTo(401);
  }

  @Test
  void limitsBySourceAndLocksNoWalletOut() throws Exception {
    for (int i = 0; i < 100; i++) {
      shop.post("/api/session", ShopWorld.login(ALICE, "x"));
    }
    assertThat(shop.post("/api/session", shop.login(ALICE)).statusCode()).isEqualTo(429);

    shop.time.advance(Duration.ofSeconds(10));
    assertThat(shop.post("/api/session", shop.login(ALICE)).statusCode()).isEqualTo(204);
  }

  private void refused(String body, int status, String code) throws Exception {
    HttpResponse<String> answer = shop.post("/api/session", body);
    assertThat(answer.statusCode()).isEqualTo(status);
    assertThat(answer.body()).contains("\"code\":\"" + code + "\"");
    assertThat(answer.headers().firstValue("set-cookie")).isEmpty();
  }
}
