package org.hourgate.app.check;

import java.util.List;
import java.util.stream.Stream;

/** All known traps of an OpenVPN configuration, by family. Made for 2.6. */
final class LintRules {

  static final List<LintRule> ALL =
      Stream.of(
              JudgeRules.ALL,
              IdentityRules.ALL,
              ManagementRules.ALL,
              TunnelRules.ALL,
              TimingRules.ALL,
              CryptoRules.ALL)
          .flatMap(List::stream)
          .toList();

  private LintRules() {}
}
