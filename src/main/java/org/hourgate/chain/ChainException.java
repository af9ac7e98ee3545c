package org.hourgate.chain;

/** Something on the way to the chain, or on it, went wrong. The message is fit for an operator. */
public class ChainException extends RuntimeException {

  private final String message;

  ChainException(String message) {
    super(message);
    this.message = message;
  }

  @Override
  public String getMessage() {
    return message;
  }

  /** Whether no node answered at all, so that trying again later may help. */
  public boolean isUnreachable() {
    return false;
  }
}
