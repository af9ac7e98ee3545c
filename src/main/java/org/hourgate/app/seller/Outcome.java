package org.hourgate.app.seller;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What a transaction did.
 *
 * @param lines for people
 * @param facts for programs, in order
 */
record Outcome(List<String> lines, Map<String, Object> facts) {

  Outcome {
    lines = List.copyOf(lines);
  }

  static Outcome of(String... lines) {
    return new Outcome(List.of(lines), Map.of());
  }

  Outcome with(String name, Object value) {
    Map<String, Object> more = new LinkedHashMap<>(facts);
    more.put(name, value);
    return new Outcome(lines, more);
  }
}
