package org.hourgate.infrastructure.config;

/** Makes a value of a scalar's text. */
@FunctionalInterface
public interface Parser<T> {

  /**
   * Returns the value.
   *
   * @throws IllegalArgumentException with a message for the person who wrote the text, such as
   *     "must be a whole number"; it is shown behind the key
   */
  T parse(String text);
}
