package org.hourgate.shop;

import static org.assertj.core.api.Assertions.assertThat;
import static org.hourgate.shop.ShopWorld.ALICE;
import static org.hourgate.shop.ShopWorld.BOB;
import static org.hourgate.shop.ShopWorld.NOW;

import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.hourgate.credential.WalletKey;
import org.hourgate.gate.SessionView;
import org.hourgate.gate.SessionView.State;
import org.hourgate.management.ClientId;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Who is told what inside the tunnel: loopback's addresses stand for those of the tunnel. */
final class TunnelPageTest {

  private static final String ALICES = "127.0.0.11";
  private static final String BOBS = "127.0.0.12";

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

  private static SessionView session(
      WalletKey wallet, String instance, String address, State state, Optional<Instant> until) {
    return session(wallet, instance, address, "", state, until);
  }

  private static SessionView session(
      WalletKey wallet,
      String instance,
      String address,
      String address6,
      State state,
      Optional<Instant> until) {
    return new SessionView(
        instance,
        new ClientId(7),
        wallet.address().checksummed(),
        "198.51.100.7:1194",
        address,
        address6,
        NOW,
        until,
        until.map(any -> NOW),
        11,
        22,
        SessionView.Kind.DEVICE,
        Optional.empty(),
        state);
  }

  static SessionView session(WalletKey wallet, String address, long seconds) {
    return session(
        wallet, "udp", address, State.ESTABLISHED, Optional.of(NOW.plusSeconds(seconds)));
  }

  private void assertTellsNothing(String from) throws Exception {
    for (String path : new String[] {"/", "/captive-portal"}) {
      HttpResponse<String> answer = shop.fromTunnel(from, path);
      assertThat(answer.statusCode()).isEqualTo(403);
      assertThat(answer.body())
          .isEqualTo(
              "This address tells customers who are connected through this VPN how long they"
                  + " are.\n");
    }
  }

  @Test
  void showsEverybodyHisOwnEndWithoutScript() throws Exception {
    Assumptions.assumeTrue(
        TunnelPageTest.class.getResource("/web/tunnel.html") != null, "built with -DskipWeb");
    shop.gate.willShow(session(ALICE, ALICES, 3_659), session(BOB, BOBS, 59));

    HttpResponse<String> alice = shop.fromTunnel(ALICES, "/");
    HttpResponse<String> bob = shop.fromTunnel(BOBS, "/");

    assertThat(alice.statusCode()).isEqualTo(200);
    assertThat(alice.body())
        .contains(
            ">1 hour<",
            ">13:00:59 UTC on 21 November 2026<",
            "href=\"https://vpn.example.org:8443\"",
            "http-equiv=\"refresh\" content=\"30\"",
            "prefers-color-scheme:dark")
        .doesNotContain("<script", "{{", ">59 seconds<");
    assertThat(bob.body())
        .contains(">59 seconds<", ">12:00:59 UTC on 21 November 2026<", "content=\"5\"")
        .doesNotContain("13:00:59");
    for (HttpResponse<String> answer : List.of(alice, bob)) {
      assertThat(answer.body())
          .doesNotContainIgnoringCase(ALICE.address().checksummed())
          .doesNotContainIgnoringCase(BOB.address().checksummed());
      assertThat(answer.headers().firstValue("cache-control")).contains("no-store");
    }
  }

  @Test
  void tellsProgramsByRfc8908() throws Exception {
    shop.gate.willShow(session(ALICE, ALICES, 3_659));

    HttpResponse<String> answer = shop.fromTunnel(ALICES, "/captive-portal");

    assertThat(answer.headers().firstValue("content-type")).contains("application/captive+json");
    assertThat(answer.body())
        .isEqualTo(
            "{\"captive\":false,\"user-portal-url\":\"https://vpn.example.org:8443\","
                + "\"seconds-remaining\":3659,\"can-extend-session\":true}");
  }

  @Test
  void leavesOutWhatTheChainHasNotToldYet() throws Exception {
    shop.gate.willShow(session(ALICE, "udp", ALICES, State.ESTABLISHED, Optional.empty()));

    assertThat(shop.fromTunnel(ALICES, "/captive-portal").body())
        .contains("\"captive\":false")
        .doesNotContain("seconds-remaining");
  }

  @Test
  void tellsStrangersNothing() throws Exception {
    shop.gate.willShow(session(ALICE, ALICES, 60), session(BOB, "", 60));

    assertTellsNothing(BOBS);
  }

  @ParameterizedTest
  @ValueSource(strings = {"x-forwarded-for", "forwarded", "x-real-ip"})
  void believesNoHeader(String header) throws Exception {
    shop.gate.willShow(session(ALICE, ALICES, 60));

    assertThat(shop.fromTunnel(BOBS, "/captive-portal", header, ALICES).statusCode())
        .isEqualTo(403);
  }

  @ParameterizedTest
  @EnumSource(value = State.class, mode = EnumSource.Mode.EXCLUDE, names = "ESTABLISHED")
  void tellsOnlySessionsThatAreUp(State state) throws Exception {
    shop.gate.willShow(session(ALICE, "udp", ALICES, state, Optional.of(NOW.plusSeconds(60))));

    assertTellsNothing(ALICES);
  }

  @Test
  void knowsACustomerByEitherOfHisAddresses() throws Exception {
    SessionView both =
        session(
            ALICE,
            "udp",
            "10.8.0.2",
            ALICES, // Loopback has but one IPv6 address: the other place is what counts.
            State.ESTABLISHED,
            Optional.of(NOW.plusSeconds(60)));
    shop.gate.willShow(both);

    assertThat(shop.fromTunnel(ALICES, "/captive-portal").body())
        .contains("\"seconds-remaining\":60");

    shop.gate.willShow(both, session(BOB, ALICES, 60));
    shop.time.advance(Duration.ofSeconds(1));
    assertTellsNothing(ALICES);
  }

  @Test
  void tellsNobodyWhereTwoSessionsHaveTheAddress() throws Exception {
    shop.gate.willShow(
        session(ALICE, "udp", ALICES, State.ESTABLISHED, Optional.of(NOW.plusSeconds(60))),
        session(BOB, "tcp", ALICES, State.ESTABLISHED, Optional.of(NOW.plusSeconds(90))));

    assertTellsNothing(ALICES);
  }

  @Test
  void neverShowsTheNextCustomerWhatTheAddressesFormerOneHad() throws Exception {
    shop.gate.willShow(session(ALICE, ALICES, 3_659));
    assertThat(shop.fromTunnel(ALICES, "/captive-portal").body()).contains(":3659,");
    shop.gate.willShow(session(BOB, ALICES, 59));

    assertThat(shop.fromTunnel(ALICES, "/captive-portal").body()).contains(":59,");
  }

  @Test
  void hasNothingElse() throws Exception {
    shop.gate.willShow(session(ALICE, ALICES, 60));

    for (String path : new String[] {"/api/gateway", "/api/offers", "/assets/", "/favicon.ico"}) {
      assertThat(shop.fromTunnel(ALICES, path).statusCode()).isEqualTo(404);
    }
  }

  @Test
  void saysSoWhenTheGateDoesNotAnswer() throws Exception {
    shop.gate.willFail();

    assertThat(shop.fromTunnel(ALICES, "/captive-portal").statusCode()).isEqualTo(500);
  }

  @Test
  void bearsNoMoreThanTheShopDoes() throws Exception {
    int allowed = 100;
    int asked = allowed + 10;
    List<Integer> answers = new CopyOnWriteArrayList<>();
    try (ExecutorService all = Executors.newVirtualThreadPerTaskExecutor()) {
      for (int i = 0; i < asked; i++) {
        all.execute(
            () -> {
              try {
                answers.add(shop.fromTunnel(BOBS, "/captive-portal").statusCode());
              } catch (Exception e) {
                throw new AssertionError(e);
              }
            });
      }
    }

    assertThat(answers).hasSize(asked).containsOnly(403, 429);
    assertThat(answers.stream().filter(status -> status == 429)).hasSize(asked - allowed);
  }
}
