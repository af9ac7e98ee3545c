package org.hourgate.infrastructure.config;

import java.util.Optional;
import java.util.function.Function;
import java.util.function.Supplier;

/**
 * One key's value while the document is read. What {@link #required}, {@link #orElse} and {@link
 * #optional} return may be asked only after {@link ConfigDocument#finish} has found no problem.
 */
public final class Setting<T> {

  private final Section section;
  private final String key;
  private final Function<String, T> parser;
  private final Declaration declaration;
  private final Optional<T> value;
  private final boolean written;

  Setting(
      Section section,
      String key,
      Function<String, T> parser,
      Declaration declaration,
      Optional<T> value,
      boolean written) {
    this.section = section;
    this.key = key;
    this.parser = parser;
    this.declaration = declaration;
    this.value = value;
    this.written = written;
  }

  /** A reload applies it, in the way that these words tell. */
  public Setting<T> live(String how) {
    declaration.live(how);
    return this;
  }

  public Supplier<T> required() {
    declaration.otherwise("required");
    if (!written) {
      section.problem(key, "is required and missing");
    }
    return value::orElseThrow;
  }

  /** Without it the same holds as if this were written. */
  public Supplier<T> orElse(String usual) {
    declaration.usually(usual);
    T fallback = parser.apply(usual);
    return () -> value.orElse(fallback);
  }

  public Supplier<Optional<T>> optional() {
    return () -> value;
  }

  /** What holds without it, in words. */
  public Supplier<Optional<T>> optional(String usual) {
    declaration.otherwise(usual);
    return () -> value;
  }

  /** The value if there is a good one: for checks across keys. */
  public Optional<T> peek() {
    return value;
  }

  /** Whether there is a value, good or bad. */
  public boolean isWritten() {
    return written;
  }
}
