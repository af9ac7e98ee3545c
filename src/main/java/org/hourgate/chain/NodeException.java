package org.hourgate.chain;

import java.util.Optional;

/** One node gave no answer, or none that can be trusted. */
final class NodeException extends ChainException {

  /** What was wrong with the answer. */
  enum Kind {
    /** None came: no connection, a time-out, an HTTP error. */
    SILENT,
    /** The node said, by the rules of JSON-RPC, that it won't. */
    REFUSED,
    /** It was longer than we read. */
    TOO_LONG,
    /** It was not what was asked for. */
    NONSENSE,
    /** It was proper, but this is not the chain, the contract or the head we want. */
    UNFIT
  }

  private final Kind kind;
  private final Optional<String> revertData;

  NodeException(Kind kind, String message) {
    this(kind, message, Optional.empty());
  }

  /**
   * Makes one that may carry what a contract said when it reverted.
   *
   * @param revertData the contract's own error, ABI-encoded, as hexadecimal
   */
  NodeException(Kind kind, String message, Optional<String> revertData) {
    super(message);
    this.kind = kind;
    this.revertData = revertData;
  }

  Kind kind() {
    return kind;
  }

  Optional<String> revertData() {
    return revertData;
  }

  @Override
  public boolean isUnreachable() {
    return kind == Kind.SILENT;
  }
}
