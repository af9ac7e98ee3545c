package org.hourgate.interleavings;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/** Runs a story again and again, each time in another order. */
final class Explorer {

  /** Who goes on, of so many. */
  interface Choices {
    int next(int count);
  }

  /** One run, from the beginning to the end; throws if anything was wrong. */
  interface Story {
    void run(Choices choices);
  }

  /**
   * How many orders were tried.
   *
   * @param complete whether these are all that there are
   * @param longest the most choices in one of them
   */
  record Tried(long orders, boolean complete, int longest) {}

  private Explorer() {}

  /** Depth first: the last choice that has another way is the next to be changed. */
  static Tried all(Story story, long most) {
    List<Integer> taken = new ArrayList<>();
    List<Integer> counts = new ArrayList<>();
    long orders = 0;
    int longest = 0;
    while (orders < most) {
      List<Integer> prefix = List.copyOf(taken);
      taken.clear();
      counts.clear();
      run(
          story,
          count -> {
            int choice = taken.size() < prefix.size() ? prefix.get(taken.size()) : 0;
            taken.add(choice);
            counts.add(count);
            return choice;
          },
          taken);
      orders++;
      longest = Math.max(longest, taken.size());
      while (!taken.isEmpty() && taken.getLast() + 1 == counts.getLast()) {
        taken.removeLast();
        counts.removeLast();
      }
      if (taken.isEmpty()) {
        return new Tried(orders, true, longest);
      }
      taken.set(taken.size() - 1, taken.getLast() + 1);
    }
    return new Tried(orders, false, longest);
  }

  /** At random; order i has the seed {@code seed + i}. */
  static Tried random(Story story, long orders, long seed) {
    int longest = 0;
    for (long i = 0; i < orders; i++) {
      Random random = new Random(seed + i);
      List<Integer> taken = new ArrayList<>();
      try {
        run(
            story,
            count -> {
              int choice = random.nextInt(count);
              taken.add(choice);
              return choice;
            },
            taken);
      } catch (AssertionError e) {
        throw new AssertionError("seed " + (seed + i), e);
      }
      longest = Math.max(longest, taken.size());
    }
    return new Tried(orders, false, longest);
  }

  private static void run(Story story, Choices choices, List<Integer> taken) {
    try {
      story.run(choices);
    } catch (RuntimeException | AssertionError e) {
      throw new AssertionError("choices " + taken, e);
    }
  }
}
