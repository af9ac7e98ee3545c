package org.hourgate.app.check;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.hourgate.management.codec.CommandLexer;

/**
 * Reads a command line and the files it names as OpenVPN 2.6 does ({@code options_parse.c
 * parse_argv, read_config_file, check_inline_file}; {@code options.c add_option} for {@code cd},
 * {@code config} and {@code setenv opt}). Blocks; for one reading.
 */
final class OpenVpnConfigReader {

  private static final int MAX_DEPTH = 10;
  private static final int MAX_LINE = 254; // OPTION_LINE_SIZE, less the line's end
  private static final long MAX_FILE = 4L * 1024 * 1024;
  private static final String BYTE_ORDER_MARK = "\u00ef\u00bb\u00bf"; // UTF-8's, read as bytes

  private final List<OpenVpnDirective> directives = new ArrayList<>();
  private final List<OpenVpnConfiguration.Problem> problems = new ArrayList<>();
  private final List<Path> files = new ArrayList<>();
  private Path folder;

  private OpenVpnConfigReader(Path folder) {
    this.folder = folder;
  }

  /** Reads a file that somebody names; its own folder is taken for OpenVPN's. */
  static OpenVpnConfiguration file(Path file) {
    OpenVpnConfigReader reader = new OpenVpnConfigReader(file.toAbsolutePath().resolveSibling(""));
    reader.include(file.toAbsolutePath(), "", 1);
    return reader.result();
  }

  /** Reads lines. */
  static OpenVpnConfiguration lines(List<String> lines) {
    OpenVpnConfigReader reader = new OpenVpnConfigReader(Path.of("").toAbsolutePath());
    reader.readAll(lines, Optional.empty(), 1);
    return reader.result();
  }

  /**
   * Reads the words of a command line, the program's name first.
   *
   * @param folder where relative files begin; a process that has obeyed {@code --cd} is there
   *     already, so that a relative one means nothing new
   */
  static OpenVpnConfiguration commandLine(List<String> commandLine, Path folder) {
    OpenVpnConfigReader reader = new OpenVpnConfigReader(folder);
    List<String> words = commandLine.subList(Math.min(1, commandLine.size()), commandLine.size());
    if (words.size() == 1 && !words.getFirst().startsWith("--")) {
      words = List.of("--config", words.getFirst());
    }
    for (List<String> option : options(words)) {
      String name = option.getFirst().substring(2);
      if (name.equals("cd") && option.size() > 1 && !Path.of(option.get(1)).isAbsolute()) {
        continue;
      }
      reader.add(
          new OpenVpnDirective(Optional.empty(), 0, name, option.subList(1, option.size()), false),
          0);
    }
    return reader.result();
  }

  private static List<List<String>> options(List<String> words) {
    List<List<String>> options = new ArrayList<>();
    for (String word : words) {
      if (word.startsWith("--")) {
        options.add(new ArrayList<>());
      }
      if (!options.isEmpty()) {
        options.getLast().add(word);
      }
    }
    return options;
  }

  private OpenVpnConfiguration result() {
    return new OpenVpnConfiguration(directives, problems, files, folder);
  }

  private void include(Path file, String from, int depth) {
    String name = file.toString();
    if (depth > MAX_DEPTH) {
      problem(FindingCode.OPENVPN_INCLUDE, from, name + " is included more than 10 files deep");
      return;
    }
    try {
      if (!Files.isRegularFile(file)) {
        problem(
            FindingCode.OPENVPN_INCLUDE,
            from,
            name + (Files.exists(file) ? " is not a file that can be read again" : " is missing"));
        return;
      }
      if (Files.size(file) > MAX_FILE) {
        problem(FindingCode.OPENVPN_INCLUDE, from, name + " is too long for a configuration");
        return;
      }
      // Bytes, and line feeds alone, as fgets(3) takes them.
      List<String> lines =
          Arrays.asList(Files.readString(file, StandardCharsets.ISO_8859_1).split("\n", -1));
      boolean first = files.isEmpty();
      files.add(file);
      readAll(lines, first ? Optional.empty() : Optional.of(file), depth);
    } catch (IOException e) {
      problem(FindingCode.OPENVPN_INCLUDE, from, name + " can't be read by this user");
    }
  }

  private void problem(FindingCode code, String where, String message) {
    problems.add(new OpenVpnConfiguration.Problem(code, where, message));
  }

  private void readAll(List<String> lines, Optional<Path> include, int depth) {
    for (int i = 0; i < lines.size(); i++) {
      int number = i + 1;
      String line = lines.get(i);
      if (i == 0 && line.startsWith(BYTE_ORDER_MARK)) {
        line = line.substring(BYTE_ORDER_MARK.length());
      }
      if (line.length() > MAX_LINE) {
        problem(
            FindingCode.OPENVPN_LINE,
            new OpenVpnDirective(include, number, "", List.of(), false).where(),
            "OpenVPN takes lines of at most " + MAX_LINE + " characters");
        continue;
      }
      switch (CommandLexer.split(line)) {
        case CommandLexer.Refused _ ->
            problem(
                FindingCode.OPENVPN_LINE,
                new OpenVpnDirective(include, number, "", List.of(), false).where(),
                "OpenVPN can't take this line apart: a quotation is not closed, a backslash stands"
                    + " alone, or a word is longer than 256 characters");
        case CommandLexer.Words(List<String> words) when words.isEmpty() -> {}
        case CommandLexer.Words(List<String> words) -> {
          if (words.size() == 1 && words.getFirst().matches("<.+>")) {
            i = inline(lines, i, words.getFirst(), include);
          } else {
            String name = words.getFirst();
            add(
                new OpenVpnDirective(
                    include,
                    number,
                    name.length() > 2 && name.startsWith("--") ? name.substring(2) : name,
                    words.subList(1, words.size()),
                    false),
                depth);
          }
        }
      }
    }
  }

  /** Returns the index of the line that closes it. */
  private int inline(List<String> lines, int start, String tag, Optional<Path> include) {
    String name = tag.substring(1, tag.length() - 1);
    String close = "</" + name + ">";
    int end = start + 1;
    while (end < lines.size() && !lines.get(end).stripLeading().startsWith(close)) {
      end++;
    }
    if (end == lines.size()) {
      problem(
          FindingCode.OPENVPN_LINE,
          new OpenVpnDirective(include, start + 1, name, List.of(), true).where(),
          tag + " is never closed");
    }
    directives.add(
        new OpenVpnDirective(
            include,
            start + 1,
            name,
            List.of(String.join("\n", lines.subList(start + 1, end)) + "\n"),
            true));
    return end;
  }

  private void add(OpenVpnDirective read, int depth) {
    OpenVpnDirective directive = read;
    if (read.name().equals("setenv") && read.is("opt") && read.arguments().size() > 1) {
      directive =
          new OpenVpnDirective(
              read.include(),
              read.line(),
              read.arguments().get(1),
              read.arguments().subList(2, read.arguments().size()),
              false);
    }
    directives.add(directive);
    if (directive.arguments().size() == 1) {
      Path argument = folder.resolve(directive.arguments().getFirst());
      switch (directive.name()) {
        case "cd" -> folder = argument;
        case "config" -> include(argument, directive.where(), depth + 1);
        default -> {}
      }
    }
  }
}
