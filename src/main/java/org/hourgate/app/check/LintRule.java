package org.hourgate.app.check;

import java.util.Optional;
import java.util.function.BiPredicate;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.hourgate.app.check.LintFinding.Weight;

/**
 * One known trap of an OpenVPN configuration, as data.
 *
 * @param subject the directive it is about
 * @param when which of the lines with that name are the trap; or
 * @param whenMissing when it is one that there is none
 * @param why what is wrong with it, behind "NAME: " or "NAME is missing: "
 * @param change what to write, in the imperative
 */
record LintRule(
    FindingCode code,
    Weight weight,
    String subject,
    Which which,
    BiPredicate<OpenVpnDirective, OpenVpnSettings> when,
    Predicate<OpenVpnSettings> whenMissing,
    String why,
    String change) {

  /** Which of several lines with one name are looked at. */
  private enum Which {
    /** Each adds something. */
    EACH,
    /** The last one counts. */
    LAST
  }

  /** A directive that must not be there. */
  static LintRule forbid(FindingCode code, Weight weight, String name, String why, String change) {
    return eachLine(code, weight, name, (_, _) -> true, why, change);
  }

  /** Each line with this name may be the trap. */
  static LintRule eachLine(
      FindingCode code,
      Weight weight,
      String name,
      BiPredicate<OpenVpnDirective, OpenVpnSettings> when,
      String why,
      String change) {
    return new LintRule(code, weight, name, Which.EACH, when, _ -> false, why, change);
  }

  /** The line that counts may be the trap. */
  static LintRule setting(
      FindingCode code,
      Weight weight,
      String name,
      BiPredicate<OpenVpnDirective, OpenVpnSettings> when,
      String why,
      String change) {
    return new LintRule(code, weight, name, Which.LAST, when, _ -> false, why, change);
  }

  /** A line that must be there: "name" or "name value". */
  static LintRule require(FindingCode code, Weight weight, String line, String why) {
    return requireIf(code, weight, line, _ -> true, why);
  }

  /** A line that must be there in some cases. */
  static LintRule requireIf(
      FindingCode code, Weight weight, String line, Predicate<OpenVpnSettings> when, String why) {
    return new LintRule(
        code, weight, line, Which.LAST, (_, _) -> false, when, why, "write " + line);
  }

  /**
   * A line that must be there with this value or a better one.
   *
   * @param wrong which values are not good enough
   * @param whenMissing when the default is not good enough either
   */
  static LintRule advise(
      FindingCode code,
      Weight weight,
      String line,
      BiPredicate<OpenVpnDirective, OpenVpnSettings> wrong,
      Predicate<OpenVpnSettings> whenMissing,
      String why) {
    return new LintRule(code, weight, line, Which.LAST, wrong, whenMissing, why, "write " + line);
  }

  /** Finds the trap, as often as it is there. */
  Stream<LintFinding> look(OpenVpnSettings settings) {
    String name = subject.split(" ", 2)[0];
    if (!settings.has(name)) {
      return whenMissing.test(settings)
          ? Stream.of(
              new LintFinding(
                  code, weight, "", subject + " is missing: " + why, change, cure(name)))
          : Stream.empty();
    }
    Optional<OpenVpnDirective> last = settings.find(name);
    Stream<OpenVpnDirective> lines =
        switch (which) {
          case EACH -> settings.all(name).stream();
          case LAST -> last.stream();
        };
    return lines
        .filter(line -> when.test(line, settings))
        .map(
            line ->
                new LintFinding(code, weight, line.where(), name + ": " + why, change, cure(name)));
  }

  /** Of settings that are there twice OpenVPN takes the last: a better one behind it cures it. */
  private String cure(String name) {
    boolean isLine = change.startsWith("write " + name) && !change.contains(",");
    return isLine ? change.substring("write ".length()) : "";
  }
}
