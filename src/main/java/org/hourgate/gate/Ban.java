package org.hourgate.gate;

import java.time.Instant;
import java.util.Optional;
import org.hourgate.credential.WalletAddress;

/**
 * A wallet that is not let in, whatever it pays.
 *
 * @param since when it was banned; whole seconds
 * @param until when the ban ends by itself; whole seconds; empty for one that lasts
 * @param reason shown to the customer
 * @param by who banned it, for other operators
 */
public record Ban(
    WalletAddress wallet, Instant since, Optional<Instant> until, String reason, String by) {

  /** Whether it holds at this time. */
  public boolean holdsAt(Instant now) {
    return until.map(now::isBefore).orElse(true);
  }
}
