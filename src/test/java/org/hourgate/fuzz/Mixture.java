package org.hourgate.fuzz;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * Several targets in turn, for short runs: most of ten seconds would be the start of a process. The
 * first byte of an input says which target gets the others.
 */
final class Mixture implements FuzzTarget {

  private record Part(String word, FuzzTarget target) {}

  private final List<Part> parts;

  Mixture(List<Targets> targets) {
    parts = targets.stream().map(target -> new Part(target.word(), target.make())).toList();
  }

  @Override
  public void run(byte[] input) {
    if (input.length == 0) {
      return;
    }
    Part part = parts.get((input[0] & 0xff) % parts.size());
    try {
      part.target().run(Arrays.copyOfRange(input, 1, input.length));
    } catch (Throwable e) {
      throw new IllegalStateException(part.word() + ": " + e, e);
    }
  }

  @Override
  public List<byte[]> seeds() {
    List<byte[]> seeds = new ArrayList<>();
    for (int i = 0; i < parts.size(); i++) {
      for (byte[] seed : parts.get(i).target().seeds()) {
        byte[] addressed = new byte[seed.length + 1];
        addressed[0] = (byte) i;
        System.arraycopy(seed, 0, addressed, 1, seed.length);
        seeds.add(addressed);
      }
    }
    return seeds;
  }

  @Override
  public List<String> words() {
    Set<String> words = new LinkedHashSet<>();
    parts.forEach(part -> words.addAll(part.target().words()));
    return List.copyOf(words);
  }
}
