package org.hourgate.operator;

import java.util.ArrayList;
import java.util.List;

/**
 * The older forms of {@code status}, made of the rows of {@code status 3} ({@code multi.c
 * multi_print_status}). We never ask OpenVPN for them: their rows begin with, or are split inside,
 * a name that any client may choose, so a client could make one that looks like the end of the
 * reply.
 */
final class StatusText {

  private StatusText() {}

  /** {@code status 2}: commas for tabs. */
  static List<String> second(List<String> third) {
    return third.stream().map(row -> row.replace('\t', ',')).toList();
  }

  /** {@code status 1}. */
  static List<String> first(List<String> third) {
    List<String> clients = new ArrayList<>();
    List<String> routes = new ArrayList<>();
    List<String> totals = new ArrayList<>();
    String updated = "";
    for (String row : third) {
      String[] columns = row.split("\t", -1);
      switch (columns[0]) {
        case "TIME" -> updated = columns.length > 1 ? columns[1] : "";
        case "CLIENT_LIST" -> {
          if (columns.length > 7) {
            clients.add(join(columns, 1, 2, 5, 6, 7));
          }
        }
        case "ROUTING_TABLE" -> {
          if (columns.length > 4) {
            routes.add(join(columns, 1, 2, 3, 4));
          }
        }
        case "GLOBAL_STATS" -> {
          if (columns.length > 2 && columns[1].startsWith("Max ")) {
            totals.add(join(columns, 1, 2));
          }
        }
        default -> {
          // Titles and headings; version 1 has its own.
        }
      }
    }
    List<String> first = new ArrayList<>();
    first.add("OpenVPN CLIENT LIST");
    first.add("Updated," + updated);
    first.add("Common Name,Real Address,Bytes Received,Bytes Sent,Connected Since");
    first.addAll(clients);
    first.add("ROUTING TABLE");
    first.add("Virtual Address,Common Name,Real Address,Last Ref");
    first.addAll(routes);
    first.add("GLOBAL STATS");
    first.addAll(totals);
    return first;
  }

  private static String join(String[] columns, int... chosen) {
    List<String> words = new ArrayList<>();
    for (int column : chosen) {
      words.add(columns[column]);
    }
    return String.join(",", words);
  }
}
