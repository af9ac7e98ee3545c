package org.hourgate.faults;

import com.fasterxml.jackson.annotation.JsonTypeInfo;

/**
 * One line of a {@link History}. Times are milliseconds since 1970, but for {@code paidUntil},
 * {@code credentialsFrom} and {@code issuedAt}, which are seconds as on the chain.
 */
@JsonTypeInfo(use = JsonTypeInfo.Id.SIMPLE_NAME, property = "what")
sealed interface Event {

  long at();

  /**
   * A client asks to come in.
   *
   * @param proved whether its password is right
   * @param issuedAt when its password was issued
   */
  record Connect(long at, long client, String wallet, boolean proved, long issuedAt)
      implements Event {}

  /** A live client renegotiates, with the password it came with. */
  record Reauth(long at, long client, long key) implements Event {}

  /**
   * The gate answered one key of a client.
   *
   * @param reason empty if it was accepted
   */
  record Verdict(long at, long client, long key, String reason) implements Event {}

  /** The gate ended a client. */
  record Cut(long at, long client, String reason) implements Event {}

  /** The gate had a client come back once because its time goes beyond its belt. */
  record Reconnect(long at, long client) implements Event {}

  /** The client went of its own accord. */
  record Left(long at, long client) implements Event {}

  /**
   * What the chain says of a wallet from now on. It began to say so after {@code from}.
   *
   * @param reorganised whether a reorganisation made it so
   */
  record Chain(
      long from, long at, String wallet, long paidUntil, long credentialsFrom, boolean reorganised)
      implements Event {}

  /**
   * A node's fault begins or ends.
   *
   * @param misleading whether the node gives answers that look right and are not
   */
  record Fault(long at, int node, String name, boolean misleading, boolean begins)
      implements Event {}

  /** Nothing was written down after this. */
  record End(long at) implements Event {}
}
