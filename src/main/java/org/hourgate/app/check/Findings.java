package org.hourgate.app.check;

import java.util.ArrayList;
import java.util.List;
import org.hourgate.app.check.Finding.Level;

/** Collects what is found about one subject after the other. One thread. */
final class Findings {

  private final List<Finding> found = new ArrayList<>();

  void ok(FindingCode code, String subject, String message) {
    found.add(new Finding(code, Level.OK, subject, message, ""));
  }

  void warn(FindingCode code, String subject, String message, String change) {
    found.add(new Finding(code, Level.WARNING, subject, message, change));
  }

  void error(FindingCode code, String subject, String message, String change) {
    found.add(new Finding(code, Level.ERROR, subject, message, change));
  }

  void unreachable(FindingCode code, String subject, String message, String change) {
    found.add(new Finding(code, Level.UNREACHABLE, subject, message, change));
  }

  void addAll(List<Finding> findings) {
    found.addAll(findings);
  }

  List<Finding> all() {
    return List.copyOf(found);
  }
}
