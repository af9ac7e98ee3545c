package org.hourgate.app.check;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * One setting of an OpenVPN process.
 *
 * @param include the file it stands in, if that is not the first one
 * @param line counted from 1; 0 for an option of the command line
 * @param name without leading hyphens
 * @param arguments of {@code <ca>} the lines in between, as one
 * @param inline whether the argument stood between {@code <name>} and {@code </name>}
 */
record OpenVpnDirective(
    Optional<Path> include, int line, String name, List<String> arguments, boolean inline) {

  OpenVpnDirective {
    arguments = List.copyOf(arguments);
  }

  OpenVpnDirective(int line, String name, List<String> arguments) {
    this(Optional.empty(), line, name, arguments, false);
  }

  /** The first argument, empty if there is none. */
  Optional<String> value() {
    return arguments.stream().findFirst();
  }

  boolean is(String value) {
    return value().filter(value::equals).isPresent();
  }

  /** The first argument as a number, empty if it is none. */
  Optional<Integer> number() {
    return value().filter(text -> text.matches("[0-9]{1,9}")).map(Integer::parseInt);
  }

  /** For a person: {@code line 7}, {@code more.conf line 7}, nothing for the command line. */
  String where() {
    String file = include.map(path -> path + " ").orElse("");
    return line == 0 ? "" : file + "line " + line;
  }
}
