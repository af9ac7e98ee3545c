package org.hourgate.shop;

import java.time.Instant;
import org.hourgate.credential.WalletAddress;

/**
 * What is known about a wallet's time.
 *
 * @param gatePaidUntil the end that the gate acts on: purchases count once they have confirmations
 * @param newestPaidUntil the end by the newest block
 * @param credentialsFrom what was signed up to then is revoked
 * @param readAt when the chain was asked
 */
record Access(
    WalletAddress wallet,
    Instant gatePaidUntil,
    Instant newestPaidUntil,
    Instant credentialsFrom,
    Instant readAt) {

  boolean isPaidAt(Instant now) {
    return now.isBefore(gatePaidUntil);
  }

  /** Whether both say the same, whenever they were read. */
  boolean saysSameAs(Access other) {
    return gatePaidUntil.equals(other.gatePaidUntil)
        && newestPaidUntil.equals(other.newestPaidUntil)
        && credentialsFrom.equals(other.credentialsFrom);
  }

  /**
   * Whether it is the older one of both. A time ahead of now was told by a clock since set back.
   */
  boolean isReadBefore(Access other, Instant now) {
    return readAt.isBefore(other.readAt) && !other.readAt.isAfter(now);
  }

  /** For visitors. */
  Object toJson() {
    return new Json(
        wallet.checksummed(),
        gatePaidUntil.getEpochSecond(),
        newestPaidUntil.getEpochSecond(),
        credentialsFrom.getEpochSecond(),
        readAt.getEpochSecond());
  }

  private record Json(
      String wallet, long paidUntil, long newestPaidUntil, long credentialsFrom, long readAt) {}
}
