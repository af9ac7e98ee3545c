package org.hourgate.infrastructure.config;

import java.util.Optional;
import java.util.function.Supplier;

/**
 * One key's value while the document is read. What {@link #required}, {@link #orElse} and {@link
 * #optional} return may be asked only after {@link ConfigDocument#finish} has found no problem.
 */
public final class Setting<T> {

  private final Section section;
  private final String key;
  private final Optional<T> value;
  private final boolean written;

  Setting(Section section, String key, Optional<T> value, boolean written) {
    this.section = section;
    this.key = key;
    this.value = value;
    this.written = written;
  }

  public Supplier<T> required() {
    if (!written) {
      section.problem(key, "is required and missing");
    }
    return value::orElseThrow;
  }

  public Supplier<T> orElse(T fallback) {
    return () -> value.orElse(fallback);
  }

  public Supplier<Optional<T>> optional() {
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
