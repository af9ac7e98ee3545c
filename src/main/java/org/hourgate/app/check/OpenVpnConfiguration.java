package org.hourgate.app.check;

import java.nio.file.Path;
import java.util.List;

/**
 * The settings of an OpenVPN process in the order in which it reads them, and what could not be
 * read.
 *
 * @param files that were read, the first one first
 * @param folder where relative names begin after all of it was read
 */
record OpenVpnConfiguration(
    List<OpenVpnDirective> directives, List<Problem> problems, List<Path> files, Path folder) {

  OpenVpnConfiguration {
    directives = List.copyOf(directives);
    problems = List.copyOf(problems);
    files = List.copyOf(files);
  }

  /**
   * Something that OpenVPN itself would stumble over, or that we may not read.
   *
   * @param where {@code line 7}, or the name of a file
   */
  record Problem(FindingCode code, String where, String message) {}

  /** Whether nothing at all could be read. */
  boolean isUnread() {
    return files.isEmpty() && !isComplete();
  }

  /** Whether every file that is named could be read. */
  boolean isComplete() {
    return problems.stream().noneMatch(p -> p.code() == FindingCode.OPENVPN_INCLUDE);
  }
}
