package org.hourgate.management.codec;

import org.jspecify.annotations.Nullable;

/**
 * Names of variables that came before: each block brings the same some forty, and making them anew
 * each time costs as much as all else about a line. Never wrong, at most slow; a client that sends
 * names of its own pushes others out and makes nothing grow.
 */
final class KnownNames {

  private static final int PLACES = 512;
  private static final int LONGEST = 64;

  private final @Nullable String[] known = new @Nullable String[PLACES];

  /** This part of the text. */
  String name(String text, int start, int end) {
    int length = end - start;
    if (length == 0 || length > LONGEST) {
      return text.substring(start, end);
    }
    int place = place(text, start, length);
    String candidate = known[place];
    if (candidate != null && candidate.length() == length && text.startsWith(candidate, start)) {
      return candidate;
    }
    String name = text.substring(start, end);
    known[place] = name;
    return name;
  }

  /** Looks at four characters: names of OpenVPN differ in those or in their length. */
  private static int place(String text, int start, int length) {
    int hash = length;
    hash = 31 * hash + text.charAt(start);
    hash = 31 * hash + text.charAt(start + length / 3);
    hash = 31 * hash + text.charAt(start + length / 2);
    hash = 31 * hash + text.charAt(start + length - 1);
    return (hash ^ (hash >>> 9)) & (PLACES - 1);
  }
}
