package org.hourgate.app.fake;

/** What the script waited for did not come: the controller's doing, not the script's. */
final class InVainException extends RuntimeException {
  InVainException(String message) {
    super(message);
  }
}
