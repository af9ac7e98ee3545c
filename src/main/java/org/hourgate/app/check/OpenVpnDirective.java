package org.hourgate.app.check;

import java.util.ArrayList;
import java.util.List;

/**
 * One line of an OpenVPN configuration.
 *
 * @param line counted from 1; 0 for an option of the command line
 * @param name without leading hyphens
 */
record OpenVpnDirective(int line, String name, List<String> arguments) {

  OpenVpnDirective {
    arguments = List.copyOf(arguments);
  }

  /** Reads a configuration; the content of inline files ({@code <ca>}) is passed over. */
  static List<OpenVpnDirective> parse(List<String> lines) {
    List<OpenVpnDirective> directives = new ArrayList<>();
    String inline = "";
    for (int i = 0; i < lines.size(); i++) {
      String line = lines.get(i).strip();
      if (!inline.isEmpty()) {
        inline = line.equals(inline) ? "" : inline;
        continue;
      }
      if (line.matches("<[a-z0-9-]+>")) {
        inline = "</" + line.substring(1);
        continue;
      }
      List<String> words = words(line);
      if (!words.isEmpty()) {
        directives.add(of(i + 1, words));
      }
    }
    return directives;
  }

  static OpenVpnDirective of(int line, List<String> words) {
    return new OpenVpnDirective(
        line, words.getFirst().replaceFirst("^--", ""), words.subList(1, words.size()));
  }

  /** Words as OpenVPN 2.6 takes them apart ({@code options_parse.c parse_line}). */
  private static List<String> words(String line) {
    List<String> words = new ArrayList<>();
    StringBuilder word = new StringBuilder();
    boolean inWord = false;
    char quote = 0;
    for (int i = 0; i < line.length(); i++) {
      char c = line.charAt(i);
      if (!inWord && (c == '#' || c == ';')) {
        break;
      }
      if (c == '\\' && quote != '\'' && i + 1 < line.length()) {
        word.append(line.charAt(++i));
        inWord = true;
      } else if (quote != 0 ? c == quote : c == '"' || c == '\'') {
        quote = quote == 0 ? c : 0;
        inWord = true;
      } else if (quote == 0 && Character.isWhitespace(c)) {
        if (inWord) {
          words.add(word.toString());
          word.setLength(0);
          inWord = false;
        }
      } else {
        word.append(c);
        inWord = true;
      }
    }
    if (inWord) {
      words.add(word.toString());
    }
    return words;
  }
}
