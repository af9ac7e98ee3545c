package org.hourgate.app;

import java.util.List;

/** Rows of text in aligned columns. */
final class Table {

  private Table() {}

  /** Pads every column to its widest cell; what could steer a terminal becomes a question mark. */
  static List<String> align(List<List<String>> rows) {
    int columns = rows.getFirst().size();
    int[] widths = new int[columns];
    for (List<String> row : rows) {
      for (int i = 0; i < columns; i++) {
        widths[i] = Math.max(widths[i], row.get(i).length());
      }
    }
    return rows.stream().map(row -> line(row, widths)).toList();
  }

  private static String line(List<String> row, int[] widths) {
    StringBuilder line = new StringBuilder();
    for (int i = 0; i < row.size(); i++) {
      String cell = row.get(i).replaceAll("[\\p{Cntrl}\\p{Cf}]", "?");
      line.append(cell).repeat(' ', widths[i] - row.get(i).length() + 2);
    }
    return line.toString().stripTrailing();
  }
}
