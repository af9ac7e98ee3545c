package org.hourgate.app.fake;

/** A line of a script can't be carried out; the message says which, and why. */
final class ScriptException extends RuntimeException {
  ScriptException(String message) {
    super(message);
  }
}
