package org.hourgate.gate;

import java.time.Duration;
import java.time.Instant;
import org.hourgate.credential.WalletAddress;
import org.hourgate.entitlement.Entitlement;
import org.hourgate.entitlement.EntitlementLedger;
import org.hourgate.infrastructure.time.SerialExecutor;

/**
 * Keeps the timers of live sessions: never before {@code paidUntil}, at once after. Shortly before,
 * the wallets due are read once more ({@link LastLooks}); of those whose time ends together, the
 * ones whose answer is still awaited are cut last, and wait for nothing else. A session extended
 * past its belt is reconnected once, because OpenVPN can't lengthen {@code session-timeout}.
 * Touched by the gate's thread alone.
 */
final class Expiry {

  private static final Duration BELT_LEAD = Duration.ofSeconds(10);

  /**
   * Timers are set no further ahead, so that one is never wrong by more than this clock's drift.
   */
  private static final Duration FARTHEST = Duration.ofMinutes(10);

  private final SerialExecutor gateThread;
  private final GateClock clock;
  private final Listener listener;
  private final LastLooks looks;

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
    this.listener = listener;
    looks = new LastLooks(gateThread, clock, ledger, listener::timeFound);
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
      if (left.compareTo(LastLooks.LATEST) > 0) {
        session.addTimer(
            gateThread.schedule(left.minus(LastLooks.EARLIEST), () -> looks.add(session)));
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
    } else if (looks.isUnderWay(session)) {
      // Behind the others that are due, and then behind what was answered meanwhile.
      gateThread.schedule(Duration.ZERO, () -> gateThread.execute(() -> dueLast(session)));
    } else {
      listener.timeOver(session);
    }
  }

  private void dueLast(Session session) {
    boolean there = session.ending().isEmpty() && !session.ended().isDone();
    if (there && !clock.now().isBefore(session.paidUntil())) {
      listener.timeOver(session);
    }
  }
}
