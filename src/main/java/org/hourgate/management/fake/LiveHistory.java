package org.hourgate.management.fake;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Locale;

/**
 * Lines that the daemon keeps, and prints as they come to who wants that: its log, its states, its
 * echoes ({@code manage.c man_history}). The real-time switch belongs to the connection, the lines
 * to the process.
 */
final class LiveHistory {

  private final World world;
  private final String name;
  private final int size;
  private final Deque<String> lines = new ArrayDeque<>();
  private boolean live;

  /**
   * Begins empty.
   *
   * @param name the command's word; in capitals it stands before each line printed as it comes
   */
  LiveHistory(World world, String name, int size) {
    this.world = world;
    this.name = name;
    this.size = size;
  }

  void add(String line) {
    lines.addLast(line);
    if (lines.size() > size) {
      lines.removeFirst();
    }
    if (live) {
      world.print(">" + name.toUpperCase(Locale.ROOT) + ":" + line);
    }
  }

  /** A new controller attached. */
  void forgetController() {
    live = false;
  }

  void command(String parameter) {
    int count = parameter.equals("all") ? Integer.MAX_VALUE : CNumbers.atoi(parameter);
    if (parameter.equals("on") || parameter.equals("off")) {
      live = parameter.equals("on");
      world.success("real-time %s notification set to %s".formatted(name, live ? "ON" : "OFF"));
    } else if (count > 0) {
      lines.stream().skip(Math.max(0, lines.size() - count)).forEach(world::print);
      world.print("END");
    } else {
      world.error(name + " parameter must be 'on' or 'off' or some number n or 'all'");
    }
  }
}
