package org.hourgate.soak;

import java.util.Map;
import java.util.TreeMap;

/** How often things happened. Safe for any thread. */
final class Counts {

  private final Map<String, Long> counts = new TreeMap<>();

  synchronized void add(String what) {
    counts.merge(what, 1L, Long::sum);
  }

  /** All of it in one line. */
  synchronized String inWords() {
    return String.join(
        " · ",
        counts.entrySet().stream()
            .map(count -> "%,d %s".formatted(count.getValue(), count.getKey()))
            .toList());
  }
}
