package org.hourgate.shop;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetAddress;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.hourgate.gate.SessionView;
import org.hourgate.testing.ManualTime;
import org.hourgate.testing.StubGateControl;
import org.junit.jupiter.api.Test;

/** How often the gate is asked whose an address is. */
final class TunnelSessionsTest {

  private static final Duration ASK_EVERY = Duration.ofSeconds(1);
  private static final SessionView ALICES = TunnelPageTest.session(ShopWorld.ALICE, "10.8.0.2", 60);

  private final ManualTime time = new ManualTime(ShopWorld.NOW);
  private final StubGateControl gate = new StubGateControl();
  private final TunnelSessions sessions = new TunnelSessions(gate, time, time);

  private CompletableFuture<Optional<SessionView>> ask(String address) {
    CompletableFuture<Optional<SessionView>> answer =
        sessions.at(InetAddress.ofLiteral(address)).toCompletableFuture();
    time.settle();
    return answer;
  }

  @Test
  void asksOnceForWhoeverIsKnown() {
    gate.willShow(ALICES);

    assertThat(ask("10.8.0.2")).isCompletedWithValue(Optional.of(ALICES));
    assertThat(gate.lists()).isEqualTo(1);
  }

  @Test
  void findsACustomerWhoAsksBeforeTheGateHasReadThatHisTunnelIsUp() {
    CompletableFuture<Optional<SessionView>> answer = ask("10.8.0.2");
    assertThat(answer).isNotDone();

    gate.willShow(ALICES);
    time.advance(ASK_EVERY);

    assertThat(answer).isCompletedWithValue(Optional.of(ALICES));
  }

  @Test
  void looksForAStrangerTwiceAndNoMore() {
    CompletableFuture<Optional<SessionView>> answer = ask("10.8.0.2");
    time.advance(ASK_EVERY);

    assertThat(answer).isCompletedWithValue(Optional.empty());
    time.advance(ASK_EVERY.multipliedBy(5));
    assertThat(gate.lists()).isEqualTo(2);
  }

  @Test
  void asksOnceASecondForAllWhoWait() {
    for (int i = 2; i < 100; i++) {
      var _ = ask("10.8.0." + i);
    }
    time.advance(ASK_EVERY.multipliedBy(5));

    assertThat(gate.lists()).isEqualTo(3); // The first, all, and all once more.
  }
}
