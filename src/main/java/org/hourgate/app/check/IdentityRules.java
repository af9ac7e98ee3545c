package org.hourgate.app.check;

import static org.hourgate.app.check.FindingCode.*;
import static org.hourgate.app.check.LintFinding.Weight.ADVICE;
import static org.hourgate.app.check.LintFinding.Weight.UNSAFE;
import static org.hourgate.app.check.LintFinding.Weight.WRONG;
import static org.hourgate.app.check.LintRule.advise;
import static org.hourgate.app.check.LintRule.forbid;
import static org.hourgate.app.check.LintRule.require;
import static org.hourgate.app.check.LintRule.requireIf;
import static org.hourgate.app.check.LintRule.setting;

import java.util.List;

/** A client is its wallet. */
final class IdentityRules {

  static final List<LintRule> ALL =
      List.of(
          require(
              NAME_NOT_WALLET,
              UNSAFE,
              "username-as-common-name",
              "without it all clients have one name and a cut meets the wrong one"),
          advise(
              CLIENT_CERTIFICATE,
              ADVICE,
              "verify-client-cert none",
              (line, _) -> !line.is("none"),
              _ -> true,
              "customers need a certificate besides their wallet, unless that is meant"),
          setting(
              DUPLICATE_NAMES,
              ADVICE,
              "duplicate-cn",
              (_, settings) -> settings.sessionsPerWallet() == 1,
              "with one session per wallet it only does harm",
              "remove it"),
          requireIf(
              DUPLICATE_NAMES_MISSING,
              ADVICE,
              "duplicate-cn",
              settings -> settings.sessionsPerWallet() > 1,
              "with several sessions per wallet it is needed: each new device ends the one before"),
          forbid(
              CLIENT_FILES_EXCLUSIVE,
              WRONG,
              "ccd-exclusive",
              "refuses every wallet that has no file of its own, after we have let it in",
              "remove it"));

  private IdentityRules() {}
}
