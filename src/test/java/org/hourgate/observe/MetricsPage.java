package org.hourgate.observe;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The list of metrics in {@code docs/metrics.md}. */
record MetricsPage(Map<String, String> types) {

  private static final Pattern ROW =
      Pattern.compile("^\\| `([a-z0-9_]+)` \\| (gauge|counter|histogram)", Pattern.MULTILINE);

  static MetricsPage read() throws IOException {
    Map<String, String> types = new TreeMap<>();
    Matcher row = ROW.matcher(Files.readString(Path.of("docs/metrics.md")));
    while (row.find()) {
      types.put(row.group(1), row.group(2));
    }
    return new MetricsPage(types);
  }

  /** Whether the page has this series' name: of a histogram, one of its four. */
  boolean lists(String name) {
    if (name.startsWith("jvm_") || name.startsWith("process_") || name.startsWith("system_")) {
      return true; // As Micrometer names them; the page lists some only.
    }
    return types.containsKey(name)
        || "histogram".equals(types.get(name.replaceFirst("_(bucket|sum|count|max)$", "")));
  }
}
