package org.hourgate.chaos;

import com.fasterxml.jackson.annotation.JsonTypeInfo;

/**
 * One line of a history. Times named {@code at} and {@code from} are milliseconds of a monotonic
 * clock that showed the time since 1970 when the run began; {@code paidUntil}, {@code
 * credentialsFrom} and {@code issuedAt} are seconds, as on the chain. {@code life} numbers the
 * lives of OpenVPN, since its clients are counted from 0 in each.
 */
@JsonTypeInfo(use = JsonTypeInfo.Id.SIMPLE_NAME, property = "what")
sealed interface Fact {

  long at();

  /**
   * How the gate was set up.
   *
   * @param belt seconds after which OpenVPN itself ends a session whose time is over
   */
  record Setup(long at, int confirmations, long belt) implements Fact {}

  /**
   * What the newest block says of a wallet from now on; it began to say so after {@code from}.
   *
   * @param takenBack whether a reorganisation made it so
   */
  record Chain(
      long from, long at, String wallet, long paidUntil, long credentialsFrom, boolean takenBack)
      implements Fact {}

  /**
   * A client was started.
   *
   * @param password a digest
   * @param proved whether the password is right for that wallet
   */
  record Login(
      long at, String client, String wallet, String password, boolean proved, long issuedAt)
      implements Fact {}

  /** The client's user ends it. */
  record Left(long at, String client) implements Fact {}

  /** A client ended by itself, after these words of the server. */
  record Exited(long at, String client, String words) implements Fact {}

  /**
   * OpenVPN asked about a key of a client.
   *
   * @param password a digest
   */
  record Asked(long at, int life, long cid, long kid, String wallet, String password)
      implements Fact {}

  /**
   * An answer of the gate that reached OpenVPN.
   *
   * @param reason empty if it was accepted
   * @param token the digest of the reconnect token that came with it; empty if none did
   */
  record Answered(long at, int life, long cid, long kid, String reason, String token)
      implements Fact {}

  /** The tunnel of a client is up. */
  record Up(long at, int life, long cid) implements Fact {}

  /** OpenVPN let a client go. */
  record Down(long at, int life, long cid) implements Fact {}

  /** OpenVPN was told to end a client: for this reason, or {@code RESTART}, or {@code TEMP}. */
  record Cut(long at, int life, long cid, String reason) implements Fact {}

  /** The gate is connected to OpenVPN and has learned who is there, or is not any more. */
  record Attached(long at, boolean attached) implements Fact {}

  /**
   * The wallet may be banned since {@code from}.
   *
   * @param sure whether it is from {@code at} on: the gate has said so
   */
  record Ban(long from, long at, String wallet, boolean sure) implements Fact {}

  /**
   * The profile with this password may be revoked since {@code from}, and no other of its wallet.
   *
   * @param password a digest
   * @param sure whether it is from {@code at} on: the gate has said so
   */
  record ProfileRevoked(long from, long at, String password, boolean sure) implements Fact {}

  /**
   * Packets that came through the tunnel, by the times at which they were sent.
   *
   * @param up from the client to the server
   * @param longestPause between two of them
   */
  record Packets(long from, long at, String client, boolean up, int count, long longestPause)
      implements Fact {}

  /** Something is done to a process or a connection, or that is over. */
  record Harmed(long at, Harm harm, Step step, boolean begins) implements Fact {}

  /** A step was not reached in time, so that nothing was done to it. */
  record Missed(long at, Harm harm, Step step) implements Fact {}

  /** The driver keeps the gate's link to OpenVPN still, or not any more. */
  record Held(long at, boolean begins) implements Fact {}

  /** The machine, or the driver with it, stood still; or not any more. */
  record StoodStill(long at, boolean begins) implements Fact {}

  /** Nothing was written down after this. */
  record End(long at) implements Fact {}
}
