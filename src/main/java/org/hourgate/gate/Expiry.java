package org.hourgate.gate;

import java.time.Duration;
import java.time.Instant;
import java.util.HashSet;
import java.util.Set;
import java.util.stream.Collectors;
import org.hourgate.credential.WalletAddress;
import org.hourgate.entitlement.Entitlement;
import org.hourgate.entitlement.EntitlementLedger;
import org.hourgate.infrastructure.time.SerialExecutor;

/**
 * Keeps the timers of live sessions: never before {@code paidUntil}, at once after. Shortly before,
 * the wallets due are read once more, many in one call, so that time bought in the last second
 * counts. A session extended past its belt is reconnected once, because OpenVPN can't lengthen
 * {@code session-timeout}. Touched by the gate's thread alone.
 */
final class Expiry {

  private static final Duration LAST_LOOK = Duration.ofMillis(700);
  private static final Duration GATHERING = Duration.ofMillis(20);
  private static final Duration BELT_LEAD = Duration.ofSeconds(10);

  /**
   * Timers are set no further ahead, so that one is never wrong by more than this clock's drift.
   */
  private static final Duration FARTHEST = Duration.ofMinutes(10);

  private final SerialExecutor gateThread;
  private final GateClock clock;
  private final EntitlementLedger ledger;
  private final Listener listener;
  private final Set<Session> dueSoon = new HashSet<>();

  /** What to do when time is over. */
  interface Listener {
    void timeOver(Session session);

    /** More time was found for the wallet at the last look. */
    void timeFound(WalletAddress wallet, Entitlement entitlement);

    void beltPassed(Session session);
  }

  Expiry(SerialExecutor gateThread, GateClock clock, EntitlementLedger ledger, Listener listener) {
    this.gateThread = gateThread;
    this.clock = clock;
    this.ledger = ledger;
    this.listener = listener;
  }

  /** Sets the session's timers anew after its end has moved. */
  void arm(Session session) {
    session.cancelTimers();
    if (session.ending().isPresent() || !session.paidUntilKnown()) {
      return;
    }
    Instant now = clock.now();
    Duration left = Duration.between(now, session.paidUntil());
    if (left.compareTo(FARTHEST) > 0) {
      session.addTimer(gateThread.schedule(FARTHEST.dividedBy(2), () -> arm(session)));
    } else {
      session.addTimer(gateThread.schedule(left, () -> due(session)));
      if (left.compareTo(LAST_LOOK) > 0) {
        session.addTimer(gateThread.schedule(left.minus(LAST_LOOK), () -> lookOnceMore(session)));
      }
    }
    session
        .beltEnd()
        .filter(end -> session.paidUntil().isAfter(end))
        .ifPresent(
            end ->
                session.addTimer(
                    gateThread.schedule(
                        Duration.between(now, end.minus(BELT_LEAD)),
                        () -> listener.beltPassed(session))));
  }

  private void due(Session session) {
    if (clock.now().isBefore(session.paidUntil())) {
      arm(session); // The clock was set back a little, or the timer was early.
    } else {
      listener.timeOver(session);
    }
  }

  private void lookOnceMore(Session session) {
    dueSoon.add(session);
    if (dueSoon.size() == 1) {
      gateThread.schedule(GATHERING, this::readDue);
    }
  }

  private void readDue() {
    Set<WalletAddress> wallets =
        dueSoon.stream().map(Session::wallet).collect(Collectors.toUnmodifiableSet());
    dueSoon.clear();
    Following.run(
        "the last look",
        ledger.readLatest(wallets),
        gateThread,
        (reading, _) -> {
          // Without a reading the known end holds.
          if (reading instanceof EntitlementLedger.Reading.Complete complete) {
            complete.entitlements().forEach(listener::timeFound);
          }
        });
  }
}
