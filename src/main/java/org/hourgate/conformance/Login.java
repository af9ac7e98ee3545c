package org.hourgate.conformance;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** A user name and a password of which it is known what the controller makes of them. */
public record Login(String username, String password) {

  /**
   * Reads a file of two lines, as for OpenVPN's {@code auth-user-pass}.
   *
   * @throws IOException if there is no such file, or it has fewer lines
   */
  public static Login read(Path file) throws IOException {
    List<String> lines = Files.readAllLines(file);
    if (lines.size() < 2) {
      throw new IOException(file + " has no two lines: user name and password");
    }
    return new Login(lines.get(0), lines.get(1));
  }

  @Override
  public String toString() {
    return "login of " + username;
  }
}
