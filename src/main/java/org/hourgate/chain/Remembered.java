package org.hourgate.chain;

import java.time.Instant;
import org.hourgate.entitlement.Entitlement;
import org.hourgate.entitlement.EntitlementLedger.Answer;

/** What was read about a wallet, and when, by both clocks; both taken before the read began. */
record Remembered(Entitlement entitlement, Instant readAt, long readNanos) {

  boolean isPaidAt(Instant now) {
    return now.isBefore(entitlement.paidUntil());
  }

  Answer.Known toAnswer() {
    return new Answer.Known(entitlement, readAt);
  }
}
