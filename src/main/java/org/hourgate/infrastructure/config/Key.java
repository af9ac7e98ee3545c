package org.hourgate.infrastructure.config;

import java.util.Optional;

/**
 * One key as people are told of it, declared where it is read. Words may hold Markdown.
 *
 * @param path {@code openvpn[0].management}
 * @param wanted what may be written, to be read after "must be"
 * @param usual what holds if nothing is written
 * @param meaning what it is for
 * @param live what a reload does with it; empty if a new value holds from the next start on
 */
public record Key(String path, String wanted, Usual usual, String meaning, Optional<String> live) {

  /** What holds if nothing is written. */
  public sealed interface Usual {

    /** The same as if this were written. */
    record Written(String text) implements Usual {}

    /** Something that a word tells best. */
    record Told(String words) implements Usual {}
  }
}
