package org.hourgate.infrastructure.config;

import java.util.Collection;
import java.util.Comparator;
import org.apache.commons.text.similarity.LevenshteinDistance;

/** Finds what was meant by a misspelt name. */
final class Nearest {

  private static final LevenshteinDistance DISTANCE = LevenshteinDistance.getDefaultInstance();

  private Nearest() {}

  /** Returns {@code "; did you mean x?"}, or every known name if none is near. */
  static String hint(String name, Collection<String> known) {
    return known.stream()
        .min(Comparator.comparing(candidate -> DISTANCE.apply(name, candidate)))
        .filter(candidate -> DISTANCE.apply(name, candidate) <= Math.max(2, name.length() / 3))
        .map(candidate -> "; did you mean " + candidate + "?")
        .orElseGet(() -> known.isEmpty() ? "" : "; known are " + String.join(", ", known));
  }
}
