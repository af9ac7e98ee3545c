package org.hourgate.app.seller;

import java.util.ArrayList;
import java.util.List;
import org.hourgate.app.cli.Table;

/**
 * What a transaction is going to do, in a person's terms.
 *
 * @param title one sentence without a full stop
 * @param rows a name and a value each
 */
record Plan(String title, List<List<String>> rows) {

  Plan {
    rows = List.copyOf(rows);
  }

  static Plan to(String title) {
    return new Plan(title, List.of());
  }

  Plan with(String name, String value) {
    List<List<String>> more = new ArrayList<>(rows);
    more.add(List.of("  " + name, value));
    return new Plan(title, more);
  }

  List<String> lines() {
    List<String> lines = new ArrayList<>(List.of(title + ":"));
    lines.addAll(Table.align(rows));
    return lines;
  }
}
