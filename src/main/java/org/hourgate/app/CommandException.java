package org.hourgate.app;

/** A command can't do what it was asked; the message is all that a person sees. */
final class CommandException extends RuntimeException {

  private final int exitCode;

  CommandException(int exitCode, String message) {
    super(message, null, false, false);
    this.exitCode = exitCode;
  }

  int exitCode() {
    return exitCode;
  }
}
