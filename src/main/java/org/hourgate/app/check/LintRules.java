package org.hourgate.app.check;

import java.util.List;
import java.util.stream.Stream;

/** All known traps of an OpenVPN configuration, by family. Made for 2.6. */
final class LintRules {

  private static final List<LintRule> COMMON =
      Stream.of(
              JudgeRules.ALL,
              IdentityRules.ALL,
              ManagementRules.ALL,
              TunnelRules.ALL,
              TimingRules.ALL,
              CryptoRules.ALL)
          .flatMap(List::stream)
          .toList();

  /** Of an OpenVPN that asks on its management interface. */
  static final List<LintRule> MANAGEMENT =
      Stream.concat(JudgeRules.MANAGEMENT.stream(), COMMON.stream()).toList();

  /** Of an OpenVPN that asks by scripts. */
  static final List<LintRule> SCRIPT =
      Stream.concat(ScriptRules.ALL.stream(), COMMON.stream()).toList();

  private LintRules() {}

  static List<LintRule> of(OpenVpnSettings settings) {
    return settings.scriptFolder().isPresent() ? SCRIPT : MANAGEMENT;
  }
}
