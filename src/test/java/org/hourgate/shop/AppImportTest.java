package org.hourgate.shop;

import static org.assertj.core.api.Assertions.assertThat;
import static org.hourgate.shop.ShopWorld.ALICE;
import static org.hourgate.shop.ShopWorld.NOW;

import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import org.hourgate.credential.CredentialKind;
import org.hourgate.gate.Ban;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What apps ask that import from an Access Server, as openvpn3's doc/webauth.md has it. */
final class AppImportTest {

  private static final String USER_LOGIN = "/rest/GetUserlogin?tls-cryptv2=1&action=import";

  @TempDir private Path folder;
  private ShopWorld shop;

  @BeforeEach
  void start() throws Exception {
    shop = new ShopWorld(folder);
    shop.ledger.paid(ALICE.address(), NOW.plusSeconds(3600));
  }

  @AfterEach
  void close() {
    shop.close();
  }

  @ParameterizedTest
  @ValueSource(strings = {"/rest/GetUserlogin", USER_LOGIN, "/rest/GetAutologin"})
  void givesTheReadyProfileForADevicePass(String path) throws Exception {
    String password = shop.password(ALICE, CredentialKind.DEVICE);

    HttpResponse<String> answer = get(path, ALICE.address().checksummed(), password);

    assertThat(answer.statusCode()).isEqualTo(200);
    assertThat(answer.headers().firstValue("content-type").orElseThrow()).startsWith("text/plain");
    assertThat(answer.headers().firstValue("cache-control")).contains("no-store");
    assertThat(answer.headers().firstValue("vpn-session-token")).isEmpty();
    assertThat(answer.body()).contains(ALICE.address().checksummed() + "\n" + password + "\n");
  }

  @Test
  void givesOneWithoutASecretForALoginAndLetsTheAppInThisOnce() throws Exception {
    String password = shop.password(ALICE, CredentialKind.LOGIN);

    HttpResponse<String> answer = get(USER_LOGIN, ALICE.address().lowerCase(), password);

    assertThat(answer.statusCode()).isEqualTo(200);
    assertThat(answer.body())
        .contains(ALICE.address().checksummed() + "\nweb\n")
        .contains("reneg-sec 604800")
        .doesNotContain(password);
    assertThat(decoded(answer, "vpn-session-user")).isEqualTo(ALICE.address().checksummed());
    assertThat(decoded(answer, "vpn-session-token")).isEqualTo(password);
  }

  @Test
  void givesNoProfileForALoginThatCouldNotSignInByItself() throws Exception {
    String login = shop.password(ALICE, CredentialKind.LOGIN);
    assertRefused(get("/rest/GetAutologin", ALICE.address().checksummed(), login), "bad_password");

    shop.gate.webSignInsOpen(false);
    assertRefused(get(USER_LOGIN, ALICE.address().checksummed(), login), "bad_password");
  }

  @Test
  void asksForTheLoginAsAppsExpectIt() throws Exception {
    assertRefused(shop.get(USER_LOGIN), "not_signed_in");
    for (String header : new String[] {"Basic", "Basic !", "Basic YWJj", "Bearer YTpi"}) {
      assertRefused(shop.send(shop.request(USER_LOGIN, "Authorization", header)), "not_signed_in");
    }
    assertRefused(get(USER_LOGIN, "alice", "x"), "bad_username");
    assertRefused(get(USER_LOGIN, ALICE.address().checksummed(), "x"), "bad_password");
    assertRefused(
        get(
            USER_LOGIN,
            ALICE.address().checksummed(),
            shop.password(ALICE, ShopWorld.BOB, CredentialKind.DEVICE)),
        "bad_signature");
  }

  @Test
  void refusesWhomThePageRefuses() throws Exception {
    String password = shop.password(ALICE, CredentialKind.DEVICE);
    shop.gate.banNow(
        new Ban(ALICE.address(), NOW, Optional.empty(), "mail <flood> & more", "root"));
    HttpResponse<String> banned = get(USER_LOGIN, ALICE.address().checksummed(), password);
    assertThat(banned.statusCode()).isEqualTo(403);
    assertThat(banned.headers().firstValue("www-authenticate")).isEmpty();
    assertThat(banned.body())
        .contains(
            "<Message>This wallet is banned: mail &lt;flood&gt; &amp; more [banned]</Message>");

    shop.ledger.paid(ShopWorld.BOB.address(), NOW);
    HttpResponse<String> unpaid =
        get(
            USER_LOGIN,
            ShopWorld.BOB.address().checksummed(),
            shop.password(ShopWorld.BOB, CredentialKind.DEVICE));
    assertThat(unpaid.statusCode()).isEqualTo(402);
    assertThat(unpaid.body()).contains("[no_time]");
  }

  @Test
  void countsAgainstTheLimitOfTheSource() throws Exception {
    for (int i = 0; i < 100; i++) {
      assertThat(shop.get(USER_LOGIN).statusCode()).isEqualTo(401);
    }
    HttpResponse<String> answer = shop.get(USER_LOGIN);
    assertThat(answer.statusCode()).isEqualTo(429);
    assertThat(answer.headers().firstValue("retry-after")).isPresent();
    shop.time.advance(Duration.ofSeconds(20));
    assertThat(shop.get(USER_LOGIN).statusCode()).isEqualTo(401);
  }

  @Test
  void saysThatItIsThePageWhereProfilesAreImported() throws Exception {
    Assumptions.assumeTrue(
        AppImportTest.class.getResource("/web/index.html") != null, "built with -DskipWeb");
    String path = "/openvpn-api/profile?deviceID=a&tls-cryptv2=1&auth=webauth";

    HttpResponse<String> head =
        shop.send(shop.request(path).method("HEAD", BodyPublishers.noBody()));
    HttpResponse<String> page = shop.get(path);

    for (HttpResponse<String> answer : List.of(head, page)) {
      assertThat(answer.statusCode()).isEqualTo(200);
      assertThat(answer.headers().firstValue("ovpn-webauth")).contains("Shed,external");
    }
    assertThat(page.body()).isEqualTo(shop.get("/").body());
  }

  private HttpResponse<String> get(String path, String username, String password) throws Exception {
    String pair = username + ":" + password;
    return shop.send(
        shop.request(
            path,
            "Authorization",
            "Basic " + Base64.getEncoder().encodeToString(pair.getBytes(StandardCharsets.UTF_8))));
  }

  private static String decoded(HttpResponse<String> answer, String header) {
    return new String(
        Base64.getDecoder().decode(answer.headers().firstValue(header).orElseThrow()),
        StandardCharsets.UTF_8);
  }

  private static void assertRefused(HttpResponse<String> answer, String code) {
    assertThat(answer.statusCode()).as(code).isEqualTo(401);
    assertThat(answer.headers().firstValue("www-authenticate")).contains("Basic realm=\"wallet\"");
    assertThat(answer.body())
        .startsWith("<?xml")
        .contains("<Message>AUTH_FAILED: ")
        .contains("[" + code + "]</Message>");
  }
}
