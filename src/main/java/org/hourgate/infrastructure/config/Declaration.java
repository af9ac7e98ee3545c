package org.hourgate.infrastructure.config;

import java.util.Optional;

/** A {@link Key} while its declaration is read. */
public final class Declaration {

  private final String path;
  private final String wanted;
  private final String meaning;
  private Key.Usual usual = new Key.Usual.Told("none");
  private Optional<String> live = Optional.empty();

  Declaration(String path, String wanted, String meaning) {
    this.path = path;
    this.wanted = wanted;
    this.meaning = meaning;
  }

  /** Says what a reload does with it; it is no key that waits for a restart. */
  public Declaration live(String how) {
    live = Optional.of(how);
    return this;
  }

  /** What holds without it is the same as if this were written. */
  public Declaration usually(String written) {
    usual = new Key.Usual.Written(written);
    return this;
  }

  /** What holds without it, in words. */
  public Declaration otherwise(String words) {
    usual = new Key.Usual.Told(words);
    return this;
  }

  Key key() {
    return new Key(path, wanted, usual, meaning, live);
  }
}
