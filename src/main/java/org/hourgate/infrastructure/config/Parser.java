package org.hourgate.infrastructure.config;

import java.util.Optional;
import java.util.function.Function;

/** A kind of value: what may be written, in words for people, and how it is read. */
public final class Parser<T> {

  private final String wanted;
  private final Function<String, Optional<T>> reader;

  private Parser(String wanted, Function<String, Optional<T>> reader) {
    this.wanted = wanted;
    this.reader = reader;
  }

  /**
   * A kind of value.
   *
   * @param wanted what may be written, to be read after "must be"
   * @param reader returns nothing for what may not; throws IllegalArgumentException if it has
   *     better words for what is wrong
   */
  public static <T> Parser<T> of(String wanted, Function<String, Optional<T>> reader) {
    return new Parser<>(wanted, reader);
  }

  /** The same values, told by other words. */
  public Parser<T> told(String otherwise) {
    return new Parser<>(otherwise, reader);
  }

  public String wanted() {
    return wanted;
  }

  /**
   * Returns the value.
   *
   * @throws IllegalArgumentException with a message for the person who wrote the text; it is shown
   *     behind the key
   */
  public T parse(String text) {
    return read(text).orElseThrow(() -> Parsers.refused("must be " + wanted, text));
  }

  Optional<T> read(String text) {
    return reader.apply(text);
  }
}
