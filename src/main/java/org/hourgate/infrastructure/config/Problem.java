package org.hourgate.infrastructure.config;

/**
 * One thing that is wrong.
 *
 * @param line the line in the file, counted from 1; 0 if it is not in the file
 * @param where the key's path, {@code openvpn[0].management}, or the variable's name
 * @param message what is wrong with it, to be read after {@code where}
 */
public record Problem(int line, String where, String message) {

  @Override
  public String toString() {
    String place = line > 0 ? "line " + line + ": " : "";
    return place + (where.isEmpty() ? message : where + ": " + message);
  }
}
