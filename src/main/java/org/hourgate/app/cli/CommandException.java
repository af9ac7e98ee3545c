package org.hourgate.app.cli;

/** A command can't do what it was asked; the message is all that a person sees. */
public final class CommandException extends RuntimeException {

  private final int exitCode;

  public CommandException(int exitCode, String message) {
    super(message, null, false, false);
    this.exitCode = exitCode;
  }

  public int exitCode() {
    return exitCode;
  }
}
