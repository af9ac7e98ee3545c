package org.hourgate.observe;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * One panel of a board. In a query {@code @} stands for the labels that choose job and instance.
 */
record Panel(
    Kind kind,
    String title,
    String description,
    String unit,
    List<Query> queries,
    List<Step> steps,
    Map<String, String> words,
    boolean stacked) {

  enum Kind {
    /** The newest value in large figures, its course behind it. */
    STAT("stat"),
    /** The names of the series in large letters. */
    NAMES("stat"),
    /** A line for each series. */
    LINES("timeseries"),
    /** A band for each series, coloured by its value. */
    BANDS("state-timeline");

    final String type;

    Kind(String type) {
      this.type = type;
    }
  }

  /** What is asked, and what the answer's series are called: {@code {{label}}} is a label. */
  record Query(String expression, String legend) {}

  /** From this value on, this colour. */
  record Step(double from, String colour) {}

  static Panel stat(String title, String unit, String description) {
    return of(Kind.STAT, title, unit, description);
  }

  static Panel names(String title, String description) {
    return of(Kind.NAMES, title, "none", description);
  }

  static Panel lines(String title, String unit, String description) {
    return of(Kind.LINES, title, unit, description);
  }

  static Panel bands(String title, String description) {
    return of(Kind.BANDS, title, "none", description);
  }

  private static Panel of(Kind kind, String title, String unit, String description) {
    return new Panel(kind, title, description, unit, List.of(), List.of(), Map.of(), false);
  }

  Panel ask(String expression, String legend) {
    List<Query> more = new ArrayList<>(queries);
    more.add(new Query(expression, legend));
    return new Panel(kind, title, description, unit, List.copyOf(more), steps, words, stacked);
  }

  /** Colours values from the given one on; below the first they are green. */
  Panel from(double value, String colour) {
    List<Step> more = new ArrayList<>(steps);
    more.add(new Step(value, colour));
    return new Panel(kind, title, description, unit, queries, List.copyOf(more), words, stacked);
  }

  /** Colours values below {@code good} red, the others green. */
  Panel goodFrom(double good) {
    return from(Double.NEGATIVE_INFINITY, "red").from(good, "green");
  }

  /** Shows words for 0 and 1. */
  Panel saying(String zero, String one) {
    Map<String, String> both = new LinkedHashMap<>();
    both.put("0", zero);
    both.put("1", one);
    return new Panel(kind, title, description, unit, queries, steps, both, stacked);
  }

  /** Series on top of each other: for parts of a whole. */
  Panel stack() {
    return new Panel(kind, title, description, unit, queries, steps, words, true);
  }
}
