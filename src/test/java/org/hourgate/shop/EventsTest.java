package org.hourgate.shop;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.hourgate.shop.ShopWorld.ALICE;
import static org.hourgate.shop.ShopWorld.BOB;
import static org.hourgate.shop.ShopWorld.NOW;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import org.hourgate.chain.Head;
import org.hourgate.chain.Shelf;
import org.hourgate.entitlement.Entitlement;
import org.hourgate.infrastructure.health.HealthCheck;
import org.hourgate.infrastructure.json.Json;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

final class EventsTest {

  @TempDir private Path folder;
  private final List<AutoCloseable> open = new ArrayList<>();
  private ShopWorld shop;

  @BeforeEach
  void start() throws Exception {
    shop = new ShopWorld(folder);
    shop.storefront.head(new Head(1, NOW));
  }

  @AfterEach
  void close() throws Exception {
    for (AutoCloseable stream : open) {
      stream.close();
    }
    shop.close();
  }

  @Test
  void tellsAStrangerAboutTheGatewayOnly() throws Exception {
    shop.gate.willShow(OwnAccountTest.session(ALICE, 12, "203.0.113.77:51000"));
    Events events = open("");
    assertThat(events.next("gateway").get("ready").asBoolean()).isTrue();

    shop.chain = new HealthCheck.Result.Unhealthy("chain_unavailable", "");

    assertThat(
            events
                .until("gateway", data -> !data.get("ready").asBoolean())
                .get("reasons")
                .get(0)
                .asString())
        .isEqualTo("chain_unavailable");
    assertThat(events.types()).containsOnly("gateway");
  }

  /** Ten thousand of them are work, which their number is not. */
  @Test
  void countsClientsAndListsNoneWhileNobodyIsSignedIn() throws Exception {
    Events events = open("");
    shop.gate.willShow(OwnAccountTest.session(ALICE, 12, "203.0.113.77:51000"));

    events.until("gateway", data -> data.get("instances").get(0).get("clients").asInt() == 1);

    assertThat(shop.gate.lists()).isZero();
  }

  @Test
  void tellsOfTheOffersWhenTheyChange() throws Exception {
    Events events = open("");
    shop.storefront.shelf(new Shelf(List.of(), BOB.address(), false, NOW));

    assertThat(events.next("offers").isArray()).isTrue();
  }

  @Test
  void tellsOfAPurchaseWithTheNextBlock() throws Exception {
    Events events = open("?wallet=" + ALICE.address().lowerCase());
    assertThat(events.next("access").get("paidUntil").asLong()).isZero();

    shop.ledger.paid(ALICE.address(), NOW.plusSeconds(3600));
    shop.storefront.head(new Head(2, NOW));

    assertThat(events.next("access").get("paidUntil").asLong())
        .isEqualTo(NOW.plusSeconds(3600).getEpochSecond());
  }

  @Test
  void tellsWhenTheChainWasAskedAndNothingOlderAfterwards() throws Exception {
    shop.ledger.readAt(NOW.minusSeconds(5));
    shop.ledger.paid(ALICE.address(), NOW.plusSeconds(3600));
    Events events = open("?wallet=" + ALICE.address().lowerCase());
    assertThat(events.next("access").get("readAt").asLong())
        .isEqualTo(NOW.minusSeconds(5).getEpochSecond());

    // An answer that comes late. The board asks whenever it likes: what it must not tell goes in
    // under a time that is too old, and comes out before the time is right.
    shop.ledger.readAt(NOW.minusSeconds(6));
    shop.ledger.paid(ALICE.address(), NOW);
    int questions = shop.ledger.questions();
    shop.storefront.head(new Head(2, NOW));
    await().atMost(Duration.ofSeconds(30)).until(() -> shop.ledger.questions() > questions);
    shop.ledger.paid(ALICE.address(), NOW.plusSeconds(7200));
    shop.ledger.readAt(NOW);
    shop.storefront.head(new Head(3, NOW));

    JsonNode next = events.next("access");
    assertThat(next.get("readAt").asLong()).isEqualTo(NOW.getEpochSecond());
    assertThat(next.get("paidUntil").asLong()).isEqualTo(NOW.plusSeconds(7200).getEpochSecond());
  }

  @Test
  void goesOnTellingWhenOurClockWasSetBack() throws Exception {
    shop.ledger.readAt(NOW.plusSeconds(3600)); // as the clock said until it was put right
    shop.ledger.paid(ALICE.address(), NOW.plusSeconds(3600));
    Events events = open("?wallet=" + ALICE.address().lowerCase());
    events.next("access");

    shop.ledger.readAt(NOW);
    shop.ledger.paid(ALICE.address(), NOW.plusSeconds(7200));
    shop.storefront.head(new Head(2, NOW));

    assertThat(events.next("access").get("readAt").asLong()).isEqualTo(NOW.getEpochSecond());
  }

  @Test
  void asksTheChainForNobodyWhileThereIsNoNewBlock() throws Exception {
    Events events = open("?wallet=" + ALICE.address().lowerCase());
    events.next("access");
    int questions = shop.ledger.questions();
    for (int i = 0; i < 3; i++) {
      shop.chain = new HealthCheck.Result.Unhealthy("x" + i, "");
      String code = "x" + i;
      events.until(
          "gateway",
          data -> data.get("reasons").valueStream().anyMatch(r -> r.asString().equals(code)));
    }

    assertThat(shop.ledger.questions() - questions).isLessThanOrEqualTo(1);
  }

  @Test
  void tellsWhoIsSignedInAboutTheirSessions() throws Exception {
    shop.gate.willShow(OwnAccountTest.session(BOB, 11, "198.51.100.1:1194"));
    Events events = open("", "cookie", shop.cookie(ALICE));
    assertThat(events.next("sessions")).isEmpty();

    shop.gate.willShow(
        OwnAccountTest.session(BOB, 11, "198.51.100.1:1194"),
        OwnAccountTest.session(ALICE, 12, "203.0.113.77:51000"));

    JsonNode sessions = events.next("sessions");
    assertThat(sessions).hasSize(1);
    assertThat(sessions.get(0).get("id").asString()).isEqualTo("udp/12");
  }

  @Test
  void tellsNobodyOfSomebodyElsesSessions() throws Exception {
    shop.gate.willShow(OwnAccountTest.session(BOB, 11, "198.51.100.1:1194"));
    Events events = open("?wallet=" + BOB.address().lowerCase(), "cookie", shop.cookie(ALICE));
    events.next("access");
    shop.chain = new HealthCheck.Result.Unhealthy("chain_unavailable", "");
    events.until("gateway", data -> !data.get("ready").asBoolean());

    assertThat(events.types()).doesNotContain("sessions");
  }

  @Test
  void saysThatACookieWasRevoked() throws Exception {
    Events events = open("", "cookie", shop.cookie(ALICE));
    events.next("sessions");

    shop.ledger.entitle(ALICE.address(), new Entitlement(NOW.plusSeconds(3600), NOW));
    shop.storefront.head(new Head(2, NOW));

    assertThat(events.next("signedOut")).isEmpty();
    shop.gate.willShow(OwnAccountTest.session(ALICE, 12, "203.0.113.77:51000"));
    shop.chain = new HealthCheck.Result.Unhealthy("chain_unavailable", "");
    events.until("gateway", data -> !data.get("ready").asBoolean());
    assertThat(events.types().stream().filter("sessions"::equals)).hasSize(1);
  }

  @Test
  void refusesAnotherSitesPageAndWhatIsNoWallet() throws Exception {
    assertThat(shop.get("/api/events", "origin", "https://evil.example").statusCode())
        .isEqualTo(403);
    assertThat(shop.get("/api/events?wallet=alice").statusCode()).isEqualTo(400);
  }

  private Events open(String query, String... headers) throws Exception {
    HttpResponse<InputStream> answer =
        shop.client()
            .send(
                shop.request("/api/events" + query, headers).build(), BodyHandlers.ofInputStream());
    assertThat(answer.statusCode()).isEqualTo(200);
    assertThat(answer.headers().firstValue("content-type").orElseThrow())
        .startsWith("text/event-stream");
    open.add(answer.body());
    return new Events(answer.body());
  }

  /** The events of one stream, in the order they came. */
  private static final class Events {
    private final BlockingQueue<String[]> queue = new LinkedBlockingQueue<>();
    private final List<String> types = new ArrayList<>();

    Events(InputStream in) {
      Thread.ofVirtual().start(() -> read(in));
    }

    private void read(InputStream in) {
      try (BufferedReader lines =
          new BufferedReader(new InputStreamReader(in, StandardCharsets.UTF_8))) {
        String type = "";
        for (String line = lines.readLine(); line != null; line = lines.readLine()) {
          if (line.startsWith("event: ")) {
            type = line.substring("event: ".length());
          } else if (line.startsWith("data: ")) {
            queue.add(new String[] {type, line.substring("data: ".length())});
          }
        }
      } catch (IOException e) {
        // The test is over.
      }
    }

    JsonNode next(String type) throws InterruptedException {
      return until(type, any -> true);
    }

    JsonNode until(String type, Predicate<JsonNode> condition) throws InterruptedException {
      while (true) {
        String[] event = queue.poll(1, TimeUnit.MINUTES);
        assertThat(event).as("an event %s after %s", type, types).isNotNull();
        types.add(event[0]);
        JsonNode data = Json.readTree(event[1]);
        if (event[0].equals(type) && condition.test(data)) {
          return data;
        }
      }
    }

    List<String> types() {
      return types;
    }
  }
}
