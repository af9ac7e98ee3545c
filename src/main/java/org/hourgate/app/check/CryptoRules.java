package org.hourgate.app.check;

import static org.hourgate.app.check.FindingCode.*;
import static org.hourgate.app.check.LintFinding.Weight.ADVICE;
import static org.hourgate.app.check.LintFinding.Weight.UNSAFE;
import static org.hourgate.app.check.LintFinding.Weight.WRONG;
import static org.hourgate.app.check.LintRule.advise;
import static org.hourgate.app.check.LintRule.forbid;
import static org.hourgate.app.check.LintRule.setting;

import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Pattern;

/** Whether anybody on the way can read along. */
final class CryptoRules {

  private static final Pattern WEAK_CIPHER =
      Pattern.compile("(?i).*(^|:)[?]?(none|BF-|DES-|CAST5-|RC2-|IDEA-|SEED-).*");

  private static final Set<String> OLD_TLS = Set.of("1.0", "1.1");

  static final List<LintRule> ALL =
      List.of(
          cipher("data-ciphers"),
          cipher("data-ciphers-fallback"),
          cipher("cipher"),
          setting(
              CIPHER_WEAK,
              ADVICE,
              "auth",
              (line, _) -> line.value().orElse("").toLowerCase(Locale.ROOT).equals("none"),
              "packets of old ciphers are not protected against change",
              "remove it"),
          advise(
              TLS_OLD,
              ADVICE,
              "tls-version-min 1.2",
              (line, _) -> line.value().filter(OLD_TLS::contains).isPresent(),
              _ -> false,
              "lets clients in by a version of TLS that is broken"),
          setting(
              TLS_WEAK,
              ADVICE,
              "tls-cipher",
              (line, _) -> line.value().orElse("").toUpperCase(Locale.ROOT).contains("SECLEVEL=0"),
              "lets broken signatures and short keys pass",
              "remove it"),
          forbid(
              CIPHER_WEAK,
              ADVICE,
              "ncp-disable",
              "clients and server can't agree on a good cipher",
              "remove it"),
          forbid(
              STATIC_KEY,
              UNSAFE,
              "secret",
              "a static key is a tunnel for one, without user names",
              "remove it and write ca, cert and key"),
          forbid(
              SINGLE_SESSION, WRONG, "single-session", "is for a tunnel between two", "remove it"));

  private CryptoRules() {}

  private static LintRule cipher(String name) {
    return setting(
        CIPHER_WEAK,
        ADVICE,
        name,
        (line, _) -> line.value().filter(WEAK_CIPHER.asMatchPredicate()).isPresent(),
        "has a cipher that is broken, or none",
        "write data-ciphers AES-256-GCM:AES-128-GCM:CHACHA20-POLY1305");
  }
}
