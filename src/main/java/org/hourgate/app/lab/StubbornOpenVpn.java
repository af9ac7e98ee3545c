package org.hourgate.app.lab;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * The installed client with three words misspelt, so that it takes the server's farewells for
 * unknown messages and stays ({@code forward.c}, {@code parse_incoming_control_channel_command}).
 * It stands for the customer who does not want to go.
 */
final class StubbornOpenVpn {

  private static final String[] FAREWELLS = {"HALT", "RESTART", "AUTH_FAILED"};

  private StubbornOpenVpn() {}

  /** Makes the program in the folder unless it is there. */
  static synchronized Path in(Path directory) {
    Path program = directory.resolve("openvpn-stubborn");
    if (Files.exists(program)) {
      return program;
    }
    try {
      // One character is one byte.
      String code = Files.readString(Programs.openvpn(), StandardCharsets.ISO_8859_1);
      for (String word : FAREWELLS) {
        String constant = "\0" + word + "\0";
        if (!code.contains(constant)) {
          throw new LabException(
              "this build of openvpn cannot be made stubborn: it has no constant " + word);
        }
        code = code.replace(constant, "\0_" + word.substring(1) + "\0");
      }
      Path draft = directory.resolve("openvpn-stubborn.new");
      Files.writeString(draft, code, StandardCharsets.ISO_8859_1);
      // Nobody runs a file that is open for writing, and what we have open, a process that another
      // thread starts at this moment has open as well: so another program writes it.
      Programs.run("", List.of("install", draft.toString(), program.toString()));
      Files.delete(draft);
      return program;
    } catch (IOException e) {
      throw new LabException("cannot make a stubborn client", e);
    }
  }
}
