package org.hourgate.gate;

import java.util.Locale;

/**
 * Why somebody is not let in or not let stay. One code, the same in the daemon's log, in the
 * client's text, in our log and in metrics.
 */
public enum ReasonCode {
  BAD_USERNAME(Whose.CUSTOMER),
  BAD_PASSWORD(Whose.CUSTOMER),
  NONCE_EXPIRED(Whose.CUSTOMER),
  NONCE_FORGED(Whose.CUSTOMER),
  NONCE_USED(Whose.CUSTOMER),
  BAD_SIGNATURE(Whose.CUSTOMER),
  NOT_APPROVED(Whose.CUSTOMER),
  BANNED(Whose.CUSTOMER),
  REVOKED(Whose.CUSTOMER),
  NO_TIME(Whose.CUSTOMER),
  EXPIRED(Whose.CUSTOMER),
  SESSION_LIMIT(Whose.CUSTOMER),
  REPLACED(Whose.CUSTOMER),
  OPERATOR(Whose.CUSTOMER),
  RATE_LIMITED(Whose.OURS),
  CHAIN_UNAVAILABLE(Whose.OURS),
  STARTING(Whose.OURS),
  OVERLOADED(Whose.OURS),
  CLOCK(Whose.OURS),
  INTERNAL(Whose.OURS);

  private enum Whose {
    CUSTOMER,
    OURS
  }

  private final Whose whose;
  private final String code = name().toLowerCase(Locale.ROOT);

  ReasonCode(Whose whose) {
    this.whose = whose;
  }

  /** The spelling outside: {@code no_time}. */
  public String code() {
    return code;
  }

  /** Returns whether trying again later helps, without the customer doing anything. */
  public boolean isTemporary() {
    return whose == Whose.OURS;
  }
}
