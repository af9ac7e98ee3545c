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
}
