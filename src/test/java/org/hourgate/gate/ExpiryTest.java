package org.hourgate.gate;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.IntFunction;
import java.util.stream.IntStream;
import org.hourgate.credential.WalletAddress;
import org.hourgate.entitlement.ChainStatus;
import org.hourgate.entitlement.Entitlement;
import org.hourgate.entitlement.EntitlementLedger;
import org.hourgate.management.ClientId;
import org.hourgate.management.Epoch;
import org.hourgate.session.InstanceName;
import org.hourgate.session.SessionKey;
import org.hourgate.testing.ManualTime;
import org.junit.jupiter.api.Test;

/** Many whose time ends in the same second, and nodes that take their time. */
final class ExpiryTest {

  private static final Instant START = Instant.parse("2026-11-21T18:00:00Z");
  private static final Instant END = START.plusSeconds(60);
  private static final Duration AN_HOUR = Duration.ofHours(1);

  private final ManualTime time = new ManualTime(START);
  private final GateClock clock = new GateClock(time);
  private final Nodes nodes = new Nodes();
  private final List<Session> sessions = new ArrayList<>();

  /** Who was cut, in order, and when. */
  private final Map<WalletAddress, Instant> cut = new LinkedHashMap<>();

  private final Expiry expiry = new Expiry(time, clock, nodes, new Ends());

  /** Reads at the moment it is asked; 500 wallets are one call, and calls follow one another. */
  private final class Nodes implements EntitlementLedger {
    private final Map<WalletAddress, Instant> paid = new HashMap<>();
    private final List<Integer> asked = new ArrayList<>();
    private IntFunction<Duration> callTime = _ -> Duration.ofMillis(100);
    private boolean available = true;

    @Override
    public CompletionStage<Reading> readLatest(Set<WalletAddress> wallets) {
      if (!available) {
        return CompletableFuture.completedStage(new Reading.Unavailable("down"));
      }
      Map<WalletAddress, Entitlement> found = new HashMap<>();
      wallets.forEach(w -> found.put(w, new Entitlement(paid.getOrDefault(w, END), Instant.EPOCH)));
      int calls = (wallets.size() + 499) / 500;
      CompletableFuture<Reading> answer = new CompletableFuture<>();
      time.schedule(
          callTime.apply(asked.size()).multipliedBy(calls),
          () -> answer.complete(new Reading.Complete(found)));
      asked.add(wallets.size());
      return answer;
    }

    @Override
    public CompletionStage<Answer> entitlementOf(WalletAddress wallet) {
      throw new AssertionError("not asked here");
    }

    @Override
    public Optional<Answer.Known> known(WalletAddress wallet) {
      return Optional.empty();
    }

    @Override
    public void watch(WalletAddress wallet) {}

    @Override
    public void unwatch(WalletAddress wallet) {}

    @Override
    public ChainStatus status() {
      return new ChainStatus(true, List.of(), Instant.EPOCH, false);
    }
  }

  private final class Ends implements Expiry.Listener {
    @Override
    public void timeOver(Session session) {
      assertThat(cut.put(session.wallet(), clock.now())).as("cut twice").isNull();
      session.beginEnding(new Session.Ending(ReasonCode.EXPIRED, "over"));
      session.cancelTimers();
    }

    @Override
    public void timeFound(WalletAddress wallet, Entitlement entitlement) {
      Session session = sessions.get(Integer.parseInt(wallet.hex(), 16));
      if (session.ending().isEmpty() && entitlement.paidUntil().isAfter(session.paidUntil())) {
        session.paidUntil(entitlement.paidUntil());
        expiry.arm(session);
      }
    }

    @Override
    public void beltPassed(Session session) {
      throw new AssertionError("there are no belts");
    }
  }

  private static WalletAddress wallet(int number) {
    return new WalletAddress("%040x".formatted(number));
  }

  private void due(int count) {
    for (int i = 0; i < count; i++) {
      Session session =
          Session.learned(
              "decision",
              new SessionKey(new InstanceName("udp"), new Epoch(1), new ClientId(i)),
              wallet(i),
              "name",
              START,
              Optional.empty(),
              Optional.empty());
      session.paidUntil(END);
      sessions.add(session);
      expiry.arm(session);
    }
  }

  private void goTo(Duration beforeTheEnd) {
    time.advance(Duration.between(time.wallTime(), END.minus(beforeTheEnd)));
  }

  private void everySecondOneIsToppedUp() {
    for (int i = 0; i < sessions.size(); i += 2) {
      nodes.paid.put(wallet(i), END.plus(AN_HOUR));
    }
  }

  private void assertThatTheOthersAreCutAtTheEnd() {
    goTo(Duration.ofMillis(1));
    assertThat(cut).isEmpty();
    goTo(Duration.ofSeconds(-5));
    assertThat(cut.keySet())
        .containsExactlyInAnyOrderElementsOf(
            IntStream.range(0, sessions.size())
                .filter(i -> i % 2 == 1)
                .mapToObj(ExpiryTest::wallet)
                .toList());
    assertThat(cut.values()).containsOnly(END);
  }

  @Test
  void thePageOfFiguresSaysWhenTheLookBegins() throws IOException {
    int round = LastLooks.BATCH * LastLooks.AT_ONCE;

    assertThat(Files.readString(Path.of("docs", "benchmarks.md")).replaceAll("\\s+", " "))
        .contains(
            String.format(
                Locale.ROOT,
                "The last look begins %s s before the end; where more than %,d are due together,"
                    + " sooner, by %s s for each %,d or by what the nodes need, up to %d s."
                    + " %d calls of %d wallets are under way at a time",
                LastLooks.LATEST.toMillis() / 1e3,
                round,
                LastLooks.SHORTEST_ESTIMATE.toMillis() / 1e3,
                round,
                LastLooks.EARLIEST.toSeconds(),
                LastLooks.AT_ONCE,
                LastLooks.BATCH));
  }

  @Test
  void fiveThousandAreReadInTimeWhereEachCallTakesATenthOfASecond() {
    due(5_000);
    goTo(Duration.ofMillis(1_470));
    everySecondOneIsToppedUp();

    assertThatTheOthersAreCutAtTheEnd();
    assertThat(nodes.asked).allMatch(wallets -> wallets <= 500);
  }

  @Test
  void twentyThousandAreReadInTimeWhereEachCallTakesAlmostAsLong() {
    nodes.callTime = _ -> Duration.ofMillis(80);
    due(20_000);
    goTo(Duration.ofMillis(1_470));
    everySecondOneIsToppedUp();

    assertThatTheOthersAreCutAtTheEnd();
  }

  @Test
  void whoeverWasLookedAtEarlyIsLookedAtAgain() {
    due(10_000);
    goTo(Duration.ofMillis(950));
    assertThat(nodes.asked).as("looks have begun").isNotEmpty();
    everySecondOneIsToppedUp();

    assertThatTheOthersAreCutAtTheEnd();
  }

  @Test
  void aFewAreLookedAtOnce() {
    due(100);
    goTo(Duration.ofMillis(701));
    assertThat(nodes.asked).isEmpty();
    everySecondOneIsToppedUp();

    assertThatTheOthersAreCutAtTheEnd();
    assertThat(nodes.asked).containsExactly(100);
  }

  @Test
  void aLookThatFailsIsRepeatedUntilTheEnd() {
    nodes.available = false;
    due(100);
    everySecondOneIsToppedUp();
    goTo(Duration.ofMillis(400));
    nodes.available = true;

    assertThatTheOthersAreCutAtTheEnd();
  }

  @Test
  void aNodeThatDoesNotAnswerDelaysNobody() {
    nodes.callTime = _ -> Duration.ofMinutes(1);
    due(5_000);
    goTo(Duration.ofMillis(1));
    assertThat(cut).isEmpty();

    goTo(Duration.ZERO);
    assertThat(cut).hasSize(5_000);
    assertThat(cut.values()).containsOnly(END);
  }

  @Test
  void whoseAnswerIsAwaitedIsCutLast() {
    nodes.callTime = call -> call == 0 ? Duration.ofMinutes(1) : Duration.ofMillis(100);
    due(600);

    goTo(Duration.ZERO);
    assertThat(cut).hasSize(600);
    assertThat(cut.values()).containsOnly(END);
    assertThat(cut.keySet().stream().limit(100))
        .containsExactlyElementsOf(IntStream.range(500, 600).mapToObj(ExpiryTest::wallet).toList());
  }
}
