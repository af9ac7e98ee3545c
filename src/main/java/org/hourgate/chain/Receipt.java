package org.hourgate.chain;

import java.math.BigInteger;
import java.util.List;
import java.util.Optional;
import org.hourgate.credential.WalletAddress;

/**
 * What became of a transaction that did what it should.
 *
 * @param transaction its hash, {@code 0x} in front
 * @param block the number of the block it is part of
 * @param fee what its gas cost, in wei; empty if the node does not say
 * @param created the contract it made
 * @param events what contracts said meanwhile
 */
public record Receipt(
    String transaction,
    long block,
    Optional<BigInteger> fee,
    Optional<WalletAddress> created,
    List<Event> events) {

  public Receipt {
    events = List.copyOf(events);
  }

  /**
   * A log entry.
   *
   * @param contract who wrote it
   * @param topics the event's hash and its indexed values, hexadecimal
   * @param data the other values
   */
  public record Event(WalletAddress contract, List<String> topics, String data) {
    public Event {
      topics = List.copyOf(topics);
    }
  }
}
