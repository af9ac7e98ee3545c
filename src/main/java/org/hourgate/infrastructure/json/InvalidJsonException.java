package org.hourgate.infrastructure.json;

/**
 * A text is no JSON, or not what is expected. The message says what, and shows none of the text.
 */
public final class InvalidJsonException extends RuntimeException {

  InvalidJsonException(String message) {
    super(message);
  }

  InvalidJsonException(String message, Throwable cause) {
    super(message, cause);
  }
}
