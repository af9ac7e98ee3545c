package org.hourgate.shop;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.hourgate.shop.ShopWorld.ALICE;
import static org.hourgate.shop.ShopWorld.NOW;

import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.hourgate.credential.CredentialKind;
import org.hourgate.gate.Ban;
import org.hourgate.infrastructure.json.Json;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

final class ProfileTest {

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

  @Test
  void carriesTheWalletAndItsDevicePass() throws Exception {
    String password = shop.password(ALICE, CredentialKind.DEVICE);

    HttpResponse<String> answer = shop.post("/api/profile", ShopWorld.login(ALICE, password));

    assertThat(answer.statusCode()).isEqualTo(200);
    assertThat(answer.headers().firstValue("content-type"))
        .contains("application/x-openvpn-profile");
    assertThat(answer.headers().firstValue("content-disposition"))
        .contains("attachment; filename=\"Shed.ovpn\"");
    assertThat(answer.headers().firstValue("cache-control")).contains("no-store");
    assertThat(answer.body())
        .isEqualTo(
            "# Shed\nclient\n<auth-user-pass>\n%s\n%s\n</auth-user-pass>\n"
                .formatted(ALICE.address().checksummed(), password));
  }

  @Test
  void isNotForBannedWallets() throws Exception {
    shop.ledger.paid(ALICE.address(), NOW.plusSeconds(60));
    shop.gate.banNow(new Ban(ALICE.address(), NOW, Optional.empty(), "mail flood", "root"));

    for (String path : List.of("/api/profile", "/api/import")) {
      HttpResponse<String> answer = shop.post(path, shop.login(ALICE));

      assertThat(answer.statusCode()).as(path).isEqualTo(403);
      assertThat(answer.body())
          .contains("\"code\":\"banned\"")
          .contains("This wallet is banned: mail flood");
    }
  }

  @Test
  void isNotForWalletsWithoutTime() throws Exception {
    shop.ledger.paid(ALICE.address(), NOW);

    HttpResponse<String> answer = shop.post("/api/profile", shop.login(ALICE));

    assertThat(answer.statusCode()).isEqualTo(402);
    assertThat(answer.body()).contains("\"code\":\"no_time\"");
  }

  @Test
  void needsADevicePass() throws Exception {
    String login = ShopWorld.login(ALICE, shop.password(ALICE, CredentialKind.LOGIN));

    assertThat(shop.post("/api/profile", login).body()).contains("\"code\":\"bad_password\"");
    assertThat(shop.post("/api/import", login).statusCode()).isEqualTo(400);
  }

  @Test
  void needsAProfileThatTheSellerHasSetUp() throws Exception {
    assertThat(shop.post("/api/profile?instance=tcp", shop.login(ALICE)).statusCode())
        .isEqualTo(404);
    assertThat(shop.post("/api/profile?instance=udp", shop.login(ALICE)).statusCode())
        .isEqualTo(200);
  }

  @Test
  void isFetchedByItsLinkOnceAndLookedForAsOftenAsOneLikes() throws Exception {
    JsonNode link = importLink();
    String url = link.get("url").asString();
    assertThat(url).matches("https://vpn\\.example\\.org:8443/p/[A-Za-z0-9_-]{22}");
    assertThat(link.get("openUrl").asString()).isEqualTo("openvpn://import-profile/" + url);
    assertThat(link.get("expires").asLong()).isEqualTo(NOW.plusSeconds(600).getEpochSecond());
    String path = url.substring(ShopWorld.ORIGIN.length());

    for (int i = 0; i < 2; i++) {
      assertThat(shop.send(shop.request(path).method("HEAD", BodyPublishers.noBody())).statusCode())
          .isEqualTo(200);
    }
    HttpResponse<String> profile = shop.get(path);
    assertThat(profile.headers().firstValue("content-type"))
        .contains("application/x-openvpn-profile");
    assertThat(profile.body()).contains(ALICE.address().checksummed());
    assertThat(shop.get(path).statusCode()).isEqualTo(404);
  }

  @Test
  void isGoneFromItsLinkAfterTenMinutes() throws Exception {
    String path = importLink().get("url").asString().substring(ShopWorld.ORIGIN.length());
    shop.time.advance(Duration.ofMinutes(10));

    assertThat(shop.get(path).statusCode()).isEqualTo(404);
  }

  @Test
  void isUnderNoOtherName() throws Exception {
    String path = importLink().get("url").asString().substring(ShopWorld.ORIGIN.length());

    for (String other :
        new String[] {
          "/p/", path + "/", "/p/x" + path.substring(3), path.replace("/p/", "/p//"), "/p/%2e"
        }) {
      assertThat(shop.get(other).statusCode()).isEqualTo(404);
    }
    assertThat(shop.get(path).statusCode()).isEqualTo(200);
  }

  @Test
  void isMadeOfATemplateThatLeavesNothingElseOpen() {
    assertThatThrownBy(() -> new ProfileTemplate("client\n{{USERNAME}}\n"))
        .hasMessage("needs {{USERNAME}} and {{PASSWORD}}");
    assertThatThrownBy(() -> new ProfileTemplate("{{USERNAME}} {{PASSWORD}} {{HOST}} {{Port}}"))
        .hasMessage("still has to be filled in: {{HOST}}, {{Port}}");
  }

  @Test
  void holdsNoLineThatTheTemplateDoesNot() {
    ProfileTemplate template = new ProfileTemplate("#{{NAME}}\n{{USERNAME}}\n{{PASSWORD}}\n");

    assertThatThrownBy(() -> template.fill("x\nscript-security 2", "u", "p"))
        .isInstanceOf(IllegalStateException.class);
    assertThat(template.fill("$1 \\", "u", "p")).isEqualTo("#$1 \\\nu\np\n");
  }

  private JsonNode importLink() throws Exception {
    HttpResponse<String> answer = shop.post("/api/import", shop.login(ALICE));
    assertThat(answer.statusCode()).isEqualTo(200);
    return Json.readTree(answer.body());
  }
}
