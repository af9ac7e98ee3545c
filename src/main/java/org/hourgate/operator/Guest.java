package org.hourgate.operator;

/** Whoever wants to hear what happens. */
@FunctionalInterface
interface Guest {

  /** Takes whole lines with their ends; returns at once. Called by any thread. */
  void notice(String lines);
}
